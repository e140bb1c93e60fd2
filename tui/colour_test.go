package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"microtui/styles"
	"microtui/tui/dialog"
	"microtui/tui/logview"
)

// colourPages show every role: verdicts, states, severities, what is selected
// and marked, a dialog, a log in a guest's own colours, and what is searched
// for.
var colourPages = []struct {
	name string
	open func(*theatre)
}{
	{"table", func(th *theatre) { th.observe(hostel()); th.press("j", "space", "space") }},
	{"evidence", func(th *theatre) { th.observe(hostel()); th.press("j", "j", "j", "enter", "[", "[", "[") }},
	{"doctor", func(th *theatre) { th.observe(sick()); th.press("3", "j") }},
	{"menu", func(th *theatre) { th.observe(hostel()); th.press("j", "j", "x") }},
	{"stop", func(th *theatre) { th.observe(hostel()); th.press("j", "j", "S") }},
	{"too-early", func(th *theatre) {
		th.observe(hostel())
		th.press("j", "j", "S")
		th.pressAfter(dialog.Settling/2, "y")
	}},
	{"log", func(th *theatre) { th.observe(hostel()); th.log("L"); th.press("/", "d", "a", "t", "a", "enter") }},
	{"help", func(th *theatre) { th.observe(hostel()); th.press("?") }},
}

func TestColours(t *testing.T) {
	for _, theme := range []styles.Theme{styles.Dark, styles.Light, styles.Basic, styles.Mono} {
		for _, page := range colourPages {
			name := fmt.Sprintf("colour-%s-%s", theme, page.name)
			t.Run(name, func(t *testing.T) {
				th := newTheatre(t, 80, 24, Options{Terminal: TerminalCaps{Theme: theme}, Log: logview.Options{Colours: true}})
				page.open(th)
				if page.name != "too-early" {
					th.send(listenMsg{})
				}
				golden(t, name, coloured(th.paper.frame.Lines))
			})
		}
	}
}

// coloured writes styled lines so that they can be read and compared: each
// line as it stands, below it a letter under each cell that has a style, and
// in the end what the letters mean.
func coloured(lines []string) string {
	var out strings.Builder
	legend := legend{}
	for _, line := range lines {
		text, marks := legend.parts(line)
		out.WriteString(strings.TrimRight(text, " ") + "\n")
		if marks = strings.TrimRight(marks, " "); marks != "" {
			out.WriteString(marks + "\n")
		}
	}
	for i, style := range legend.styles {
		fmt.Fprintf(&out, "%c = %s\n", letterOf(i), styleText(style))
	}
	return out.String()
}

// legend numbers the styles in the order in which they come.
type legend struct{ styles []string }

func (l *legend) letter(style string) byte {
	for i, known := range l.styles {
		if known == style {
			return letterOf(i)
		}
	}
	l.styles = append(l.styles, style)
	return letterOf(len(l.styles) - 1)
}

func letterOf(i int) byte { return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[i] }

var setsStyle = regexp.MustCompile(`^\x1b\[([0-9;]*)m`)

// parts takes a styled line apart into its text and the letters of its cells.
func (l *legend) parts(line string) (text, marks string) {
	style := ""
	for line != "" {
		if found := setsStyle.FindStringSubmatch(line); found != nil {
			line = line[len(found[0]):]
			if style = found[1]; style == "0" {
				style = ""
			}
			continue
		}
		r := []rune(line)[0]
		line = line[len(string(r)):]
		mark := " "
		if style != "" {
			mark = string(l.letter(style))
		}
		text += string(r)
		marks += strings.Repeat(mark, ansi.StringWidthWc(string(r)))
	}
	return text, marks
}

// attributes are the parameters of SGR that set one.
var attributes = map[string]string{"1": "bold", "2": "faint", "3": "italic", "4": "underline", "7": "reverse", "9": "crossed"}

// styleText names what a sequence sets.
func styleText(style string) string {
	var words []string
	for rest := style; rest != ""; {
		var one string
		one, rest, _ = strings.Cut(rest, ";")
		switch {
		case one == "38" || one == "48":
			ground := map[string]string{"38": "colour", "48": "on"}[one]
			kind, after, _ := strings.Cut(rest, ";")
			n := map[string]int{"5": 1, "2": 3}[kind]
			parts := strings.SplitN(after, ";", n+1)
			words = append(words, ground+" "+strings.Join(parts[:n], ","))
			rest = strings.Join(parts[n:], ";")
		case attributes[one] != "":
			words = append(words, attributes[one])
		default:
			words = append(words, "colour "+one)
		}
	}
	return strings.Join(words, ", ")
}

// Who sees no colour knows an orphan by its glyph, in every list, at every
// size, in both sets of glyphs; nothing else has that glyph.
func TestOrphansAreToldWithoutColour(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		for _, size := range sizes {
			s := newStage(t, size.width, size.height, Options{Terminal: TerminalCaps{Theme: styles.Mono, ASCII: ascii}})
			s.observe(village())
			orphans := map[string]bool{"removed": true, "vm-gone": true}
			seen := 0
			for range len(s.vms.Rows) {
				name := string(s.selectedName())
				line := s.lineAtCursor()
				before, _, found := strings.Cut(line, name)
				if !found {
					t.Fatalf("the cursor is on %q, its row is %q", name, line)
				}
				if got := strings.Contains(before, string(s.glyphs.Orphan)); got != orphans[name] {
					t.Errorf("%dx%d: the row of %s is %q", size.width, size.height, name, line)
				} else if got {
					seen++
				}
				s.press("j")
			}
			if seen < len(orphans) {
				t.Errorf("%dx%d: %d orphans were seen", size.width, size.height, seen)
			}
		}
	}
}

// lineAtCursor is the row under the cursor, as plain text.
func (s *stage) lineAtCursor() string {
	for _, line := range strings.Split(s.screen(), "\n") {
		if strings.HasPrefix(line, string(s.glyphs.Cursor)) {
			return line
		}
	}
	return ""
}
