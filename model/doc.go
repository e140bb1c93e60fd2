// Package model knows what a microvm.nix host is and every rule about it: the
// facts that a host can be observed to have ([Observation], joined as [Facts]),
// what they mean ([Interpret], [Inventory]), what may be done ([Reason],
// [Preflight]) and how ([Plan]). What is wrong is package model/doctor's, what
// text is model/text's.
//
// It is plain data and pure functions. It must not read a file, ask a clock,
// start a goroutine or know that there is a screen; every type that crosses
// from a backend to a face lives here, so that the same rules run on a live
// host, on the demo host and on a recorded observation.
package model
