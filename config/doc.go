// Package config knows the user's configuration file: where it is, its form,
// what holds where it says nothing, and what is wrong with it, by line and key.
//
// It must not know the screen or the command line: which commands and columns
// there are is told by who starts the program ([Names]), and what a setting
// does is done elsewhere. Nothing in the file names a program to run or a file
// to write: microtui mostly runs as root, and who can change a setting must not
// become root by that.
package config
