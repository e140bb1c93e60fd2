package terminal

import (
	"fmt"
	"testing"

	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"

	_ "microtui/lab/seeds" // fixes the seed of rapid
)

// Whatever sizes come between frames that scroll, and however late the program
// hears of them, the terminal shows the last frame once it has heard.
func TestPainterShowsTheFrameAtAnySize(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := newPainter("xterm-256color", ManyColours)
		width, height := 30, 12
		screen := vt.NewEmulator(width, height)
		from := 0
		paint := func() (f Frame, written string) {
			from += rapid.IntRange(0, 12).Draw(r, "scrolled")
			f = Frame{Width: width, Height: height}
			top := rapid.IntRange(0, height-1).Draw(r, "top")
			for y := range height {
				line := fmt.Sprintf("row %d of a table", y)
				if y >= top && y < height-1 {
					line = fmt.Sprintf("line %d said a guest, and more", from+y)
				}
				f.Lines = append(f.Lines, line[:min(len(line), width)])
			}
			bytes, err := p.bytes(f)
			if err != nil {
				r.Fatal(err)
			}
			if _, err := screen.Write(bytes); err != nil {
				r.Fatal(err)
			}
			return f, string(bytes)
		}
		for range rapid.IntRange(2, 8).Draw(r, "sizes") {
			w, h := rapid.IntRange(1, 50).Draw(r, "width"), rapid.IntRange(1, 40).Draw(r, "height")
			screen.Resize(w, h)
			if h >= height { // the emulator breaks at a region below its last line, which terminals cut
				for range rapid.IntRange(0, 3).Draw(r, "frames of the size before") {
					paint()
				}
			}
			width, height = w, h
			for range rapid.IntRange(1, 3).Draw(r, "frames") {
				f, written := paint()
				if got, want := shown(screen), wanted(f); got != want {
					r.Fatalf("the terminal shows\n%s\nwant\n%s\nafter %q", got, want, written)
				}
			}
		}
	})
}
