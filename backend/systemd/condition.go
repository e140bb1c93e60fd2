package systemd

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// condition is an element of the property Conditions, a(sbbsi): the result of
// the last check is of no use, since systemd forgets the unit at once.
type condition struct {
	Kind      string
	Trigger   bool // one of those that are is enough
	Negate    bool
	Parameter string
	Result    int32
}

// lacks is the first path that a VM's unit wants to be there before it starts
// and that is not; empty: none. A start whose condition is not met is "done"
// for systemd, so it is looked at before. Asking for a unit's property loads
// the unit, as its start would.
func (s *session) lacks(ctx context.Context, vm model.Raw) (model.Raw, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	unit := model.UnitName(model.RoleVM, vm)
	var list []condition
	var answer dbus.Variant
	err := s.caller.unit(unit).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, busName+".Unit", "Conditions").
		Store(&answer)
	if err != nil {
		return "", err
	}
	if err := answer.Store(&list); err != nil {
		return "", err
	}
	return firstMissing(list), nil
}

func firstMissing(conditions []condition) model.Raw {
	for _, c := range conditions {
		if c.Kind != "ConditionPathExists" || c.Trigger || c.Negate {
			continue
		}
		if _, err := os.Stat(c.Parameter); errors.Is(err, fs.ErrNotExist) {
			return model.Raw(c.Parameter)
		}
	}
	return ""
}
