// Package e2e tries the program as a whole, from outside: on real hosts with
// kills, races and full disks, as a user without rights, by scripts, and on a
// terminal. It also keeps the house in order: who may know whom, and what no
// package may call. It knows the program by its name alone.
package e2e
