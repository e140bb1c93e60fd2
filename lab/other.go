//go:build !linux

package lab

import (
	"errors"
	"os"
	"syscall"
)

var errNotLinux = errors.New("a lab needs Linux")

func keep() error                              { return errNotLinux }
func build() error                             { return errNotLinux }
func cgroupTree() (string, error)              { return "", errNotLinux }
func intoCgroup(*os.File) *syscall.SysProcAttr { return nil }
func ownSession() *syscall.SysProcAttr         { return nil }
