// Package doctor knows what goes wrong on microvm.nix hosts: how each trouble
// shows in the facts ([Examine]), what it is taken for and is not, how it comes
// about and what fixes it ([Rules], with an explanation for each).
//
// A rule is a pure function of an inventory and of the observation behind it.
// It says what it found with the evidence, and never guesses: where the facts
// that it rests on could not be read, it says that it was not checked. The
// package must not read anything itself, know a clock or a screen, and changes
// nothing: what it advises is carried out by plans.
package doctor
