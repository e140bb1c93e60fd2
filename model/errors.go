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

// MakeRoom says how to free space where a disk is full, without microtui
// needing any: nix sets room aside for its collection of garbage by itself
// (reserved-size), and journald's files can go on a disk that is full.
const MakeRoom = "free some with nix-collect-garbage or journalctl --vacuum-size=100M, then try again"
