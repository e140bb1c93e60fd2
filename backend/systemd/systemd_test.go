package systemd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"microtui/model"
)

func TestExplain(t *testing.T) {
	answer := func(name string) error { return dbus.Error{Name: name, Body: []any{"its own words"}} }
	for _, test := range []struct {
		err  error
		is   error
		text string
	}{
		{context.DeadlineExceeded, ErrNoAnswer, "systemd does not respond within 2s"},
		{dbus.ErrClosed, ErrNoBus, "connection lost"},
		{fmt.Errorf("read: %w", net.ErrClosed), ErrNoBus, "connection lost"},
		{io.EOF, ErrNoBus, "connection lost"},
		{answer("org.freedesktop.DBus.Error.ServiceUnknown"), ErrNoSystemd, "its own words"},
		{answer("org.freedesktop.DBus.Error.AccessDenied"), ErrDenied, "its own words"},
		{answer("org.example.Unheard"), nil, "its own words"},
		{context.Canceled, context.Canceled, "canceled"},
	} {
		got := explain(test.err)
		if test.is != nil && !errors.Is(got, test.is) || !strings.Contains(got.Error(), test.text) {
			t.Errorf("%v is explained as %v", test.err, got)
		}
	}
	if explain(nil) != nil {
		t.Error("no error is explained as one")
	}
}

func TestUnitOfPath(t *testing.T) {
	for path, want := range map[dbus.ObjectPath]string{
		"/org/freedesktop/systemd1/unit/microvm_40a_2db_5fc_2eservice": "microvm@a-b_c.service",
		"/org/freedesktop/systemd1/unit/_31x_2eservice":                "1x.service",
		"/org/freedesktop/systemd1/unit/x_zz_4":                        "x_zz_4",
	} {
		if got := unitOfPath(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestHear(t *testing.T) {
	const vm = "microvm@web.service"
	for _, test := range []struct {
		name    string
		signal  dbus.Signal
		anew    bool
		touched string
	}{
		{name: "systemd came to the bus", signal: dbus.Signal{Name: "org.freedesktop.DBus.NameOwnerChanged", Body: []any{busName, "", ":1.7"}}, anew: true},
		{name: "systemd left the bus", signal: dbus.Signal{Name: "org.freedesktop.DBus.NameOwnerChanged", Body: []any{busName, ":1.7", ""}}},
		{name: "reload begins", signal: dbus.Signal{Name: managerIface + ".Reloading", Body: []any{true}}},
		{name: "reload ends", signal: dbus.Signal{Name: managerIface + ".Reloading", Body: []any{false}}, anew: true},
		{name: "reload without a word", signal: dbus.Signal{Name: managerIface + ".Reloading"}},
		{name: "unit appears", signal: dbus.Signal{Name: managerIface + ".UnitNew", Body: []any{vm, dbus.ObjectPath("/")}}, touched: vm},
		{name: "unit goes", signal: dbus.Signal{Name: managerIface + ".UnitRemoved", Body: []any{vm, dbus.ObjectPath("/")}}, touched: vm},
		{name: "job ends", signal: dbus.Signal{Name: managerIface + ".JobRemoved", Body: []any{uint32(1), dbus.ObjectPath("/"), vm, "done"}}, touched: vm},
		{name: "properties change", signal: dbus.Signal{Name: "org.freedesktop.DBus.Properties.PropertiesChanged", Path: unitFolder + "/microvm_40web_2eservice"}, touched: vm},
		{name: "somebody else's unit", signal: dbus.Signal{Name: managerIface + ".UnitNew", Body: []any{"docker.service", dbus.ObjectPath("/")}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &Bus{events: make(chan struct{}, 1), changed: changes{units: make(map[string]bool)}}
			if got := b.hear(&test.signal); got != test.anew {
				t.Errorf("anew: %v", got)
			}
			if b.changed.units[test.touched] != (test.touched != "") || len(b.events) != len(b.changed.units) {
				t.Errorf("touched: %v, %d events", b.changed.units, len(b.events))
			}
		})
	}
}

func TestForget(t *testing.T) {
	stale := func(told changes) (list []string) {
		whole, brief := &model.UnitProperties{}, &model.UnitProperties{Brief: true}
		c := cache{
			"a": {properties: whole}, "b": {properties: whole}, "c": {properties: whole, stale: true},
			"up": {properties: brief, line: line{active: "active"}}, "off": {properties: brief, line: line{active: "inactive"}},
		}
		c.forget(told)
		for _, name := range []model.Raw{"a", "b", "c", "up", "off"} {
			if c[name].stale {
				list = append(list, string(name))
			}
		}
		return list
	}
	if got := stale(changes{units: map[string]bool{"b": true, "x": true}}); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("after signals for b and x: %v", got)
	}
	if got := stale(changes{everything: true}); !slices.Equal(got, []string{"a", "b", "c", "off"}) {
		t.Errorf("after a reload: %v", got)
	}
}

func TestConcerns(t *testing.T) {
	for unit, want := range map[string]bool{
		"microvm@web.service":                  true,
		"microvm-set-booted@web.service":       true,
		"install-microvm-web.service":          true,
		"microvms.target":                      true,
		switchUnit:                             true,
		"microvm@.service":                     false,
		"docker.service":                       false,
		"var-lib-docker-overlay2-abc.mount":    false,
		"system-microvm.slice":                 false,
		"microvm@web.service.d":                false,
		"xmicrovm@web.service":                 false,
		"microvm-tap-interfaces@a\x1b.service": true,
	} {
		if got := concerns(unit); got != want {
			t.Errorf("%q: %v", unit, got)
		}
	}
}

func TestBackOff(t *testing.T) {
	pauses := backOff{}
	for _, most := range []time.Duration{100, 200, 400, 800, 1600, 3200, 5000, 5000} {
		most *= time.Millisecond
		if got := pauses.next(); got < most/2 || got >= most {
			t.Errorf("a pause of %s, want half to all of %s", got, most)
		}
	}
	pauses.reset()
	if got := pauses.next(); got >= firstPause {
		t.Errorf("after a success a pause of %s", got)
	}
}

func TestPropertyValues(t *testing.T) {
	if got := moment(uint64(0)); !got.IsZero() {
		t.Errorf("never is %s", got)
	}
	if got := moment(uint64(1700000000000001)); !got.Equal(time.Unix(1700000000, 1000)) || got.Location() != time.UTC {
		t.Errorf("moment: %s", got)
	}
	if got := limit(uint64(math.MaxUint64)); got != 0 {
		t.Errorf("infinity is %s", got)
	}
	if got := limit(uint64(150e6)); got != 150*time.Second {
		t.Errorf("limit: %s", got)
	}
	if got := invocationID(make([]byte, 16)); got != "" {
		t.Errorf("an invocation of a unit that never started: %q", got)
	}
	if got := invocationID([]byte{0xab, 0x01}); got != "ab01" {
		t.Errorf("invocation: %q", got)
	}
}
