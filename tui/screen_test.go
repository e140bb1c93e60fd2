package tui

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/tui/screentest"
)

// theProgram is the test binary as a program with a scenario's host.
func theProgram(scenario string, env ...string) *exec.Cmd {
	command := exec.Command(os.Args[0])
	command.Env = append([]string{
		"TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC", "PATH=" + os.Getenv("PATH"),
		scenarioVariable + "=" + scenario,
	}, env...)
	return command
}

func TestJourneyLookAtAVM(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("still"))
	s.WaitFor("20 VMs")
	s.Type("jjj")
	s.Wait("the cursor on vm-003", onRow("vm-003"))
	s.Type("\r")
	s.WaitFor("▸overview")
	s.Type("[[[")
	s.WaitFor("▸evidence")
	s.WaitFor("kept: belongs to something that is wanted")
	s.Type("\x1b")
	s.Wait("the table, the cursor where it was", onRow("vm-003"))
	s.Type("q")
	leaves(t, s, exitDone)
}

func onRow(name string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screentest.Line(screen, name), "▸") }
}

// leaves waits for the end and checks that the terminal is as before.
func leaves(t *testing.T, s *screentest.Screen, code int) {
	t.Helper()
	got, stderr := s.Exit(time.Minute)
	if got != code {
		t.Errorf("ended with %d, want %d; it said %q", got, code, stderr)
	}
	s.Sane()
}

func TestJourneyFilter(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("still"))
	s.WaitFor("20 VMs")
	s.Type("/01")
	s.WaitFor("/01█")
	s.WaitGone("vm-000")
	s.Type("7\r")
	s.WaitFor("/017 (1)")
	s.Wait("the cursor on vm-017", onRow("vm-017"))
	s.Type("\x1b")
	s.WaitFor("vm-000")
	s.Type("\x1b[200~q\x03\x1b[201~") // a paste
	s.Type("?")
	s.WaitFor("half a page down")
	s.Type("?")
	s.WaitGone("half a page down")
	s.Type("\x03")
	leaves(t, s, exitDone)
}

func TestJourneyOutage(t *testing.T) {
	s := screentest.Start(t, 100, 24, theProgram("outage"))
	s.WaitFor("live ● 2 s")
	s.Type("R")
	s.WaitFor("! systemd: dial system bus: connection refused^[]0;evil^G, since")
	s.WaitFor("stale 1 s ○")
	s.WaitFor("vm-002")
	s.WaitFor("stale 2 s ○") // it moves by itself
	s.Type("R")
	s.WaitFor("live ● 2 s")
	s.WaitGone("connection refused")
}

func TestJourneyRowsGo(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("shrinking"))
	s.WaitFor("6 VMs")
	s.Type("jj")
	s.Wait("the cursor on vm-002", onRow("vm-002"))
	s.Type("R")
	s.WaitGone("vm-000")
	s.Wait("the cursor still on vm-002", onRow("vm-002"))
	s.Type("R")
	s.WaitGone("vm-001")
	s.Type("R")
	s.WaitGone("vm-002")
	s.Wait("the cursor on the neighbour", onRow("vm-003"))
}

func TestJourneyResize(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("still"))
	s.WaitFor("20 VMs")
	s.Resize(20, 5)
	s.Wait("the small screen", func(screen string) bool { return strings.HasSuffix(screen, "? help") && len(screen) < 300 })
	s.Resize(10, 3)
	s.WaitFor("Too small:")
	s.Resize(500, 200)
	s.WaitFor("20 VMs")
	for i := range 200 {
		s.Resize(20+i, 5+i%40)
	}
	s.Resize(120, 40)
	s.Wait("the last size", func(screen string) bool {
		return strings.Contains(screen, "FRESHNESS") && strings.Contains(screen, "vm-019")
	})
	s.Type("q")
	leaves(t, s, exitDone)
}

func TestHostileTextNeverReachesTheTerminal(t *testing.T) {
	s := screentest.Start(t, 120, 40, theProgram("hostile"))
	screen := s.WaitFor("^[[31mred")
	for _, want := range []string{"-rf", "a b", "é", "t^[]0;evil^G", "‹U+202E›", "‹9B›"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not on the screen:\n%s", want, screen)
		}
	}
	s.Type("G\r]")
	s.WaitFor("▸units")
	s.Type("q")
	s.Type("q")
	leaves(t, s, exitDone)
	raw := s.Raw()
	const ours = "\x1b]2;microtui\x07"
	if strings.Count(raw, ours) != 1 {
		t.Errorf("the title is set %d times", strings.Count(raw, ours))
	}
	rest := strings.ReplaceAll(raw, ours, "")
	for _, sequence := range []string{"\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x07", "\u202e", "\x9b2J", "\x1b[c", "\x1b[6n", "$p"} {
		if strings.Contains(rest, sequence) {
			t.Errorf("the terminal got %q", sequence)
		}
	}
}

// A terminal's answers that come late and in pieces type nothing.
func TestLateRepliesTypeNothing(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("still"))
	s.WaitFor("20 VMs")
	s.Type("/")
	s.WaitFor("/█")
	for _, reply := range [][2]string{
		{"\x1b[", "24;80R"}, {"\x1b[?20", "26;2$y"}, {"\x1b]11;rgb:00", "00/0000/0000\x07"}, {"\x1b]", "11;rgb:0/0/0\x1b\\"}, {"\x1bP1$r", "0m\x1b\\"},
	} {
		s.Type(reply[0])
		<-time.After(100 * time.Millisecond) // longer than the parser waits for the rest
		s.Type(reply[1])
	}
	s.Type("vm-01")
	s.WaitFor("/vm-01█")
	s.WaitFor("/vm-01 (10)")
}

func TestRecordedObservation(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("recorded"))
	s.WaitFor("recorded 3 Nov 12:00")
}

// colours matches a sequence that sets a colour.
var colours = regexp.MustCompile(`\x1b\[([0-9]+;)*(3[0-8]|4[0-8]|9[0-7])(;[0-9]+)*m`)

func TestTerminals(t *testing.T) {
	for _, env := range [][]string{
		{"TERM=linux"}, {"TERM=screen"}, {"TERM=tmux-256color"}, {"TERM=xterm"}, {"TERM=vt220"},
		{"TERM=xterm-256color", "LANG=C"}, {"TERM=xterm-256color", "NO_COLOR=1"},
	} {
		t.Run(strings.Join(env, " "), func(t *testing.T) {
			s := screentest.Start(t, 80, 24, theProgram("still", env...))
			s.WaitFor("20 VMs")
			s.Type("jj?")
			s.WaitFor("half a page down")
			s.Type("\x1b")
			s.WaitFor("vm-000")
			s.Type("q")
			leaves(t, s, exitDone)
			ascii := slices.Contains(env, "LANG=C") || slices.Contains(env, "TERM=linux")
			if got := strings.Contains(s.Raw(), "▸"); got == ascii {
				t.Errorf("Unicode glyphs: %v", got)
			}
			colour := !slices.Contains(env, "NO_COLOR=1") && !slices.Contains(env, "TERM=vt220")
			if got := colours.MatchString(s.Raw()); got != colour {
				t.Errorf("colours: %v", got)
			}
		})
	}
}

func TestNoScreen(t *testing.T) {
	for _, term := range []string{"TERM=dumb", "TERM="} {
		s := screentest.Start(t, 80, 24, theProgram("still", term))
		if code, stderr := s.Exit(time.Minute); code != exitNoScreen {
			t.Errorf("%s: ended with %d, %q", term, code, stderr)
		}
		if raw := s.Raw(); raw != "" {
			t.Errorf("%s: wrote %q", term, raw)
		}
	}
	pipe := theProgram("still")
	pipe.Stdin = strings.NewReader("")
	out, _ := pipe.CombinedOutput()
	if code := pipe.ProcessState.ExitCode(); code != exitNoScreen {
		t.Errorf("without a terminal it ended with %d, %q", code, out)
	}
}

// The life cycle. Each ends within two seconds with the terminal restored.

func TestSignalsRestoreTheTerminal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT} {
		t.Run(signal.String(), func(t *testing.T) {
			s := screentest.Start(t, 80, 24, theProgram("busy"))
			s.WaitFor("20 VMs")
			s.Signal(signal)
			leaves(t, s, exitSignal)
			if !strings.HasSuffix(s.Raw(), "\x1b[23;2t") {
				t.Errorf("the last it wrote is %q", tail(s.Raw()))
			}
		})
	}
}

func tail(text string) string { return text[max(0, len(text)-60):] }

func TestStalledTerminal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			s := screentest.Start(t, 200, 60, theProgram("large"))
			s.WaitFor("1000 VMs")
			s.Stall(true)
			fill(t, s)
			s.Signal(signal)
			if code, stderr := s.Exit(time.Minute); code != exitSignal {
				t.Errorf("ended with %d, %q", code, stderr)
			}
			s.Stall(false)
			s.Sane()
		})
	}
}

// fill makes the program write until the terminal takes no more.
func fill(t *testing.T, s *screentest.Screen) {
	t.Helper()
	limit, again := time.After(20*time.Second), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !s.Full() {
		select {
		case <-limit:
			t.Fatal("the terminal does not fill up")
		case <-again.C:
			s.Type("G\x0cg\x0c")
		}
	}
}

func TestHangUp(t *testing.T) {
	for name, start := range map[string]func(testing.TB, int, int, *exec.Cmd) *screentest.Screen{
		"with SIGHUP": screentest.Start, "without": screentest.StartApart,
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, 80, 24, theProgram("still"))
			s.WaitFor("20 VMs")
			s.HangUp()
			if code, stderr := s.Exit(time.Minute); code != exitSignal {
				t.Errorf("ended with %d, %q", code, stderr)
			}
		})
	}
}

func TestPanicRestoresTheTerminal(t *testing.T) {
	t.Run("in a command", func(t *testing.T) {
		s := screentest.Start(t, 80, 24, theProgram("broken refresh"))
		s.WaitFor("20 VMs")
		s.Type("R")
		code, stderr := s.Exit(time.Minute)
		if code != exitPanic || stderr != "end: internal error: boom ^[]0;evil^G^Jsecond line\n" {
			t.Errorf("ended with %d, %q", code, stderr)
		}
		s.Sane()
	})
	t.Run("in the event loop", func(t *testing.T) {
		s := screentest.Start(t, 80, 24, theProgram("broken watch"))
		code, stderr := s.Exit(time.Minute)
		if code != exitPanic || stderr != "end: internal error: boom\n" {
			t.Errorf("ended with %d, %q", code, stderr)
		}
		s.Sane()
	})
}

func TestSuspendAndResume(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("still"))
	s.WaitFor("20 VMs")
	// The program leads its session, so nobody controls the job: the kernel
	// drops the stop signal, and the screen comes back by itself.
	s.Type("\x1a")
	s.Wait("two entries into the alternate screen", func(string) bool {
		return strings.Count(s.Raw(), "\x1b[?1049h") == 2
	})
	s.WaitFor("20 VMs")
	s.Type("j")
	s.Wait("the cursor on vm-001", onRow("vm-001"))
	s.Type("q")
	leaves(t, s, exitDone)
}

func TestSuspendUnderAShell(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs the Debian packages bash")
	}
	command := exec.Command(shell, "-c", "exec "+shell+" --norc --noprofile -i 2>&1")
	inner := theProgram("still")
	command.Env = append(inner.Env, "HISTFILE=")
	s := screentest.Start(t, 80, 24, command)
	s.Type("PS1='she''ll> '\r")
	s.WaitFor("shell>")
	s.Type(fmt.Sprintf("%q\r", os.Args[0]))
	s.WaitFor("20 VMs")
	s.Type("\x1a")
	s.Wait("the shell", func(screen string) bool {
		return strings.Contains(screen, "Stopped") && strings.HasSuffix(screen, "shell>")
	})
	s.Type("echo cooked $((6*7))\r")
	s.WaitFor("cooked 42")
	s.Type("fg\r")
	s.Wait("the table", func(screen string) bool { return s.InAltScreen() && strings.Contains(screen, "20 VMs") })
	s.Type("j")
	s.Wait("the cursor on vm-001", onRow("vm-001"))
	s.Type("q")
	s.Wait("the shell again", func(screen string) bool {
		return strings.Contains(screen, "end: <nil>") && strings.HasSuffix(screen, "shell>")
	})
	s.Type("exit\r")
	s.Exit(time.Minute)
}
