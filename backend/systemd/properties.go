package systemd

import (
	"context"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// callsAtOnce is how many answers are waited for at once. dbus-daemon allows 128
// calls under way for a connection.
const callsAtOnce = 80

// property is one property of a unit: how it is called and where it goes.
type property struct {
	name  string
	store func(*model.UnitProperties, any)
	iface string
}

// The properties are read one by one, and not with GetAll: that would make systemd
// look up UnitFileState among all unit files of the host, 3 ms for each unit
// after each daemon-reload.
var unitIface = of(busName+".Unit",
	property{name: "FragmentPath", store: func(p *model.UnitProperties, v any) { p.Fragment = raw(v) }},
	property{name: "DropInPaths", store: func(p *model.UnitProperties, v any) { p.DropIns = raws(v) }},
	property{name: "InvocationID", store: func(p *model.UnitProperties, v any) { p.Invocation = invocationID(v) }},
	property{name: "ConditionResult", store: func(p *model.UnitProperties, v any) { p.Condition, _ = v.(bool) }},
	property{name: "ConditionTimestamp", store: func(p *model.UnitProperties, v any) { p.ConditionAt = moment(v) }},
	property{name: "ActiveEnterTimestamp", store: func(p *model.UnitProperties, v any) { p.ActiveEnter = moment(v) }},
	property{name: "ActiveExitTimestamp", store: func(p *model.UnitProperties, v any) { p.ActiveExit = moment(v) }},
	property{name: "InactiveEnterTimestamp", store: func(p *model.UnitProperties, v any) { p.InactiveEnter = moment(v) }},
	property{name: "InactiveExitTimestamp", store: func(p *model.UnitProperties, v any) { p.InactiveExit = moment(v) }},
	property{name: "NeedDaemonReload", store: func(p *model.UnitProperties, v any) { p.NeedReload, _ = v.(bool) }},
)

var serviceIface = of(busName+".Service",
	property{name: "Type", store: func(p *model.UnitProperties, v any) { p.Type, _ = v.(string) }},
	property{name: "Result", store: func(p *model.UnitProperties, v any) { p.Result, _ = v.(string) }},
	property{name: "NRestarts", store: func(p *model.UnitProperties, v any) { p.Restarts, _ = v.(uint32) }},
	property{name: "MainPID", store: func(p *model.UnitProperties, v any) { pid, _ := v.(uint32); p.MainPID = int(pid) }},
	property{name: "ExecMainCode", store: func(p *model.UnitProperties, v any) { p.ExecMainCode, _ = v.(int32) }},
	property{name: "ExecMainStatus", store: func(p *model.UnitProperties, v any) { p.ExecMainStatus, _ = v.(int32) }},
	property{name: "ControlGroup", store: func(p *model.UnitProperties, v any) { p.ControlGroup = raw(v) }},
	property{name: "TimeoutStartUSec", store: func(p *model.UnitProperties, v any) { p.TimeoutStart = limit(v) }},
	property{name: "TimeoutStopUSec", store: func(p *model.UnitProperties, v any) { p.TimeoutStop = limit(v) }},
	property{name: "StatusText", store: func(p *model.UnitProperties, v any) { p.StatusText = raw(v) }},
)

func of(iface string, properties ...property) []property {
	for at := range properties {
		properties[at].iface = iface
	}
	return properties
}

// named is one of some properties.
func named(properties []property, name string) property {
	return properties[slices.IndexFunc(properties, func(p property) bool { return p.name == name })]
}

// everything are the properties that a unit has.
func everything(unit model.Raw) []property {
	if strings.HasSuffix(string(unit), ".service") {
		return serviceAll
	}
	return unitIface
}

var serviceAll = slices.Concat(unitIface, serviceIface)

// asked is a unit some of whose properties are wanted.
type asked struct {
	unit   *model.Unit
	line   line
	known  model.UnitProperties // without asking
	wanted []property
}

// question is a unit whose properties were asked for.
type question struct {
	asked
	calls   []*dbus.Call
	release context.CancelFunc
}

// readProperties fills the properties of units and keeps them in the cache.
// It asks for no more units once it failed: the rest of them stays as it is.
func (b *Bus) readProperties(ctx context.Context, p peer, units []asked) error {
	var open []*question
	var failed error
	calls := 0
	for {
		for len(units) > 0 && calls < callsAtOnce && failed == nil {
			open = append(open, p.ask(ctx, units[0]))
			calls += len(units[0].wanted)
			units = units[1:]
		}
		if len(open) == 0 {
			return failed
		}
		if err := b.take(open[0]); err != nil && failed == nil {
			failed = err
		}
		calls -= len(open[0].calls)
		open = open[1:]
	}
}

// ask asks for a unit's properties and does not wait for the answers.
func (p peer) ask(ctx context.Context, a asked) *question {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	q := &question{asked: a, release: cancel}
	object := p.unit(a.unit.Name)
	for _, one := range a.wanted {
		q.calls = append(q.calls, object.GoWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, nil, one.iface, one.name))
	}
	return q
}

// take waits for the answers and keeps them. A unit that systemd dropped in
// the meantime keeps no properties, which is not an error.
func (b *Bus) take(q *question) error {
	properties, err := q.answer()
	if err != nil || properties == nil {
		return err
	}
	q.unit.Properties = properties
	// Without a link the unit is not active, or was not a moment ago.
	if q.line.invocation == "" || q.line.invocation == properties.Invocation {
		b.cache[q.unit.Name] = cached{line: q.line, properties: properties}
	}
	return nil
}

// answer waits for the answers; nil: systemd dropped the unit in the meantime.
func (q *question) answer() (*model.UnitProperties, error) {
	defer q.release()
	properties := q.known // a copy: the calls are not kept with it
	var failed error
	for i, call := range q.calls {
		<-call.Done // at the latest when the context ends
		if call.Err != nil {
			failed = call.Err
			continue
		}
		if variant, ok := body[dbus.Variant](call.Body, 0); ok {
			q.wanted[i].store(&properties, variant.Value())
		}
	}
	if isGone(failed) {
		return nil, nil
	}
	if failed != nil {
		return nil, failed
	}
	return &properties, nil
}

func raw(v any) model.Raw {
	s, _ := v.(string)
	return model.Raw(s)
}

func raws(v any) []model.Raw {
	list, _ := v.([]string)
	var out []model.Raw
	for _, s := range list {
		out = append(out, model.Raw(s))
	}
	return out
}

// invocationID is empty for a unit that was never started.
func invocationID(v any) string {
	id, _ := v.([]byte)
	if !slices.ContainsFunc(id, func(b byte) bool { return b != 0 }) {
		return ""
	}
	return hex.EncodeToString(id)
}

// moment reads microseconds since 1970; 0 is never.
func moment(v any) time.Time {
	usec, _ := v.(uint64)
	if usec == 0 || usec > math.MaxInt64 {
		return time.Time{}
	}
	return time.UnixMicro(int64(usec)).UTC()
}

// limit reads microseconds, of which systemd's "infinity" is the largest.
func limit(v any) time.Duration {
	usec, _ := v.(uint64)
	if usec > math.MaxInt64/uint64(time.Microsecond) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond
}
