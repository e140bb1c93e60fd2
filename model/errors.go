package model

import "errors"

// The kinds of errors that a face tells apart. A backend wraps one of them
// where it refuses or fails for that reason.
var (
	ErrRefused = errors.New("refused")       // the rules forbid it
	ErrDenied  = errors.New("not permitted") // the caller may not
	ErrBusy    = errors.New("busy")          // somebody else is at it
	ErrStale   = errors.New("changed since") // it is not any more what was shown
	ErrUnknown = errors.New("unknown")       // there is no such thing
)
