// Package list is the pages that list things: VMs and what they left behind,
// operations, the trash, findings. Each makes its rows of what is known, says
// in figures what it holds and what it is narrowed to, and what it means that
// there is no row. It reads nothing, does nothing, and must not know what keys
// do.
package list
