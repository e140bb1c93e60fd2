package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
	"microtui/tui/screentest"
)

// guestHost is a host with a guest: a shell in the foreground of the terminal.
type guestHost struct{ scriptedHost }

func (*guestHost) Enter(ctx context.Context, entry model.Entry) (int, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer tty.Close()
	fmt.Fprintln(tty, "ssh", strings.Join(entry.Arguments, " "))
	shell := exec.CommandContext(ctx, "sh", "-c", `while read line; do echo "guest heard $line"; case $line in exit*) exit ${line#exit}; esac; done`)
	shell.Stdin, shell.Stdout, shell.Stderr = tty, tty, tty
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true, Ctty: int(tty.Fd())}
	err = shell.Run()
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	if err := unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCSPGRP, unix.Getpgrp()); err != nil {
		return 0, err
	}
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode(), nil
	}
	return 0, err
}

func TestEnterAGuestAndComeBack(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("guests"))
	s.WaitFor("20 VMs")
	s.Type("jo")
	s.WaitFor("Enter: ")
	s.Type("ko")
	s.WaitFor("guest.lan")
	for range 3 { // none of this is for the screen: q would end it
		s.Type("jq\r")
		s.WaitFor("guest heard jq")
	}
	s.Resize(100, 30)
	s.Type("exit\r")
	s.WaitFor("20 VMs")
	s.Wait("the cursor where it was", onRow("vm-000"))
	s.Type("o")
	s.Wait("the guest again", func(screen string) bool { return strings.Count(screen, "ssh -- guest.lan") == 2 })
	s.Type("exit255\r")
	s.WaitFor("ssh failed or was cut off; to see why, run microtui ssh vm-000")
	s.Type("jj")
	s.Wait("keys are for the screen again", onRow("vm-002"))
	s.Type("q")
	leaves(t, s, exitDone)
}

func TestSignalEndsAVisit(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("guests"))
	s.WaitFor("20 VMs")
	s.Type("o")
	s.WaitFor("guest.lan")
	s.Type("hi\r")
	s.WaitFor("guest heard hi")
	s.Signal(syscall.SIGTERM)
	leaves(t, s, exitSignal)
}

// visitor is a host that can be entered, as long as the test wants.
type visitor struct {
	quietHost
	entered chan model.Entry
	back    chan guestLeftMsg
}

func (v *visitor) Enter(_ context.Context, entry model.Entry) (int, error) {
	v.entered <- entry
	end := <-v.back
	return end.status, end.err
}

func TestNoKeyIsTheScreensDuringAVisit(t *testing.T) {
	host := &visitor{entered: make(chan model.Entry, 1), back: make(chan guestLeftMsg, 1)}
	s := newStageOn(t, host, &host.quietHost, 80, 24, Options{Addresses: map[model.Raw]model.Address{"api": {Host: "api.lan", User: "eve"}}})
	s.observe(village())
	cmd := s.press("o")
	if !s.paper.left || cmd == nil {
		t.Fatal("the terminal was not left")
	}
	if isQuit(s.press("q")) || s.press("S") != nil || s.dialog.IsOpen() {
		t.Error("a key acted on the screen")
	}
	if s.send(resumedMsg{}); !s.paper.left {
		t.Error("the terminal was taken while it was lent")
	}
	host.back <- guestLeftMsg{err: errors.New("run ssh: it is gone")}
	var msg any
	done := make(chan struct{})
	go func() { msg = cmd(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the visit does not end")
	}
	if got := strings.Join((<-host.entered).Arguments, " "); !strings.Contains(got, "eve") || !strings.HasSuffix(got, "api.lan") {
		t.Errorf("entered %q", got)
	}
	s.paper.width, s.paper.height = 60, 12
	s.send(msg)
	if s.paper.left || s.width != 60 {
		t.Error("the terminal was not taken again at its size")
	}
	s.shows("Enter api: run ssh: it is gone")
}

func TestWhyNoGuestIsEntered(t *testing.T) {
	host := &visitor{}
	for want, options := range map[string]Options{
		"this is a recorded observation": {Recorded: true}, "read-only: a shell in the guest": {ReadOnly: true}, "Enter: its runner could not be read, and": {},
	} {
		s := newStageOn(t, host, &host.quietHost, 80, 24, options)
		s.observe(village())
		s.press("o")
		s.shows(want)
		if s.paper.left {
			t.Error("the terminal was left")
		}
	}
	onDemo(t, 80, 24, Options{}, func(t *testing.T, p *playhouse) {
		p.press("o")
		p.says("Enter: this host has no guests to enter")
	})
}
