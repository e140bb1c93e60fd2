// Package styles knows how things look by what they mean: colours, glyphs and
// themes for a role such as "orphan", "dim" or "key".
//
// It must not know where on the screen a role is used, what a VM is, or that
// there is a terminal: a face asks for the look of a role and puts it
// somewhere.
package styles
