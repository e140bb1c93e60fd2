package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// ReadJSON reads a JSON text. Its error says what is wrong with the text, and
// where, in the words of whoever wrote it, not in those of Go:
//
//	expected an object at line 1, column 1
//	it ends unexpectedly, at line 12, column 3
func ReadJSON(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return syntaxError(text, syntax.Offset)
	case errors.As(err, &kind):
		return kindError(text, kind)
	case errors.As(err, &moment), strings.HasPrefix(err.Error(), "Time."):
		return errors.New("expected a time like 2026-11-21T10:00:00Z")
	}
	return err
}

func syntaxError(text []byte, offset int64) error {
	if offset >= int64(len(text)) && !endsBadly(text) {
		return fmt.Errorf("it ends unexpectedly, at %s", position(text, len(text)))
	}
	at := max(0, int(offset)-1)
	r, _ := utf8.DecodeRune(text[at:])
	return fmt.Errorf("unexpected %q at %s", r, position(text, at))
}

// endsBadly reports whether the last byte is wrong, rather than what should
// come after it missing.
func endsBadly(text []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := decoder.Token(); err != nil {
			return !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}

// kindError is for a value of another kind than belongs there.
func kindError(text []byte, err *json.UnmarshalTypeError) error {
	said := "expected " + kindName(err.Type)
	if strings.HasPrefix(err.Value, "number ") && isNumber(err.Type) {
		said += ", not" + strings.TrimPrefix(err.Value, "number")
	}
	if err.Field != "" {
		said += " in " + err.Field
	}
	if err.Offset <= 0 { // of a type that reads itself
		return errors.New(said)
	}
	return fmt.Errorf("%s at %s", said, position(text, valueBefore(text, err.Offset)))
}

func isNumber(t reflect.Type) bool { return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 }

func kindName(t reflect.Type) string {
	switch kind := t.Kind(); {
	case kind == reflect.Struct, kind == reflect.Map:
		return "an object"
	case kind == reflect.Slice, kind == reflect.Array:
		return "a list"
	case kind == reflect.Bool:
		return "true or false"
	case kind == reflect.Float32, kind == reflect.Float64:
		return "a number"
	case isNumber(t):
		return "a whole number"
	}
	return "text"
}

// valueBefore is where the value begins that Go's decoder stopped at.
func valueBefore(text []byte, offset int64) int {
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		from := decoder.InputOffset()
		if _, err := decoder.Token(); err != nil || decoder.InputOffset() >= offset {
			rest := text[min(int(from), len(text)):]
			return len(text) - len(bytes.TrimLeft(rest, " \t\r\n:,"))
		}
	}
}

// position is a place in a text as an editor tells it: the column counts
// characters.
func position(text []byte, at int) string {
	before := text[:min(at, len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("line %d, column %d", line, column)
}
