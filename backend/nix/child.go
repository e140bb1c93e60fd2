package nix

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"syscall"
	"time"
)

// grace is how long nix, asked to end, has for it.
const grace = 5 * time.Second

// run runs nix as runIn does, with temporary files where they usually are.
func (p *Program) run(ctx context.Context, args, caller []string, stdout, stderr io.Writer) error {
	return p.runIn(ctx, "", args, caller, stdout, stderr)
}

// runIn runs nix until it ends, with a folder for what is temporary. When ctx ends it is asked to (SIGINT, on which it
// ends its builders and tidies up), and after a grace it is killed with all
// its children. It has no terminal and nothing to read.
func (p *Program) runIn(ctx context.Context, temporary string, args, caller []string, stdout, stderr io.Writer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Dir = "/"
	cmd.Env = environment(p.path, caller)
	if temporary != "" {
		cmd.Env = append(cmd.Env, "TMPDIR="+temporary)
	}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	// A session of its own: else ssh would find the terminal and ask there.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	kill := func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var late *time.Timer
	cmd.Cancel = func() error {
		late = time.AfterFunc(grace, kill)
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	}
	cmd.WaitDelay = grace + time.Second
	if err := cmd.Start(); err != nil {
		return err
	}
	err := cmd.Wait()
	if late != nil {
		late.Stop()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// maxLine is the longest line that is read whole; of a longer one, the rest is
// left out.
const maxLine = 1 << 20

// lineWriter gives each line that is written to it to take, without its end.
type lineWriter struct {
	take func(line []byte)
	rest []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	written := len(p)
	for {
		line, more, found := bytes.Cut(p, []byte("\n"))
		w.rest = append(w.rest, line[:min(len(line), maxLine-len(w.rest))]...)
		if !found {
			return written, nil
		}
		w.take(w.rest)
		w.rest, p = w.rest[:0], more
	}
}

// end gives what is left: a last line without an end.
func (w *lineWriter) end() {
	if len(w.rest) > 0 {
		w.take(w.rest)
	}
	w.rest = nil
}

// maxAnswer is the most that is read of an answer on standard output, in bytes.
const maxAnswer = 4 << 20

// answer keeps the beginning of what is written to it.
type answer struct{ bytes.Buffer }

func (a *answer) Write(p []byte) (int, error) {
	a.Buffer.Write(p[:min(len(p), maxAnswer-a.Len())])
	return len(p), nil
}
