package dialog

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
)

// A title without room is told in full in the dialog's text, as of a plan for
// many VMs.
func TestLongTitleIsToldInFull(t *testing.T) {
	long := "Restart " + strings.Repeat("a-long-name, ", 8) + "and 4 more?"
	for _, size := range [][2]int{{80, 24}, {60, 20}, {50, 12}, {49, 24}, {20, 5}, {300, 100}} {
		for _, title := range []string{long, "Stop?"} {
			room := Room{Width: size[0], Height: size[1], Styles: styles.New(styles.Mono), Glyphs: styles.Unicode(), Hints: func(*draw.Line, int) {}}
			var l Layer
			l.OpenAtOnce(NewMenu(text.Safe(title), func() []Choice { return nil }, 0))
			line := strings.Join(strings.Fields(ansi.Strip(strings.Join(l.text(&scene.Scene{}, room), " "))), " ")
			if told := strings.Contains(line, title); told != (title == long) {
				t.Errorf("%q at %dx%d:\n%s", title, size[0], size[1], line)
			}
			shown := strings.Join(l.Over(nil, &scene.Scene{}, room), "\n")
			if !strings.Contains(shown, title[:5]) {
				t.Errorf("%q at %dx%d is not shown:\n%s", title, size[0], size[1], shown)
			}
		}
	}
}
