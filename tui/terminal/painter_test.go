package terminal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"
)

// Whatever frames come, the terminal shows the last one.
func TestPainterShowsTheFrame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := newPainter("xterm-256color", ManyColours)
		screen := vt.NewEmulator(30, 10)
		for range rapid.IntRange(1, 12).Draw(r, "frames") {
			f := Frame{Width: 30, Height: 10}
			for range rapid.IntRange(0, 10).Draw(r, "lines") {
				n := rapid.IntRange(0, 8).Draw(r, "text")
				f.Lines = append(f.Lines, rapid.SampledFrom([]string{"", "vm-%03d  running", "\x1b[31mred %d\x1b[m plain", "日本 %d 語", strings.Repeat("x", 26) + " %d"}).Draw(r, "line"))
				if last := len(f.Lines) - 1; strings.Contains(f.Lines[last], "%") {
					f.Lines[last] = fmt.Sprintf(f.Lines[last], n)
				}
			}
			bytes, err := p.bytes(f)
			if err != nil {
				r.Fatal(err)
			}
			if _, err := screen.Write(bytes); err != nil {
				r.Fatal(err)
			}
			if got, want := shown(screen), wanted(f); got != want {
				r.Fatalf("the terminal shows\n%s\nwant\n%s\nafter %q", got, want, bytes)
			}
		}
	})
}

func shown(screen *vt.Emulator) string { return trimmed(strings.Split(screen.String(), "\n")) }

func wanted(f Frame) string {
	screen := vt.NewEmulator(f.Width, f.Height)
	for y := range f.Lines {
		_, _ = fmt.Fprintf(screen, "\x1b[%d;1H%s", y+1, f.Lines[y])
	}
	return shown(screen)
}

func trimmed(lines []string) string {
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \r")
	}
	return strings.Join(lines, "\n")
}

func TestSameFrameCostsNothing(t *testing.T) {
	p := newPainter("xterm-256color", ManyColours)
	f := Frame{20, 3, []string{"one", "\x1b[1mtwo\x1b[m", "three"}}
	first, _ := p.bytes(f)
	if len(first) == 0 {
		t.Fatal("nothing painted")
	}
	if again, _ := p.bytes(f); len(again) != 0 {
		t.Errorf("painted again: %q", again)
	}
	p.forget()
	if full, _ := p.bytes(f); len(full) == 0 {
		t.Error("nothing painted after forgetting")
	}
	f.Lines = []string{"one", "\x1b[1mtwo\x1b[m", "threX"}
	if change, _ := p.bytes(f); len(change) == 0 || len(change) > 12 {
		t.Errorf("one changed character costs %q", change)
	}
}
