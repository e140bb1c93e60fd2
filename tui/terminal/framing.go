package terminal

import (
	"bytes"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// framer cuts what a terminal sends into whole sequences and gives on those
// that the decoder of the event loop knows, so that nothing it does not know
// becomes the keys that its bytes would be.
//
// The decoder cannot do it: it takes ESC [ for a key of its own where the rest
// is late, and the second [ of the Linux console's ESC [ [ D for the end of a
// sequence, after which the D is typing. A late answer of a terminal, which
// what ran before may have asked for, would press keys as well.
type framer struct {
	held   []byte    // the beginning of a sequence whose end has not come
	last   time.Time // when something came last
	late   bool      // an ESC was given on as a key, and nothing came since
	follow int       // continuation bytes of UTF-8 to come
}

const (
	// escapeWait is how long an ESC may be the beginning of something.
	escapeWait = 50 * time.Millisecond
	// lag is the longest pause within an answer of a terminal, and after an ESC
	// whose rest comes byte by byte: nobody types ESC and [ that fast.
	lag = 300 * time.Millisecond
)

// escapeKey is the key Escape in a form that begins no other sequence (CSI u).
const escapeKey = "\x1b[27u"

// feed takes what was read at once and returns what can be given on.
func (f *framer) feed(read []byte, now time.Time) []byte {
	pause := now.Sub(f.last)
	f.last = now
	if f.late && f.isRest(read, pause) {
		f.held = append(f.held, ansi.ESC)
	}
	f.late = false
	if isString(f.held) && pause > lag {
		f.held = nil // whoever began it, what comes now is typed
	}
	var out []byte
	for _, b := range read {
		out = f.add(out, b)
	}
	return out
}

// isRest reports whether what comes after a lone ESC is the rest of its
// sequence, which a slow line brought later. A person types one key a read.
func (f *framer) isRest(read []byte, pause time.Duration) bool {
	switch read[0] {
	case '[', 'O':
		return len(read) > 1 || pause < lag
	case ']', 'P', '_', '^':
		return pause < lag
	}
	return false
}

// waits reports whether what is held is a key if nothing follows soon.
func (f *framer) waits() bool {
	return len(f.held) > 0 && len(bytes.Trim(f.held, "\x1b")) == 0
}

// expire gives on the ESCs that nothing followed.
func (f *framer) expire() []byte {
	keys := bytes.Repeat([]byte(escapeKey), len(f.held))
	f.held, f.late = nil, true
	return keys
}

// add takes one byte and appends to out what it completes.
func (f *framer) add(out []byte, b byte) []byte {
	switch {
	case len(f.held) == 0:
		return f.begin(out, b)
	case f.waits():
		return f.introduce(out, b)
	case isString(f.held):
		return f.addToString(out, b)
	case isX10Mouse(f.held): // bytes of a position can be any
	case b < ' ' || b >= ansi.DEL: // cut off by a key
		f.held = nil
		return f.begin(out, b)
	}
	f.held = append(f.held, b)
	if !isWhole(f.held) {
		return out
	}
	whole := f.held
	f.held = nil
	return append(out, known(rewritten(whole))...)
}

// begin takes a byte outside of sequences.
func (f *framer) begin(out []byte, b byte) []byte {
	if f.follow > 0 && b&0xc0 == 0x80 {
		f.follow--
		return append(out, b)
	}
	f.follow = 0
	switch {
	case b == ansi.ESC:
		f.held = []byte{b}
		return out
	case b == ansi.CSI, b == ansi.SS3, b == ansi.OSC, b == ansi.DCS, b == ansi.APC, b == ansi.PM:
		f.held = []byte{ansi.ESC, b - 0x40} // a terminal of eight bits, as a VT220 can be
		return out
	case b >= 0xf0:
		f.follow = 3
	case b >= 0xe0:
		f.follow = 2
	case b >= 0xc0:
		f.follow = 1
	}
	return append(out, b)
}

// introduce takes the byte after an ESC, or after two: rxvt sends an ESC more
// for a key with Alt.
func (f *framer) introduce(out []byte, b byte) []byte {
	switch b {
	case ansi.ESC:
		if len(f.held) == 2 {
			return append(out, escapeKey...)
		}
		f.held = append(f.held, b)
	case '[', 'O', ']', 'P', '_', '^':
		f.held = append(f.held, b)
	default:
		escapes := len(f.held)
		f.held = nil
		for range escapes - 1 {
			out = append(out, escapeKey...)
		}
		if b < 0x80 {
			return append(out, ansi.ESC, b)
		}
		return f.begin(append(out, ansi.ESC), b)
	}
	return out
}

// addToString takes a byte of an answer that BEL or ESC \ ends. We ask for
// none, so what it says is dropped. A key ends it too.
func (f *framer) addToString(out []byte, b byte) []byte {
	escaped := f.held[len(f.held)-1] == ansi.ESC
	switch {
	case b == ansi.BEL, b == ansi.ST, escaped && b == '\\':
		f.held = nil
	case escaped:
		f.held = []byte{ansi.ESC}
		return f.add(out, b)
	case b == ansi.ESC:
		f.held = append(f.held[:2:2], b)
	case b < ' ':
		f.held = nil
		return f.begin(out, b)
	}
	return out
}
