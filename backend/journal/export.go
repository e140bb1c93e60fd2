package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// The format is described at https://systemd.io/JOURNAL_EXPORT_FORMATS: an
// entry is a run of fields and ends with an empty line. A field is NAME=VALUE
// and a newline or, when its value is not plain text, NAME, a newline, the
// value's length as 64 bits little-endian, the value, and a newline.

const (
	// maxLine is how much of a message is kept.
	maxLine = 16 << 10
	// maxValue is how much of any other field is kept.
	maxValue = 4 << 10
	// maxField is the longest value a field may have, kept or not. What is
	// longer is taken for a broken stream.
	maxField = 64 << 20
	// maxFields is how many fields an entry may have: journald's own limit of
	// 1024 and the few that journalctl adds.
	maxFields = 1100
	// maxName is journald's limit for a field's name.
	maxName = 64
	// maxEntry is how much of one entry is kept, in all its fields.
	maxEntry = 1 << 20
)

// errFormat is a stream that is not in the export format.
var errFormat = errors.New("not in the journal's export format")

// parser reads entries, one at a time, in memory that does not grow with what
// it reads.
type parser struct {
	in     *bufio.Reader
	name   [maxName]byte
	value  []byte            // of the field at hand, as far as it is kept
	shared map[string]string // values that many entries have in common
}

func newParser(in io.Reader) *parser {
	return &parser{in: bufio.NewReaderSize(in, 64<<10), shared: map[string]string{}}
}

// next reads an entry. It gives [io.EOF] between two entries, and
// [io.ErrUnexpectedEOF] within one. With an error the entry holds what was
// read of it.
func (p *parser) next() (fields, error) {
	var e fields
	for count, kept := 0, 0; ; count++ {
		name, cut, err := p.field()
		switch {
		case err == io.EOF && count > 0:
			return e, io.ErrUnexpectedEOF
		case err != nil:
			return e, err
		case len(name) > 0 && count == maxFields:
			return e, fmt.Errorf("%w: more than %d fields", errFormat, maxFields)
		case string(name) == "__CURSOR" && e.cursor != "":
			// Of an entry that cannot be read, journalctl (252) leaves out
			// the rest and the empty line.
			e, count, kept = fields{torn: true}, 0, 0
			e.set(p, name, cut)
		case len(name) > 0:
			if kept += len(p.value); kept <= maxEntry {
				e.set(p, name, cut)
			}
		case count == 0:
			count = -1 // an empty line between entries
		case e.cursor == "":
			return e, fmt.Errorf("%w: entry without cursor", errFormat)
		default:
			return e, nil
		}
	}
}

// field reads one field: its name, and p.value; no name: the entry's end. cut
// is how many bytes of the value were left out.
func (p *parser) field() (name []byte, cut int, err error) {
	line, err := p.in.ReadSlice('\n')
	switch {
	case err == nil:
		line = line[:len(line)-1]
	case err == io.EOF && len(line) > 0:
		return nil, 0, io.ErrUnexpectedEOF
	case err != bufio.ErrBufferFull:
		return nil, 0, err
	}
	if len(line) == 0 {
		return nil, 0, nil
	}
	n := nameLength(line)
	name = p.name[:copy(p.name[:], line[:n])]
	switch {
	case n == 0:
		return nil, 0, fmt.Errorf("%w: bad field name", errFormat)
	case n < len(line) && line[n] == '=':
		cut, err = p.text(limit(name), line[n+1:], err == nil)
	case n == len(line) && err == nil:
		cut, err = p.binary(limit(name))
	default:
		return nil, 0, fmt.Errorf("%w: bad field name", errFormat)
	}
	return name, cut, err
}

// nameLength is how many bytes at the start of a line can be a field's name.
func nameLength(line []byte) int {
	for i, c := range line[:min(len(line), maxName)] {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return i
		}
	}
	return min(len(line), maxName)
}

// limit is how much of a field's value is kept.
func limit(name []byte) int {
	if string(name) == "MESSAGE" {
		return maxLine
	}
	return maxValue
}

// text reads the rest of a value that ends with its line.
func (p *parser) text(keep int, part []byte, whole bool) (cut int, err error) {
	length := len(part)
	p.value = append(p.value[:0], part[:min(keep, length)]...)
	for !whole {
		part, err = p.in.ReadSlice('\n')
		switch {
		case err == nil:
			whole, part = true, part[:len(part)-1]
		case err == io.EOF:
			return 0, io.ErrUnexpectedEOF
		case err != bufio.ErrBufferFull:
			return 0, err
		}
		if length += len(part); length > maxField {
			return 0, fmt.Errorf("%w: field longer than %d bytes", errFormat, maxField)
		}
		p.value = append(p.value, part[:min(keep-len(p.value), len(part))]...)
	}
	return p.shorten(length), nil
}

// binary reads a value that is preceded by its length.
func (p *parser) binary(keep int) (cut int, err error) {
	var head [8]byte
	if _, err := io.ReadFull(p.in, head[:]); err != nil {
		return 0, unexpected(err)
	}
	length := binary.LittleEndian.Uint64(head[:])
	if length > maxField {
		return 0, fmt.Errorf("%w: field of %d bytes", errFormat, length)
	}
	kept := min(keep, int(length))
	if cap(p.value) < kept {
		p.value = make([]byte, kept)
	}
	p.value = p.value[:kept]
	if _, err := io.ReadFull(p.in, p.value); err != nil {
		return 0, unexpected(err)
	}
	if _, err := p.in.Discard(int(length) - kept); err != nil {
		return 0, unexpected(err)
	}
	switch c, err := p.in.ReadByte(); {
	case err != nil:
		return 0, unexpected(err)
	case c != '\n':
		return 0, fmt.Errorf("%w: field longer than its length", errFormat)
	}
	return p.shorten(int(length)), nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// shorten keeps a cut from splitting a character, and says how many bytes of
// a value are not in p.value.
func (p *parser) shorten(length int) (cut int) {
	if length == len(p.value) {
		return 0
	}
	for n := 1; n <= min(utf8.UTFMax-1, len(p.value)); n++ {
		if tail := p.value[len(p.value)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				p.value = p.value[:len(p.value)-n]
			}
			break
		}
	}
	return length - len(p.value)
}

// maxShared bounds the memory for common values.
const maxShared = 1024

// share gives a value that many entries repeat, without a copy for each.
func (p *parser) share(value []byte) string {
	if s, ok := p.shared[string(value)]; ok {
		return s
	}
	if len(p.shared) >= maxShared {
		clear(p.shared)
	}
	s := string(value)
	p.shared[s] = s
	return s
}
