// Package logview is a window onto a log: lines by number, how they are laid
// out and what matches, and the pane that shows them and answers keys with
// intents. It reads no journal, and must not know where on the screen it is.
package logview
