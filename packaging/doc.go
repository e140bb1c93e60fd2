// Package packaging holds what is installed beside the program, and what makes a
// release of it. In Go are only its tests: they know package lab, and of the program
// what somebody knows who installs it.
package packaging
