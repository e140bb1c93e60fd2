package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// lateReply swallows the rest of a terminal's answer that came in pieces, or of
// what it reports of the mouse.
//
// The screen asks the terminal nothing, but what ran before it may have, and
// over a slow line the answer ESC [ ? 6 2 c can arrive with a pause after the
// ESC. The parser then takes the ESC for the key and the rest for typing, so
// that an answer presses keys. Nobody types ESC and [ that fast.
type lateReply struct {
	since   time.Time
	begun   bool // an ESC came
	inside  bool // and what follows it: everything up to its end is the answer's
	control bool // the answer ends with its first letter (CSI), not with BEL or ESC \ (OSC, DCS)
	fresh   bool // nothing of it came yet but what begins it
	// left is how many more keys are the answer's, whatever they are; 0: its
	// end tells.
	left int
}

// x10Bytes follow ESC [ M in what a terminal reports that knows the mouse only
// as X10 did: the button and where it is, a byte each, which can be any.
const x10Bytes = 3

// lag is the longest pause within an answer.
const lag = 300 * time.Millisecond

// filter gives a message on, or nil where it is part of an answer.
func (r *lateReply) filter(msg tea.Msg, now time.Time) tea.Msg {
	switch msg := msg.(type) {
	case uv.UnknownEvent:
		r.interrupted(string(msg), now)
	case uv.UnknownCsiEvent:
		r.interrupted(string(msg), now)
	case tea.KeyPressMsg:
		if r.swallows(msg, now) {
			return nil
		}
	}
	return msg
}

// interrupted begins an answer where the parser gave up in its middle.
func (r *lateReply) interrupted(text string, now time.Time) {
	intro, rest, _ := strings.Cut(text, "\x1b")
	if intro != "" || rest == "" {
		return
	}
	r.begin(rest[0] == '[', now)
	if rest == "[M" {
		r.left = x10Bytes
		return
	}
	r.fresh = len(rest) == 1
	if last := rest[len(rest)-1]; r.control && len(rest) > 1 && last >= 0x40 {
		r.inside = false // whole, only unknown
	}
}

// begin begins what is an answer from here on.
func (r *lateReply) begin(control bool, now time.Time) {
	*r = lateReply{since: now, inside: true, control: control, fresh: true}
}

func (r *lateReply) swallows(key tea.KeyPressMsg, now time.Time) bool {
	recent := now.Sub(r.since) < lag
	r.since = now
	switch {
	case r.inside && recent:
		r.inside = !r.ends(key)
		r.fresh = false
		return true
	case r.begun && recent && introducers[key.Text]:
		r.begin(key.Text == "[", now)
		return true
	case key.Mod&tea.ModAlt != 0 && introducers[strings.TrimPrefix(key.String(), "alt+")]:
		// ESC and the introducer came together, the rest is late. No command
		// of ours has such a key.
		r.begin(key.Code == '[', now)
		return true
	}
	r.begun, r.inside = key.Code == tea.KeyEscape && key.Mod == 0, false
	return false
}

// introducers are what follows ESC in CSI, OSC, DCS, APC and PM.
var introducers = map[string]bool{"[": true, "]": true, "P": true, "shift+p": true, "_": true, "^": true}

// ends reports whether a key is the last character of the answer.
func (r *lateReply) ends(key tea.KeyPressMsg) bool {
	switch {
	case r.left > 0:
		r.left--
		return r.left == 0
	case r.control && r.fresh && key.Text == "M":
		r.left = x10Bytes
		return false
	case !r.control:
		return key.String() == "ctrl+g" || key.String() == `alt+\` || key.Text == `\`
	}
	return len(key.Text) == 1 && key.Text[0] >= 0x40
}
