package systemd

import (
	"context"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// unitsAtOnce is how many units are asked for at once. dbus-daemon allows 128
// calls under way for a connection.
const unitsAtOnce = 4

// property is one property of a unit: how it is called and where it goes.
type property struct {
	name  string
	store func(*model.UnitProperties, any)
}

// The properties are read one by one, and not with GetAll: that would make systemd
// look up UnitFileState among all unit files of the host, 3 ms for each unit
// after each daemon-reload.
var unitIface = []property{
	{"FragmentPath", func(p *model.UnitProperties, v any) { p.Fragment = raw(v) }},
	{"DropInPaths", func(p *model.UnitProperties, v any) { p.DropIns = raws(v) }},
	{"InvocationID", func(p *model.UnitProperties, v any) { p.Invocation = invocationID(v) }},
	{"ConditionResult", func(p *model.UnitProperties, v any) { p.Condition, _ = v.(bool) }},
	{"ConditionTimestamp", func(p *model.UnitProperties, v any) { p.ConditionAt = moment(v) }},
	{"ActiveEnterTimestamp", func(p *model.UnitProperties, v any) { p.ActiveEnter = moment(v) }},
	{"ActiveExitTimestamp", func(p *model.UnitProperties, v any) { p.ActiveExit = moment(v) }},
	{"InactiveEnterTimestamp", func(p *model.UnitProperties, v any) { p.InactiveEnter = moment(v) }},
	{"InactiveExitTimestamp", func(p *model.UnitProperties, v any) { p.InactiveExit = moment(v) }},
	{"NeedDaemonReload", func(p *model.UnitProperties, v any) { p.NeedReload, _ = v.(bool) }},
}

var serviceIface = []property{
	{"Type", func(p *model.UnitProperties, v any) { p.Type, _ = v.(string) }},
	{"Result", func(p *model.UnitProperties, v any) { p.Result, _ = v.(string) }},
	{"NRestarts", func(p *model.UnitProperties, v any) { p.Restarts, _ = v.(uint32) }},
	{"MainPID", func(p *model.UnitProperties, v any) { pid, _ := v.(uint32); p.MainPID = int(pid) }},
	{"ExecMainCode", func(p *model.UnitProperties, v any) { p.ExecMainCode, _ = v.(int32) }},
	{"ExecMainStatus", func(p *model.UnitProperties, v any) { p.ExecMainStatus, _ = v.(int32) }},
	{"ControlGroup", func(p *model.UnitProperties, v any) { p.ControlGroup = raw(v) }},
	{"TimeoutStartUSec", func(p *model.UnitProperties, v any) { p.TimeoutStart = limit(v) }},
	{"TimeoutStopUSec", func(p *model.UnitProperties, v any) { p.TimeoutStop = limit(v) }},
	{"StatusText", func(p *model.UnitProperties, v any) { p.StatusText = raw(v) }},
}

// question is a unit whose properties were asked for.
type question struct {
	unit    *model.Unit
	line    line
	calls   []*dbus.Call
	stores  []property
	release context.CancelFunc
}

// readProperties fills the properties of units and keeps them in the cache.
// It asks for no more units once it failed, or once the time is over (if it
// is set, which is no failure): the rest of the units stays as it is.
func (b *Bus) readProperties(ctx context.Context, s *session, units []*model.Unit, over time.Time) error {
	var open []*question
	var failed error
	for {
		for len(units) > 0 && len(open) < unitsAtOnce && failed == nil && (over.IsZero() || time.Now().Before(over)) {
			open = append(open, s.ask(ctx, units[0]))
			units = units[1:]
		}
		if len(open) == 0 {
			return failed
		}
		if err := b.take(open[0]); err != nil && failed == nil {
			failed = err
		}
		open = open[1:]
	}
}

// ask asks for a unit's properties and does not wait for the answers.
func (s *session) ask(ctx context.Context, u *model.Unit) *question {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	q := &question{unit: u, line: lineOf(*u), release: cancel}
	object := s.caller.Object(busName, unitFolder+"/"+dbus.ObjectPath(sd.PathBusEscape(string(u.Name))))
	get := func(iface string, properties []property) {
		for _, p := range properties {
			q.stores = append(q.stores, p)
			q.calls = append(q.calls, object.GoWithContext(ctx,
				"org.freedesktop.DBus.Properties.Get", 0, nil, iface, p.name))
		}
	}
	get(busName+".Unit", unitIface)
	if strings.HasSuffix(string(u.Name), ".service") {
		get(busName+".Service", serviceIface)
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
	properties := &model.UnitProperties{}
	var failed error
	for i, call := range q.calls {
		<-call.Done // at the latest when the context ends
		if call.Err != nil {
			failed = call.Err
			continue
		}
		if variant, ok := body[dbus.Variant](call.Body, 0); ok {
			q.stores[i].store(properties, variant.Value())
		}
	}
	if isGone(failed) {
		return nil, nil
	}
	if failed != nil {
		return nil, failed
	}
	return properties, nil
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
