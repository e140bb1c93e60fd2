package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

// waitLine is the line of a terminal that says what is waited for. It is
// overwritten in place, with nothing but a carriage return and spaces, which
// every terminal knows.
type waitLine struct {
	out   io.Writer
	width func() int // of the terminal in cells; nil: there is none to show it on
	shown int        // cells
	last  text.SafeText
}

// show shows a text in place of the one before.
func (w *waitLine) show(line text.SafeText) {
	if w.width == nil || line == w.last {
		return
	}
	w.last = line
	// The last cell stays free: some terminals wrap once it is written.
	cut := text.Safe(model.Raw(ansi.TruncateWc(string(line), max(0, w.width()-1), "")))
	blanks := max(0, w.shown-cells(cut))
	fmt.Fprintf(w.out, "\r%s%s\r", cut, strings.Repeat(" ", blanks))
	w.shown = cells(cut)
}

// clear takes it away, so that a line can be written.
func (w *waitLine) clear() {
	if w.shown > 0 {
		w.show("")
	}
}

// waitText says what is waited for, of the task that began first, and how
// many more there are.
func waitText(open []*task, now time.Time) text.SafeText {
	first, news := open[0], open[0].news
	doing := news.Activity
	if doing == "" {
		doing = model.Raw(first.order.Action)
	}
	line := fmt.Sprintf("%s: %s", first.order.VM, doing)
	if !news.Since.IsZero() {
		line += ", " + string(wording.Elapsed(news, now))
	}
	if more := len(open) - 1; more > 0 {
		line += fmt.Sprintf("; and %d more", more)
	}
	return text.Safe(line)
}
