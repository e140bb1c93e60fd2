package terminal

import (
	"os"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
)

// terminfoKeys are the keys that begin with an ESC, each once.
func terminfoKeys(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/keys")
	if err != nil {
		t.Fatal(err)
	}
	keys := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[1] == "kmous" || !strings.HasPrefix(fields[2], `\E`) {
			continue // the mouse's is only the beginning of a report
		}
		sequence := strings.NewReplacer(`\E`, "\x1b", `\^`, "^", "^I", "\t").Replace(fields[2])
		keys[sequence] += " " + fields[0] + ":" + fields[1]
	}
	if len(keys) < 150 {
		t.Fatalf("only %d keys", len(keys))
	}
	return keys
}

// pressed are the keys that the event loop makes of what a framer gives on,
// and of nothing else that came with it.
func pressed(t *testing.T, given string) (keys []string) {
	t.Helper()
	var decoder uv.EventDecoder
	for given != "" {
		n, event := decoder.Decode([]byte(given))
		switch event := event.(type) {
		case uv.KeyPressEvent:
			keys = append(keys, event.String())
		case uv.MultiEvent:
			keys = append(keys, event[0].(uv.KeyPressEvent).String())
		case uv.UnknownEvent, uv.UnknownCsiEvent, uv.UnknownSs3Event:
			t.Errorf("%q is unknown", given[:n])
		}
		given = given[n:]
	}
	return keys
}

// read gives a framer its input in reads with pauses between them.
func read(reads []string, pause time.Duration) string {
	var f framer
	now := time.Unix(0, 0)
	given := ""
	for _, text := range reads {
		now = now.Add(pause)
		if pause > escapeWait && f.waits() {
			given += string(f.expire())
		}
		given += string(f.feed([]byte(text), now))
	}
	if f.waits() {
		given += string(f.expire())
	}
	return given
}

// cuts are the ways in which a sequence can come in two reads, and byte by
// byte.
func cuts(sequence string) [][]string {
	ways := [][]string{strings.Split(sequence, "")}
	for at := 1; at < len(sequence); at++ {
		ways = append(ways, []string{sequence[:at], sequence[at:]})
	}
	return ways
}

// No key of any terminal is taken for the letters its bytes would be, however
// slowly it comes.
func TestKeysOfTerminals(t *testing.T) {
	for sequence, from := range terminfoKeys(t) {
		whole := pressed(t, read([]string{sequence}, 0))
		if len(whole) > 1 || len(whole) == 1 && len(whole[0]) == 1 && !isKeypadDigit(sequence) {
			t.Errorf("%q (%s) presses %q", sequence, from, whole)
		}
		for _, way := range cuts(sequence) {
			for _, pause := range []time.Duration{time.Millisecond, 100 * time.Millisecond, time.Minute} {
				if pause > lag && len(way) > 2 {
					continue // that slowly, a person types them
				}
				got := pressed(t, read(way, pause))
				if len(got) > 0 && got[0] == "esc" && pause > escapeWait {
					got = got[1:] // nobody could know more yet
				}
				if len(sequence) == 2 && pause > escapeWait {
					continue // ESC and a key
				}
				if strings.Join(got, " ") != strings.Join(whole, " ") {
					t.Errorf("%q (%s) as %q, %v apart, presses %q, want %q", sequence, from, way, pause, got, whole)
				}
			}
		}
	}
}

// isKeypadDigit: where the keypad sends sequences, a digit is one, too.
func isKeypadDigit(sequence string) bool {
	digit, ok := strings.CutPrefix(sequence, "\x1bO")
	return ok && digit >= "p" && digit <= "y"
}

func TestFunctionKeysOfTheLinuxConsole(t *testing.T) {
	given := read([]string{"\x1b[[A\x1b[[B\x1b[[Cx\x1b[[D\x1b[[E\x1b[[Fy"}, 0)
	if got := strings.Join(pressed(t, given), " "); got != "f1 f2 f3 x f4 f5 y" {
		t.Errorf("pressed %q", got)
	}
}

func TestWhatIsNoKeyPressesNone(t *testing.T) {
	const fast, slow, minutes = time.Millisecond, 100 * time.Millisecond, time.Minute
	for name, c := range map[string]struct {
		pause time.Duration
		reads []string
		want  string
	}{
		"cursor position":               {fast, []string{"\x1b[24;80Rj"}, "j"},
		"cut after ESC":                 {fast, strings.Split("\x1b[24;80Rj", ""), "j"},
		"late after ESC":                {slow, []string{"\x1b", "[24;80Rj"}, "esc j"},
		"very late after ESC":           {minutes, []string{"\x1b", "[24;80Rj"}, "esc j"},
		"late and in pieces":            {slow, strings.Split("\x1b[24;80Rj", ""), "esc j"},
		"cut after CSI":                 {minutes, []string{"\x1b[", "24;80Rj"}, "j"},
		"mode report":                   {slow, []string{"\x1b[?20", "26;2$yq"}, "q"},
		"ANSI mode report":              {slow, []string{"\x1b[4;2$", "yq"}, "q"},
		"colour":                        {slow, strings.Split("\x1b]11;rgb:0/0/0\aq", ""), "esc q"},
		"colour ended by ST":            {slow, []string{"\x1b]11;rgb:0/0/0\x1b", "\\q"}, "q"},
		"version":                       {fast, []string{"\x1bP>|XTerm(388)\x1b\\q"}, "q"},
		"an answer that never ends":     {minutes, []string{"\x1b]11;rgb", "S"}, "S"},
		"unknown":                       {fast, []string{"\x1b[99Xq\x1b[1 qq\x1bOzq"}, "q q q"},
		"cut off by a key":              {minutes, []string{"\x1b[24;", "\x03", "q"}, "ctrl+c q"},
		"cut off by a sequence":         {fast, []string{"\x1b[24;\x1b[A"}, "up"},
		"a string cut off":              {fast, []string{"\x1b]0;x\x1b[A", "\x1b]0;x\x03"}, "up ctrl+c"},
		"eight bits":                    {fast, []string{"\x9bA\x8fP\x9b24;80R\u011bj"}, "up f1 ě j"},
		"X10 mouse":                     {minutes, []string{"\x1b[M", " SD"}, ""},
		"X10 mouse, byte by byte":       {minutes, []string{"\x1b[M", " ", "S", "D", "j"}, "j"},
		"a person":                      {time.Second, []string{"\x1b", "[", "q"}, "esc [ q"},
		"two escapes":                   {slow, []string{"\x1b", "\x1b", "q"}, "esc esc q"},
		"two escapes at once":           {fast, []string{"\x1b\x1b"}, "esc esc"},
		"escapes, then a key":           {fast, []string{"\x1b\x1b\x1bq"}, "esc esc alt+q"},
		"alt with a key of rxvt":        {fast, []string{"\x1b\x1b[A\x1b\x1b[3$"}, "alt+up alt+shift+delete"},
		"alt with a key of the console": {fast, []string{"\x1b\x1b[[A"}, "alt+f1"},
		"a letter with alt":             {fast, []string{"\x1bm\x1bü"}, "alt+m alt+ü"},
		"ordinary typing":               {fast, []string{"jk[]OPq", "[", "]"}, "j k [ ] O P q [ ]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(pressed(t, read(c.reads, c.pause)), " "); got != c.want {
				t.Errorf("pressed %q, want %q", got, c.want)
			}
		})
	}
}

func TestPasteIsGivenOn(t *testing.T) {
	const paste = "\x1b[200~rm ě [[D\x1b[201~"
	for _, way := range cuts(paste) {
		if got := read(way, time.Millisecond); got != paste {
			t.Errorf("%q became %q", way, got)
		}
	}
}
