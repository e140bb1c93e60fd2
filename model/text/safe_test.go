package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	"microtui/model/text"
)

func TestSafeShowsWhatItTakesAway(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     text.SafeText
	}{
		{"plain", "vm-db 25.05", "vm-db 25.05"},
		{"empty", "", ""},
		{"letters", "é ß 你好 Ωμέγα שלום", "é ß 你好 Ωμέγα שלום"},
		{"escape", "a\x1b[31mb", "a^[[31mb"},
		{"newline and return", "a\r\nb", "a^M^Jb"},
		{"NUL, BEL, DEL", "\x00\x07\x7f", "^@^G^?"},
		{"tab", "a\tb", "a    b"},
		{"C1 as UTF-8", "\u009b31m", "‹U+009B›31m"},
		{"C1 as a byte", "\x9b31m", "‹9B›31m"},
		{"truncated", "a\xe2\x82", "a‹E2›‹82›"},
		{"overlong", "\xc0\xaf", "‹C0›‹AF›"},
		{"surrogate", "\xed\xa0\x80", "‹ED›‹A0›‹80›"},
		{"beyond Unicode", "\xf4\x90\x80\x80", "‹F4›‹90›‹80›‹80›"},
		{"right-to-left override", "exe.\u202etxt", "exe.‹U+202E›txt"},
		{"isolates", "\u2066a\u2069", "‹U+2066›a‹U+2069›"},
		{"zero width", "ad\u200bmin", "ad‹U+200B›min"},
		{"joined emoji", "👩\u200d🚀", "👩‹U+200D›🚀"},
		{"tags", "a\U000e0041", "a‹U+E0041›"},
		{"variation selector", "a\ufe0f", "a‹U+FE0F›"},
		{"Hangul filler", "\u3164", "‹U+3164›"},
		{"soft hyphen", "a\u00adb", "a‹U+00AD›b"},
		{"byte order mark", "\ufeffa", "‹U+FEFF›a"},
		{"line separators", "a\u2028b\u2029", "a‹U+2028›b‹U+2029›"},
		{"noncharacters", "\ufdd0\uffff\U0010ffff", "‹U+FDD0›‹U+FFFF›‹U+10FFFF›"},
		{"private use", "\ue0b0", "‹U+E0B0›"},
		{"number sign that joins what follows", "\u0600\u0661", "‹U+0600›\u0661"},
		{"format control of hieroglyphs", "\U00013430", "‹U+13430›"},
		{"not assigned", "\u0378", "‹U+0378›"},
		{"flag", "\U0001f1e9\U0001f1ea", "‹U+1F1E9›‹U+1F1EA›"},
		{"mark of an unknown width", "a\u0cf3", "a‹U+0CF3›"},
		{"a few marks", "e\u0301\u0302", "e\u0301\u0302"},
		{"many marks", "e\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301\u0301‹U+0301›"},
		{"marks on what is ours", "\u0301a", "‹U+0301›a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := text.Safe(test.in); got != test.want {
				t.Errorf("Safe(%+q) = %+q, want %+q", test.in, got, test.want)
			}
		})
	}
}

func TestSafefMakesItsArgumentsSafe(t *testing.T) {
	if got, want := text.Safef("stop %s: %d", text.Raw("\x1b]0;x\x07"), 3), text.SafeText("stop ^[]0;x^G: 3"); got != want {
		t.Errorf("got %+q, want %+q", got, want)
	}
}

func TestASCII(t *testing.T) {
	for in, want := range map[text.SafeText]text.SafeText{
		"plain": "plain",
		"é":     "<U+00E9>",
		"ěx":    "<U+011B>x", // its second byte is 0x9b
		"‹9B›":  "<9B>",
	} {
		if got := in.ASCII(); got != want {
			t.Errorf("%q.ASCII() = %q, want %q", in, got, want)
		}
	}
}

// attacks are what made terminals write their input, run commands, change
// their title or clipboard, or hide text.
var attacks = []string{
	"\x1b]0;owned\x07", "\x1b]2;owned\x1b\\", "\x1b[21t", // CVE-2003-0063: title report
	"\x1bP$q\nrm -rf ~\n\x1b\\",                                                           // CVE-2008-2383: DECRQSS
	"\x1bP+q544e\x1b\\",                                                                   // XTGETTCAP
	"\x1b]50;i$(touch /tmp/x)\x07",                                                        // CVE-2022-45063: font query
	"\x1b]50;?\x1b\\\n",                                                                   // CVE-2022-45063, its answer
	"\x1bP$q\x1b]1337;x\x07m\x1b\\",                                                       // CVE-2022-45872: iTerm2
	"\x1b]0;calc\x07\x1b[21t\r",                                                           // CVE-2022-46387, CVE-2023-39150: ConEmu
	"\x1b]52;c;cm0gLXJmIH4=\x07",                                                          // clipboard
	"\x1b]8;;http://evil/\x1b\\x",                                                         // CVE-2022-46663: hyperlink that is never closed
	"\x1b]8;;http://evil/\x07ok\x1b]8;;",                                                  // cut in the middle
	"\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[?1;2c", "\x1b[?2026$p", "\x1b]11;?\x07", "\x05", // queries
	"\x1b[2J\x1b[H", "\x1b[1A\x1b[2K", "\rok", "\x08\x08\x08", // CVE-2021-25743: hidden lines
	"\x1b[8mhidden", "\x1b[5m", "\x1b[31m", "\x9b31m", "\u009b31m", // SGR
	"\x9d0;owned\x9c", "\u009d0;owned\u009c", "\x90$q\x9c", "\x98x\x9c", "\x9ex\x9c", "\x9fx\x9c", // 8-bit OSC, DCS, SOS, PM, APC
	"\x1bc", "\x1b#8", "\x1b(0", "\x0e", "\x0f", "\x1b[?1049h", "\x1b[?1000h", "\x1b[200~", "\x1b[>4;2m", // modes
	"\x1b_Gf=100;AAAA\x1b\\", "\x1b^x\x1b\\", "\x1bXx\x1b\\", // graphics, PM, SOS
	"remote: \x1b[1;31mfake\x1b[m\r\n", // CVE-2024-52005: git's side band
	"level=info \x1b[2K\x1b[1G",        // CVE-2025-58160: tracing-subscriber
	"\u202e\u2066\u061c\u2060", "\U000e0001\U000e0041\U000e007f", "\u115f\u1160\u3164\uffa0",
	"\xff\xfe\xc0", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x28\xa1", "\x1b", "\x1b[", "\x1b]", "\x1bP", "\xc2",
}

func TestSafeOnAttacks(t *testing.T) {
	o := newOracle()
	for _, attack := range attacks {
		o.checkSafe(t, attack)
		o.checkSafe(t, "vm-"+attack+"-tail")
	}
}

func TestSafeOnEveryByte(t *testing.T) {
	o := newOracle()
	var all []byte
	for c := range 256 {
		o.checkSafe(t, string([]byte{byte(c)}))
		o.checkSafe(t, string([]byte{'a', byte(c), 0x80, 'b'}))
		all = append(all, byte(c))
	}
	o.checkSafe(t, string(all))
}

func TestSafeOnEveryCodePoint(t *testing.T) {
	o := newOracle()
	for from := rune(0); from <= unicode.MaxRune; from += 512 {
		var block strings.Builder
		shown := false
		for r := from; r < from+512; r++ {
			checkRune(t, o, r)
			block.WriteRune(r)
			shown = shown || unicode.IsGraphic(r)
		}
		if shown {
			o.checkSafe(t, block.String())
		}
	}
}

func TestSafeOnAnything(t *testing.T) {
	part := rapid.OneOf(
		rapid.SampledFrom(attacks),
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.StringOf(rapid.RuneFrom(nil, unicode.Mn, unicode.Cf, unicode.Co, unicode.Lo)),
	)
	o := newOracle()
	rapid.Check(t, func(t *rapid.T) {
		o.checkSafe(t, strings.Join(rapid.SliceOfN(part, 0, 6).Draw(t, "parts"), ""))
	})
}

func FuzzSafe(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	for c := range 256 {
		f.Add(string([]byte{byte(c)}))
	}
	f.Add("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301")
	o := newOracle()
	f.Fuzz(func(t *testing.T, in string) { o.checkSafe(t, in) })
}

// tester is what testing and rapid have in common.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkRune checks that a character is shown as it is only where it may be,
// no wider on any terminal than we count, and as ASCII between ‹ and › otherwise.
func checkRune(t *testing.T, o *oracle, r rune) {
	t.Helper()
	if !utf8.ValidRune(r) {
		return // a surrogate: no text can hold one
	}
	in := "a" + string(r)
	out := text.Safe(in)
	if string(out) != in {
		code := strings.Trim(strings.TrimPrefix(string(out), "a"), "‹›")
		if strings.ContainsFunc(code, func(c rune) bool { return c < ' ' || c > '~' }) {
			t.Fatalf("Safe(a %U) = %+q", r, out)
		}
		return
	}
	if !unicode.IsGraphic(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
		t.Fatalf("Safe(a %U) shows it as it is", r)
	}
	if byOne, together := ansi.StringWidthWc(string(out)), ansi.StringWidth(string(out)); byOne < together {
		t.Fatalf("Safe(a %U) shows it as it is: %d cells wide, or %d", r, byOne, together)
	}
	if r >= utf8.RuneSelf && !unicode.In(r, unicode.Han, unicode.Hangul) {
		o.check(t, in, out)
	}
}

// checkText checks what can be seen on the text alone.
func checkText(t tester, in string) {
	t.Helper()
	out := text.Safe(in)
	if !utf8.ValidString(string(out)) {
		t.Fatalf("Safe(%+q) = %+q: not UTF-8", in, out)
	}
	marks := 4
	for _, r := range out {
		if !unicode.IsGraphic(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			t.Fatalf("Safe(%+q) = %+q: holds %U", in, out, r)
		}
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if marks > 4 {
			t.Fatalf("Safe(%+q) = %+q: too many marks on one character, or marks on none", in, out)
		}
	}
	if len(out) > 8*len(in) {
		t.Fatalf("Safe(%+q) = %+q: %d bytes from %d", in, out, len(out), len(in))
	}
	if again := text.Safe(out); again != out {
		t.Fatalf("Safe(%+q) = %+q, and of that %+q", in, out, again)
	}
	for _, c := range []byte(out.ASCII()) {
		if c < 0x20 || c > 0x7e {
			t.Fatalf("Safe(%+q).ASCII() = %+q", in, out.ASCII())
		}
	}
}

// oracle is a terminal that tells what a text does to it.
type oracle struct {
	parser *ansi.Parser
	screen *vt.Emulator
	acted  string // what it did that is not printing
}

// oracleWidth is wide enough for everything the tests write.
const oracleWidth = 1 << 13

func newOracle() *oracle {
	o := &oracle{parser: ansi.NewParser(), screen: vt.NewEmulator(oracleWidth, 2)}
	act := func(what string) { o.acted = what }
	o.parser.SetHandler(ansi.Handler{
		Execute:   func(byte) { act("control") },
		HandleCsi: func(ansi.Cmd, ansi.Params) { act("CSI") },
		HandleEsc: func(ansi.Cmd) { act("ESC") },
		HandleDcs: func(ansi.Cmd, ansi.Params, []byte) { act("DCS") },
		HandleOsc: func(int, []byte) { act("OSC") },
		HandleApc: func([]byte) { act("APC") },
		HandlePm:  func([]byte) { act("PM") },
		HandleSos: func([]byte) { act("SOS") },
	})
	o.screen.SetCallbacks(vt.Callbacks{
		Bell:             func() { act("bell") },
		Title:            func(string) { act("title") },
		IconName:         func(string) { act("icon name") },
		AltScreen:        func(bool) { act("other screen") },
		CursorVisibility: func(bool) { act("cursor") },
		CursorStyle:      func(vt.CursorStyle, bool) { act("cursor") },
		WorkingDirectory: func(string) { act("folder") },
		EnableMode:       func(ansi.Mode) { act("mode") },
		DisableMode:      func(ansi.Mode) { act("mode") },
		CursorPosition: func(from, to uv.Position) {
			if to.Y != 0 || to.X < from.X {
				act("cursor")
			}
		},
	})
	return o
}

// check writes a text to the terminal: nothing of it may be anything but
// print, and the cursor goes right, by its width at most.
func (o *oracle) check(t tester, in string, out text.SafeText) {
	t.Helper()
	width := ansi.StringWidthWc(string(out))
	if width >= oracleWidth {
		return
	}
	o.screen.WriteString("\r")
	o.acted = ""
	for _, c := range []byte(out) {
		o.parser.Advance(c)
	}
	if _, err := o.screen.WriteString(string(out)); err != nil {
		t.Fatalf("Safe(%+q) = %+q: %v", in, out, err)
	}
	if at := o.screen.CursorPosition(); at.Y != 0 || at.X > width {
		t.Fatalf("Safe(%+q) = %+q: the cursor went to %v, its width is %d", in, out, at, width)
	}
	if o.acted != "" {
		t.Fatalf("Safe(%+q) = %+q: acts on a terminal (%s)", in, out, o.acted)
	}
}

func (o *oracle) checkSafe(t tester, in string) {
	t.Helper()
	checkText(t, in)
	out := text.Safe(in)
	o.check(t, in, out)
	o.check(t, in, out.ASCII())
}
