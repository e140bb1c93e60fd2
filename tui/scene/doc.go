// Package scene is what the screen knows of a host at one moment: the newest
// reading, how CPU and traffic went of late, how a VM is connected, and which
// closures were compared. It reads nothing and shows nothing.
package scene
