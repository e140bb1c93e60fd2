// Package cli knows the command line: its flags and commands, their answers as
// text for people and as JSON for programs, and what each exit status means.
//
// It must not know how a host is read, nor how a screen is drawn: whoever
// starts it hands it the functions that do ([Program]).
package cli
