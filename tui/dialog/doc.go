// Package dialog is what lies over a page and takes all keys: questions,
// menus, reports. A dialog keeps its state, is handed what is known, and
// answers a key with what it wants done. Nothing is done here, and a dialog must
// not know which page it lies over.
package dialog
