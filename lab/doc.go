// Package lab boots a real throwaway host for tests: systemd as PID 1 in
// namespaces of its own, with a system bus, a journal, network links and a
// nix store, in about a second, and with nothing left behind outside.
//
// The host is made by the program itself, run again in two hidden roles: the
// keeper takes the machine's turn and ends the lab whatever happens to the
// program, and the builder makes the root file system and becomes systemd.
// Therefore a program that boots a lab calls [Init] first; a test binary calls
// [Main] from its TestMain and its tests run inside.
//
// It knows nothing of microvm.nix: what is on the host is the matter of
// package fixture, which works inside.
package lab
