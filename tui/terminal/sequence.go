package terminal

import (
	"bytes"
	"fmt"

	uv "github.com/charmbracelet/ultraviolet"
)

// body is a sequence without its ESCs and the byte that says of which kind it
// is: '[' CSI, 'O' SS3, else a string. ok is false where that has not come.
func body(sequence []byte) (kind byte, rest []byte, ok bool) {
	rest = bytes.TrimLeft(sequence, "\x1b")
	if len(rest) == 0 || len(rest) == len(sequence) {
		return 0, nil, false
	}
	return rest[0], rest[1:], true
}

// isString reports whether this begins an OSC, DCS, APC or PM.
func isString(sequence []byte) bool {
	kind, _, ok := body(sequence)
	return ok && kind != '[' && kind != 'O'
}

// isX10Mouse reports whether this begins the report of a terminal that knows
// the mouse only as X10 did: ESC [ M, then the button and where it is, a byte
// each.
func isX10Mouse(sequence []byte) bool {
	kind, rest, _ := body(sequence)
	return kind == '[' && len(rest) > 0 && rest[0] == 'M'
}

// isWhole reports whether a CSI or SS3 sequence ends here.
func isWhole(sequence []byte) bool {
	kind, rest, _ := body(sequence)
	if len(rest) == 0 {
		return false
	}
	last := rest[len(rest)-1]
	switch {
	case kind == 'O':
		return last < '0' || last > '9' // a number is which keys are held with it
	case rest[0] == '[': // a function key of the Linux console
		return len(rest) == 2
	case rest[0] == 'M':
		return len(rest) == 1+3
	case last == '$': // rxvt ends a key with Shift so; in an answer it is not the end
		return len(bytes.Trim(rest[:len(rest)-1], "0123456789")) == 0
	}
	return last >= '@'
}

// rewritten is a whole sequence in a form that the decoder knows.
func rewritten(sequence []byte) []byte {
	kind, rest, _ := body(sequence)
	head := sequence[:len(sequence)-len(rest)]
	switch {
	case kind != '[':
	case rest[0] == '[' && rest[1] >= 'A' && rest[1] <= 'E': // F1 to F5 of the Linux console
		return fmt.Appendf(head, "%d~", 11+rest[1]-'A')
	case rest[len(rest)-1] == '$': // Shift of rxvt
		return fmt.Appendf(head, "%s;2~", rest[:len(rest)-1])
	}
	return sequence
}

// known is a sequence that the decoder knows, whole, as a key, the mouse, or
// the border of what is pasted; nil for any other.
func known(sequence []byte) []byte {
	var decoder uv.EventDecoder
	n, event := decoder.Decode(bytes.Clone(sequence))
	if n != len(sequence) {
		return nil
	}
	switch event.(type) {
	case uv.KeyPressEvent, uv.MouseEvent, uv.PasteStartEvent, uv.PasteEndEvent, uv.MultiEvent, uv.KeyReleaseEvent:
		return sequence
	}
	return nil
}
