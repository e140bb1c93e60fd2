package text_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/lab/seeds"
	"microtui/model/text"
)

// span is a span of a test table, with its look in words.
type span struct{ text, look string }

// inWords are spans as a test table has them.
func inWords(spans []text.Span) []span {
	var words []span
	for _, s := range spans {
		words = append(words, span{string(s.Text), lookInWords(s.Style)})
	}
	return words
}

func lookInWords(l text.Style) string {
	var words []string
	for _, part := range []struct {
		word string
		on   bool
	}{{"bold", l.Bold}, {"faint", l.Faint}, {"italic", l.Italic}, {"underline", l.Underline}, {"reverse", l.Reverse}, {"crossed", l.Crossed}} {
		if part.on {
			words = append(words, part.word)
		}
	}
	for _, ground := range []struct {
		name   string
		colour text.Colour
	}{{"", l.Fore}, {"on ", l.Back}} {
		if index, ok := ground.colour.Palette(); ok {
			words = append(words, fmt.Sprintf(ground.name+"%d", index))
		}
		if r, g, b, ok := ground.colour.RGB(); ok {
			words = append(words, fmt.Sprintf(ground.name+"%d/%d/%d", r, g, b))
		}
	}
	return strings.Join(words, " ")
}

func TestSpans(t *testing.T) {
	for _, test := range []struct {
		line string
		want []span
	}{
		{"", nil},
		{"\r", nil},
		{"\x1b[31m", nil},
		{"plain", []span{{"plain", ""}}},
		{"end\r", []span{{"end", ""}}},
		{"ends\r\r", []span{{"ends", ""}}},
		{"a\rb", []span{{"a^Mb", ""}}},
		{"a\r\x1b[31mb\r\x1b[0m\r", []span{{"a", ""}, {"^Mb", "1"}}},
		{"[\x1b[0;32m  OK  \x1b[0m] Started.\r", []span{{"[", ""}, {"  OK  ", "2"}, {"] Started.", ""}}},
		{"\x1b[1;38;5;208mwarm\x1b[22m \x1b[48;2;1;2;3mdeep\x1b[m!", []span{{"warm", "bold 208"}, {" ", "208"}, {"deep", "208 on 1/2/3"}, {"!", ""}}},
		{"\x1b[38:5:9ma\x1b[38:2:1:2:3mb\x1b[38:2::4:5:6mc\x1b[38:2::4:5:6:0:0md", []span{{"a", "9"}, {"b", "1/2/3"}, {"cd", "4/5/6"}}},
		{"\x1b[91;104mbright\x1b[39;49m.", []span{{"bright", "9 on 12"}, {".", ""}}},
		{"\x1b[4:3mcurly\x1b[4:0mnot", []span{{"curly", "underline"}, {"not", ""}}},
		{"\x1b[3;4;7;9;2mall\x1b[23;24;27;29mfaint", []span{{"all", "faint italic underline reverse crossed"}, {"faint", "faint"}}},
		{"\x1b[5;6;8mhidden\x1b[25;28m", []span{{"hidden", ""}}},
		{"\x1b[31;41mred on red\x1b[40m, on black", []span{{"red on red", ""}, {", on black", "1 on 0"}}},
		{"\x1b[38;2;7;7;7;48;2;7;7;7mgrey", []span{{"grey", ""}}},
		{"same\x1b[0m look\x1b[99m.", []span{{"same look.", ""}}},
		{"\x1b[38;5mshort\x1b[38mer\x1b[38;2;1;2mest\x1b[48;5;300mno", []span{{"shorterestno", ""}}},
		{"\x1b[38;5;1;4mgoes on", []span{{"goes on", "underline 1"}}},
		{"\x1b[999999999999999999999;1mlarge", []span{{"large", "bold"}}},
		{"\x1b[;;1;mempty is 0", []span{{"empty is 0", ""}}},
		// Not plainly a colour: it shows.
		{"\x1b[31", []span{{"^[[31", ""}}},
		{"\x1b[31\x1b[32mx", []span{{"^[[31", ""}, {"x", "2"}}},
		{"\x1b[>4;2mx\x1b[?25lx\x1b[2Jx", []span{{"^[[>4;2mx^[[?25lx^[[2Jx", ""}}},
		{"\x1b[31 mx", []span{{"^[[31 mx", ""}}},
		{"\x1b]0;t\x07\x1b]52;c;eA==\x1b\\\x1bP$qm\x1b\\\x1b]8;;http://x\x1b\\", []span{{`^[]0;t^G^[]52;c;eA==^[\^[P$qm^[\^[]8;;http://x^[\`, ""}}},
		{"\x1b[" + strings.Repeat("1;", 40) + "1m", []span{{"^[[" + strings.Repeat("1;", 40) + "1m", ""}}},
		{"\u009b31mx\x9b31m", []span{{"‹U+009B›31mx‹9B›31m", ""}}},
		// Taking one out makes no other.
		{"\x1b\x1b[1m[31mx", []span{{"^[", ""}, {"[31mx", "bold"}}},
		// A mark stays with its character, and their limit holds.
		{"e\x1b[31m\u0301a", []span{{"e\u0301", ""}, {"a", "1"}}},
		{"e" + strings.Repeat("\x1b[31m\u0301\x1b[32m\u0301", 9) + "a", []span{{string(text.Safe("e" + text.Raw(strings.Repeat("\u0301", 18)))), ""}, {"a", "2"}}},
	} {
		got := inWords(text.Spans(text.Raw(test.line), true))
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(span{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", test.line, diff)
		}
	}
}

// Without colours the same text is one span without a look.
func TestSpansWithoutColours(t *testing.T) {
	got := inWords(text.Spans("[\x1b[1;32m  OK  \x1b[0m] \x1b[31\x1b]0;x\x07\r", false))
	if diff := cmp.Diff([]span{{"[  OK  ] ^[[31^[]0;x^G", ""}}, got, cmp.AllowUnexported(span{})); diff != "" {
		t.Error(diff)
	}
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;:]{0,61}m`)

// checkSpans holds for every line, with colours and without.
func checkSpans(t *testing.T, line string) {
	t.Helper()
	for _, colours := range []bool{false, true} {
		spans := text.Spans(text.Raw(line), colours)
		var joined strings.Builder
		for i, s := range spans {
			if s.Text == "" || i > 0 && s.Style == spans[i-1].Style || !colours && s.Style != (text.Style{}) {
				t.Errorf("%q, colours %v: span %d is %+v", line, colours, i, s)
			}
			if s.Style.Fore == s.Style.Back && s.Style.Fore != (text.Colour{}) {
				t.Errorf("%q: hidden: %+v", line, s)
			}
			for _, r := range s.Text {
				if r < ' ' || r >= 0x7f && r < 0xa0 || unicode.Is(unicode.Bidi_Control, r) {
					t.Errorf("%q: unsafe: %+q", line, s.Text)
				}
			}
			joined.WriteString(string(s.Text))
		}
		// Everything but whole colours shows. (Bytes of one character on two
		// sides of a colour are no character.)
		if want := string(text.Safe(strings.TrimRight(sgr.ReplaceAllString(line, ""), "\r"))); joined.String() != want && isASCII(line) {
			t.Errorf("%q, colours %v: %q, want %q", line, colours, joined.String(), want)
		}
	}
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}

func FuzzSpans(f *testing.F) {
	for _, line := range []string{"", "a\rb\r", "[\x1b[0;32m OK \x1b[0m]", "\x1b[38;2;1;2;3mx\x1b[48:5:1my", "\x1b[31\x1b[3", "e\x1b[1m\u0301", "\x1b]52;c;x\x07", "\xc3\x1b[1m\xa9"} {
		f.Add(line)
	}
	f.Fuzz(checkSpans)
}

// Lines put together from what guests send, many more than a fuzzer's seeds.
func TestSpansOfAny(t *testing.T) {
	pieces := []string{"\x1b", "[", "\x1b[", "1", "31", "38", "48", "5", "2", ";", ":", "m", "\x1b[0m", "\x1b[31m", "\x1b[41m", "\r", "a", " ", "\u0301", "é", "\xc3", "\x9b", "]0;", "\x07"}
	seed := seeds.For(t)
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 50_000 {
		var line strings.Builder
		for range random.IntN(24) {
			line.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkSpans(t, line.String())
	}
}

func BenchmarkSpans(b *testing.B) {
	for name, line := range map[string]text.Raw{
		"plain":   "Nov 21 10:03:03 web systemd[1]: Started some service of the guest.",
		"boot":    "[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39msome.service\x1b[0m - Some service.\r",
		"hostile": text.Raw(strings.Repeat("\x1b["+strings.Repeat("1;", 29), 16<<10/60)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				text.Spans(line, true)
			}
		})
	}
}
