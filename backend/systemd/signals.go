package systemd

import (
	"context"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"microtui/backend/wait"
	"microtui/model"
)

// matches are the signals asked for. (JobRemoved comes through go-systemd's
// own match as well.)
var matches = [][]dbus.MatchOption{
	{
		dbus.WithMatchSender(busName),
		dbus.WithMatchInterface("org.freedesktop.DBus.Properties"),
		dbus.WithMatchMember("PropertiesChanged"),
		dbus.WithMatchPathNamespace(unitFolder),
	},
	{dbus.WithMatchSender(busName), dbus.WithMatchInterface(managerIface)},
	{
		dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"),
		dbus.WithMatchArg(0, busName),
	},
}

// serve reads signals until the connection is lost or the context ends.
func (b *Bus) serve(ctx context.Context, s *session) {
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	unsettled := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			if !s.alive() {
				return
			}
		case heard, open := <-s.signals:
			if !open {
				return
			}
			unsettled = b.hear(heard) || unsettled
		}
		if unsettled {
			unsettled = !b.resettle(ctx, s)
		}
	}
}

// resettle subscribes again after systemd began anew, and reports whether
// that worked.
func (b *Bus) resettle(ctx context.Context, s *session) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if s.settle(ctx) != nil {
		return false
	}
	b.state.Lock()
	b.changed.everything = true
	b.wakeAll()
	b.state.Unlock()
	wait.Signal(b.events)
	return true
}

// hear takes note of a signal and reports whether systemd began anew.
func (b *Bus) hear(s *dbus.Signal) (anew bool) {
	switch s.Name {
	case "org.freedesktop.DBus.NameOwnerChanged":
		owner, _ := body[string](s.Body, 2)
		return owner != ""
	case managerIface + ".Reloading":
		starts, ok := body[bool](s.Body, 0)
		return ok && !starts
	case managerIface + ".UnitNew", managerIface + ".UnitRemoved":
		b.touchNamed(s.Body, 0)
	case managerIface + ".JobRemoved":
		b.jobEnded(s.Body)
		b.touchNamed(s.Body, 2)
	case "org.freedesktop.DBus.Properties.PropertiesChanged":
		b.touch(unitOfPath(s.Path))
	}
	return false
}

// touch marks a unit's properties as changed.
func (b *Bus) touch(unit string) {
	if !concerns(unit) {
		return
	}
	b.state.Lock()
	b.changed.units[unit] = true
	b.wake(unit)
	b.state.Unlock()
	wait.Signal(b.events)
}

// concerns reports whether a change of a unit is worth a look. Mount units are
// not among them: a host with containers makes and removes them all the time.
func concerns(unit string) bool {
	_, _, ours := model.ParseUnitName(model.Raw(unit))
	return ours || unit == targetUnit || unit == switchUnit
}

func (b *Bus) touchNamed(arguments []any, i int) {
	if unit, ok := body[string](arguments, i); ok {
		b.touch(unit)
	}
}

// body is an argument of a signal or an answer.
func body[T any](arguments []any, i int) (value T, ok bool) {
	if i >= len(arguments) {
		return value, false
	}
	value, ok = arguments[i].(T)
	return value, ok
}

// unitOfPath is the unit's name in the last element of its object path, where
// systemd writes bytes other than letters and digits as _XX.
func unitOfPath(p dbus.ObjectPath) string {
	escaped := path.Base(string(p))
	var name strings.Builder
	for i := 0; i < len(escaped); i++ {
		if escaped[i] == '_' && i+2 < len(escaped) {
			if n, err := strconv.ParseUint(escaped[i+1:i+3], 16, 8); err == nil {
				name.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		name.WriteByte(escaped[i])
	}
	return name.String()
}
