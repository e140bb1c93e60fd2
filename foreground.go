package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Enter gives the terminal to an ssh into a guest until that ends, and tells
// its exit status (see ssh(1): 255 where it failed). Nobody else may read or
// write the terminal meanwhile.
func (machine) Enter(ctx context.Context, entry model.Entry) (status int, err error) {
	path, err := ssh(ctx, entry)
	if err != nil {
		return 0, err
	}
	return inForeground(ctx, path, append([]string{"ssh"}, entry.Arguments...))
}

// inForeground runs a program in the foreground of this process's terminal, as
// a shell does: what is typed, Ctrl-C too, is its own and not this process's.
// Afterwards the terminal is this process's again, and as it was. A program
// that stops goes on at once, since there is no shell here to go back to. The
// end of ctx hangs up on it.
func inForeground(ctx context.Context, path string, argv []string) (status int, err error) {
	// Its own open file: whether reads of the other one block stays as it is.
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return 0, err
	}
	defer tty.Close()
	fd := int(tty.Fd())
	modes, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return 0, fmt.Errorf("read terminal modes: %w", err)
	}
	if err := haveGroup(); err != nil {
		return 0, err
	}
	program := exec.Cmd{
		Path: path, Args: argv, Env: os.Environ(), Stdin: tty, Stdout: tty, Stderr: tty,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Foreground: true, Ctty: fd},
	}
	if err := program.Start(); err != nil {
		return 0, err
	}
	defer func() { _ = program.Process.Release() }()
	stop := context.AfterFunc(ctx, func() { _ = unix.Kill(-program.Process.Pid, unix.SIGHUP) })
	status, err = awaitEnd(program.Process.Pid)
	stop()
	if back := takeBack(fd, modes); err == nil {
		err = back
	}
	return status, err
}

// haveGroup makes this process a group of its own where the one it is in has
// its leader outside the PID namespace, as after nsenter(1) or docker exec: it
// has no number here by which the terminal could be given back to it.
func haveGroup() error {
	if unix.Getpgrp() != 0 {
		return nil
	}
	if err := unix.Setpgid(0, 0); err != nil {
		return fmt.Errorf("create a process group: %w", err)
	}
	return nil
}

// awaitEnd waits for a child to end and gives its exit status as a shell does.
func awaitEnd(pid int) (status int, err error) {
	for {
		var ended unix.WaitStatus
		switch _, err := unix.Wait4(pid, &ended, unix.WUNTRACED, nil); {
		case err == unix.EINTR:
		case err != nil:
			return 0, fmt.Errorf("wait for process %d: %w", pid, err)
		case ended.Stopped():
			_ = unix.Kill(-pid, unix.SIGCONT)
		case ended.Signaled():
			return 128 + int(ended.Signal()), nil
		default:
			return ended.ExitStatus(), nil
		}
	}
}

// takeBack puts this process in the foreground of a terminal. Asking for that
// from the background would stop it (tcsetpgrp(3)), were the signal not ignored.
func takeBack(fd int, modes *unix.Termios) error {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	var group, mode error
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, unix.Getpgrp()); err != nil {
		group = fmt.Errorf("take the terminal back: %w", err)
	}
	if err := unix.IoctlSetTermios(fd, unix.TCSETSW, modes); err != nil {
		mode = fmt.Errorf("restore terminal modes: %w", err)
	}
	return errors.Join(group, mode)
}
