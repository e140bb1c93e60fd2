// Package terminal owns the terminal while the screen is on it: raw mode, the
// alternate screen, what is written and when, and that all of it is undone,
// whatever happens.
//
// It knows frames (styled lines) and the terminal's life. It must not know
// what the lines say, which key does what, or Bubble Tea.
//
// Why not Bubble Tea's own renderer: it runs a ticker for as long as the
// program lives (0.65 % of a core at 30 frames a second, and a key waits up to
// 32 ms for the next tick), writes from the loop that handles keys and
// signals, so that a terminal that stops reading stops everything, and asks
// the terminal questions whose late answers can become keys. Here a frame is
// written when it differs, by a goroutine of its own, and nothing is asked.
// The cell differ beneath is the same.
package terminal
