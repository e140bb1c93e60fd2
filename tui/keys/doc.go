// Package keys is the table of what keys do, which keys each command has by the
// configuration, and the two helps that are made from it: the overlay that lists
// all, and the line of hints. What a command does, and on which screen, it must
// not know.
package keys
