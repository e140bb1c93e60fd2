package terminal

import (
	"bytes"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// Colours is how many colours a terminal can show.
type Colours int

// The depths of colour.
const (
	NoColours Colours = iota
	SixteenColours
	ManyColours // 256
)

var profiles = map[Colours]colorprofile.Profile{
	NoColours:      colorprofile.ASCII,
	SixteenColours: colorprofile.ANSI,
	ManyColours:    colorprofile.ANSI256,
}

// painter turns frames into the fewest bytes that change the last one into
// the next. Lines that did not change are not parsed again.
type painter struct {
	out      bytes.Buffer
	renderer *uv.TerminalRenderer
	cells    uv.ScreenBuffer
	shown    Frame
}

func newPainter(term string, colours Colours) *painter {
	p := &painter{}
	p.renderer = uv.NewTerminalRenderer(&p.out, []string{"TERM=" + term})
	p.renderer.SetColorProfile(profiles[colours])
	p.renderer.SetFullscreen(true)
	p.renderer.SetRelativeCursor(false)
	p.renderer.SetScrollOptim(true)
	p.renderer.SetBackspace(true)
	p.renderer.SetTabStops(-1) // the stops may be anything
	p.renderer.SetMapNewline(false)
	return p
}

// forget makes the next frame a full one.
func (p *painter) forget() { p.shown = Frame{} }

// bytes gives what has to be written to show a frame. It is good until the
// next call.
func (p *painter) bytes(f Frame) ([]byte, error) {
	p.out.Reset()
	if f.Width != p.shown.Width || f.Height != p.shown.Height {
		p.cells = uv.NewScreenBuffer(f.Width, f.Height)
		p.renderer.Resize(f.Width, f.Height)
		p.renderer.Erase()
		p.shown.Lines = nil
		p.out.WriteString(wholeRegion)
	}
	for y := range f.Height {
		line := f.line(y)
		if p.shown.Lines != nil && p.shown.line(y) == line {
			continue
		}
		uv.NewStyledString(line).Draw(p.cells, uv.Rect(0, y, f.Width, 1))
	}
	p.shown = f
	if p.shown.Lines == nil {
		p.shown.Lines = []string{}
	}
	p.renderer.Render(p.cells.RenderBuffer)
	if err := p.renderer.Flush(); err != nil {
		return nil, err
	}
	return p.out.Bytes(), nil
}

func (f Frame) line(y int) string {
	if y < len(f.Lines) {
		return f.Lines[y]
	}
	return ""
}
