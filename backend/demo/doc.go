// Package demo is the in-memory microvm.nix host: moves go in, observations
// come out.
//
// One simulator serves all who need a host where there is none: the embedded
// demo host ([Open]), generated histories that put the rules to the test, and
// screens of any size ([Sized]). [Host] is the simulator: one method for each
// thing that administrators, guests and other tools do to a host, each with
// the files, owners, links, roots and units that the real thing leaves.
// [Host.Observe] gives what would be read from it. [Live] is a host whose clock
// runs, for the faces.
//
// What only tests need is not in the program: the moves that the embedded host
// does not make, and the oracle, which says what the administrator wants and what
// really was left behind, from the host's own history (Truth, oracle_test.go).
//
// It must not know how the rules come to their verdict: it imports the types
// of package model and judges nothing by them. It reads no clock of the
// machine, no file and no environment; everything follows from the seed.
package demo
