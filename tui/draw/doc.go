// Package draw puts text into the cells of a terminal: a line that cannot grow
// wider than its limit, a document that is wrapped to a width, a place in a text
// that is longer than its room, and one thing laid over another. It knows the
// roles of styles; of hosts, keys and the screen it must know nothing.
package draw
