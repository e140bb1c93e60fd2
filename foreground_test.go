package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if script, asked := os.LookupEnv(foregroundVariable); asked {
		runInForeground(script)
		return
	}
	os.Exit(m.Run())
}

// foregroundVariable makes the test's program run a script in the foreground
// of its terminal, and say how the terminal is afterwards.
const foregroundVariable = "MICROTUI_TEST_FOREGROUND"

func runInForeground(script string) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fd := int(tty.Fd())
	before, _ := unix.IoctlGetTermios(fd, unix.TCGETS)
	// Under nohup, SIGHUP is ignored, and a shell cannot trap what it was born
	// to ignore.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGUSR1)
	defer stop()
	status, err := inForeground(ctx, "/bin/sh", []string{"sh", "-c", script})
	after, _ := unix.IoctlGetTermios(fd, unix.TCGETS)
	group, _ := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	fmt.Printf("ended: status %d, error %v, foreground %v, modes as before %v\r\n", status, err, group == unix.Getpgrp(), *before == *after)
}

func TestForeground(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		script string
		types  string // when it has said "ready"
		want   string
		within []string // what runs it; nil: nothing
	}{
		"ends":                  {"exit 7", "", "status 7", nil},
		"reads what is typed":   {"echo ready; read line; test \"$line\" = hello && exit 5", "hello\n", "status 5", nil},
		"has Ctrl-C for itself": {"trap 'exit 9' INT; echo ready; read line; exit 1", "\x03", "status 9", nil},
		"is killed in raw mode": {"stty raw -echo; kill -9 $$", "", "status 137", nil},
		"stops":                 {"kill -STOP $$; exit 3", "", "status 3", nil},
		"is hung up on":         {"trap 'exit 4' HUP; kill -USR1 $PPID; while :; do read line; done", "", "status 4", nil},
		"has a group without a number": {"echo ready; read line; test \"$line\" = hello && exit 6", "hello\n", "status 6",
			[]string{"unshare", "--pid", "--fork", "--kill-child"}},
	} {
		t.Run(name, func(t *testing.T) {
			argv := append(test.within, self)
			if len(argv) > 1 && os.Getuid() != 0 {
				t.Skip("needs root: to make a PID namespace")
			}
			cmd := exec.Command(argv[0], argv[1:]...)
			cmd.Env = append(os.Environ(), foregroundVariable+"="+test.script)
			terminal, err := pty.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			defer time.AfterFunc(20*time.Second, func() {
				_ = cmd.Process.Kill()
				terminal.Close() // what it ran may have it open as well
			}).Stop()
			var said strings.Builder
			for lines := bufio.NewScanner(terminal); lines.Scan(); { // ends with EIO
				said.WriteString(lines.Text() + "\n")
				if strings.TrimSpace(lines.Text()) == "ready" {
					fmt.Fprint(terminal, test.types)
				}
			}
			_ = cmd.Wait()
			if want := "ended: " + test.want + ", error <nil>, foreground true, modes as before true"; !strings.Contains(said.String(), want) {
				t.Errorf("it said\n%s\nwant %s", said.String(), want)
			}
		})
	}
}
