package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// errEnough is what a taker of entries returns when it wants no more.
var errEnough = errors.New("enough")

// failure is a journalctl that did not do what it was asked to.
type failure struct {
	err     error
	said    string // on standard error
	reached fields // the entry in which reading failed, as far as it came
}

func (f *failure) Error() string {
	if f.said != "" {
		return "journalctl: " + f.said
	}
	return "journalctl: " + f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// run runs journalctl and gives its entries to take, one after the other,
// until there are no more, ctx ends or take returns an error. errEnough ends
// it without an error. No process is left when it returns.
func run(ctx context.Context, args []string, take func(*fields) error) error {
	path, err := program()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var said tail
	cmd := exec.CommandContext(ctx, path, slices.Concat(common, args)...)
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER="}
	cmd.Stderr = &said
	// Signals of the terminal are not for it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 500 * time.Millisecond
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("run journalctl: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run journalctl: %w", err)
	}
	reached, err := readEntries(out, take)
	if err == io.ErrUnexpectedEOF {
		err = nil // how it ended says why; if well, the last entry is torn
	}
	if err != nil {
		cancel()
	}
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	if err == nil || errors.Is(err, errEnough) {
		return nil
	}
	return &failure{err: err, said: said.line(), reached: reached}
}

// readEntries gives entries to take up to the end, which is no error.
func readEntries(in io.Reader, take func(*fields) error) (reached fields, err error) {
	p := newParser(in)
	for {
		e, err := p.next()
		if err == io.EOF {
			return fields{}, nil
		}
		if err != nil {
			return e, err
		}
		if err := take(&e); err != nil {
			return fields{}, err
		}
	}
}

// maxSaid is how much of standard error is kept.
const maxSaid = 2 << 10

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p[max(0, len(p)-maxSaid):]...)
	t.text = append(t.text[:0], t.text[max(0, len(t.text)-maxSaid):]...)
	return len(p), nil
}

// line is the last line: journalctl says last what it fails of.
func (t *tail) line() string {
	text := bytes.TrimSpace(t.text)
	return string(text[bytes.LastIndexByte(text, '\n')+1:])
}
