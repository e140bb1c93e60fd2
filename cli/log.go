package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"
)

// openLog sends the log of this run to the file that --log names. Nothing is
// ever logged to the terminal: a screen may be on it.
func (s *session) openLog(command string, args []string) error {
	if s.log == "" {
		return nil
	}
	// A link in a folder that others can write to would let them choose the
	// file that root appends to.
	file, err := os.OpenFile(s.log, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if errors.Is(err, syscall.ENXIO) { // which would wait until somebody does
		return fmt.Errorf("open log: %s is a pipe with no reader", s.log)
	}
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	s.closeLog = file.Close
	slog.SetDefault(slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{Level: slog.LevelDebug})))
	slog.Info("begin", "command", command, "arguments", args, "version", readBuild().Version)
	return nil
}
