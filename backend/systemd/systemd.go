// Package systemd reads from systemd what it knows of microvm.nix's units:
// their states over the system bus, their properties, and the microvm@.service
// template from its unit file. It starts and stops them as jobs that it
// follows to their true end, and writes to the journal who asked for what.
//
// It is the only importer of go-systemd and godbus. It must not know what a
// VM's state, origin or verdict is, nor whether an action is wise: it reports
// units as systemd has them, and an instance of a template is "loaded" for
// systemd under any name.
package systemd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// Reading is what one look at systemd gave.
type Reading struct {
	Version model.Raw    // of systemd, as it says it
	Units   []model.Unit // microvm.nix's, by name; those that systemd has in memory
	Mounts  []model.Mount
	// Netdevs are the interfaces of the NAME-netdev.service units that are
	// loaded (NixOS's scripted networking).
	Netdevs []model.Netdev
	// Switching names the unit in which nixos-rebuild switches; else empty.
	Switching model.Raw
}

var (
	// ErrNoBus says that there is no connection to the system bus. It comes
	// back by itself.
	ErrNoBus = errors.New("no system bus")
	// ErrNoSystemd says that the bus is there, but systemd is not on it, as
	// for half a second of a daemon-reexec.
	ErrNoSystemd = errors.New("systemd is not on the system bus")
	// ErrNoAnswer says that systemd or the bus was asked and kept silent.
	ErrNoAnswer = errors.New("systemd does not respond")
	// ErrDenied says that the bus or systemd refused.
	ErrDenied = errors.New("not permitted")
)

// callTimeout is how long one call may take.
const callTimeout = 2 * time.Second

// lost are the errors of calls whose connection broke.
var lost = []error{dbus.ErrClosed, net.ErrClosed, io.EOF, io.ErrUnexpectedEOF, unix.EPIPE, unix.ECONNRESET}

// errorNames maps what the bus answers to what it means.
var errorNames = map[string]error{
	"org.freedesktop.DBus.Error.ServiceUnknown":   ErrNoSystemd,
	"org.freedesktop.DBus.Error.NameHasNoOwner":   ErrNoSystemd,
	"org.freedesktop.DBus.Error.NoReply":          ErrNoAnswer,
	"org.freedesktop.DBus.Error.Timeout":          ErrNoAnswer,
	"org.freedesktop.DBus.Error.Disconnected":     ErrNoBus,
	"org.freedesktop.DBus.Error.AccessDenied":     ErrDenied,
	"org.freedesktop.DBus.Error.AuthFailed":       ErrDenied,
	"org.freedesktop.systemd1.ShuttingDown":       ErrNoSystemd,
	"org.freedesktop.DBus.Error.Spawn.ExecFailed": ErrNoSystemd,
}

// isGone reports whether the answer is that there is no such unit any more.
func isGone(err error) bool {
	var answer dbus.Error
	return errors.As(err, &answer) &&
		(answer.Name == busName+".NoSuchUnit" || answer.Name == "org.freedesktop.DBus.Error.UnknownObject")
}

// explain gives an error of the bus in our own words.
func explain(err error) error {
	var answer dbus.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w within %s", ErrNoAnswer, callTimeout)
	case slices.ContainsFunc(lost, func(known error) bool { return errors.Is(err, known) }):
		return fmt.Errorf("%w: connection lost", ErrNoBus)
	case errors.As(err, &answer):
		if known := errorNames[answer.Name]; known != nil {
			return fmt.Errorf("%w: %w", known, err)
		}
	}
	return err
}
