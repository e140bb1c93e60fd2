// Package fire tries the program under fire: operations on a real host while
// what they need is killed, while their disk fills up, turns read-only or goes
// away, and while others change the same things. After each round the host
// itself is asked: the bytes of every VM are there, each thing was done or left
// as it was, what was told is true, and nothing is left behind.
//
// A run takes a sample; MICROTUI_LONG=1 takes the whole of it, and
// MICROTUI_ROUNDS=N so many rounds of each kind. Each batch of rounds prints its
// seed, and MICROTUI_SEED=N begins with that one.
package fire
