package systemd

import (
	"context"
	"fmt"
	"strings"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/coreos/go-systemd/v22/unit"
	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// mountOf reads a mount unit's place from its name, which systemd makes from
// it. systemd has units in memory under the names of all folders above a path
// that some unit needs (RequiresMountsFor=): those are "not-found" and mount
// nothing.
func mountOf(line sd.UnitStatus) (model.Mount, bool) {
	if line.LoadState == "not-found" {
		return model.Mount{}, false
	}
	return model.Mount{
		Unit:   model.Raw(line.Name),
		Where:  model.Raw(unit.UnitNamePathUnescape(strings.TrimSuffix(line.Name, mountSuffix))),
		Active: line.ActiveState == "active" || line.ActiveState == "reloading",
		Failed: line.ActiveState == "failed",
		Masked: line.LoadState == "masked",
	}, true
}

// command is an element of the property ExecMount, a(sasbttttuii), as far as
// it tells how a process ended.
type command struct {
	Path                           string
	Arguments                      []string
	Ignores                        bool
	Begun, BegunAt, Ended, EndedAt uint64
	PID                            uint32
	Code, Status                   int32
}

// explainMounts asks of the mounts that failed how, and what they were to
// mount. There are few; one that does not answer stays without.
func (p peer) explainMounts(ctx context.Context, mounts []model.Mount) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for at := range mounts {
		m := &mounts[at]
		if !m.Failed {
			continue
		}
		object := p.unit(m.Unit)
		get := func(property string, into any) {
			var answer dbus.Variant
			err := object.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, busName+".Mount", property).Store(&answer)
			if err == nil {
				_ = answer.Store(into)
			}
		}
		var result, what string
		var commands []command
		get("Result", &result)
		get("What", &what)
		get("ExecMount", &commands)
		m.Error, m.What = model.Raw(result), model.Raw(what)
		if len(commands) > 0 && commands[0].Status != 0 {
			m.Error = model.Raw(fmt.Sprintf("%s, status %d", result, commands[0].Status))
		}
	}
}
