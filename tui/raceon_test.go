//go:build race

package tui

// raced: the race detector slows the program by ten, so times say nothing.
const raced = true
