package tui

import (
	"os"
	"strings"
	"testing"
	"time"

	"microtui/tui/screentest"
)

// No key that a terminal has types a letter into the program, and none opens a
// dialog. (What a keypad types is a digit.)
func TestKeysOfTerminalsTypeNothing(t *testing.T) {
	keys, err := os.ReadFile("terminal/testdata/keys")
	if err != nil {
		t.Fatal(err)
	}
	for _, term := range []string{"linux", "screen", "tmux", "xterm", "vt220", "rxvt", "st"} {
		t.Run(term, func(t *testing.T) {
			t.Parallel()
			s := screentest.Start(t, 80, 24, theProgram("still", "TERM="+term))
			s.WaitFor("20 VMs")
			s.Type("/") // an empty prompt, in which keys that edit do nothing
			s.WaitFor("Enter keep")
			for line := range strings.Lines(string(keys)) {
				fields := strings.Fields(line)
				if fields[0] != term || fields[1] == "kmous" || fields[1] == "kent" || !strings.HasPrefix(fields[2], `\E`) || strings.HasPrefix(fields[2], `\EO`) && fields[2][3] >= 'p' {
					continue
				}
				s.Type(strings.NewReplacer(`\E`, "\x1b", `\^`, "^", "^I", "\t").Replace(fields[2]))
			}
			s.Type("x")
			s.WaitFor("/x")
			s.Type("\x1b")
			s.WaitGone("/x")
			s.Type("q")
			leaves(t, s, exitDone)
		})
	}
}

// Over a slow line the rest of a key comes after its ESC was taken for one.
func TestFunctionKeysOverASlowLine(t *testing.T) {
	s := screentest.Start(t, 80, 24, theProgram("still", "TERM=linux"))
	s.WaitFor("20 VMs")
	for _, key := range []string{"\x1b[[B", "\x1b[[C", "\x1b[[D", "\x1b[[E", "\x1bOS", "\x1b[24~"} {
		for at := 1; at < len(key); at++ {
			s.Type(key[:at])
			<-time.After(100 * time.Millisecond) // longer than the parser waits for the rest
			s.Type(key[at:])
			s.Type("/x")
			s.WaitFor("/x") // no dialog has opened, none took the letters
			s.Type("\x1b")
			s.WaitGone("/x")
		}
	}
}
