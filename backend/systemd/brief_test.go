package systemd

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// counted counts the calls of a Bus, by their method and what they ask for.
func counted(b *Bus) (all func() []string) {
	var calls []string
	b.outgoing = func(m *dbus.Message) {
		method, _ := m.Headers[dbus.FieldMember].Value().(string)
		if method == "Get" {
			method = fmt.Sprint(m.Body[1])
		}
		calls = append(calls, method)
	}
	return func() []string {
		taken := calls
		calls = nil
		return taken
	}
}

// One reading of a host that is well asks for the list, and of each VM that runs
// for two figures that nothing else tells; the next reading for the list alone.
func TestReadingAsksLittle(t *testing.T) {
	host(t)
	var names []string
	for i := range 12 {
		names = append(names, fmt.Sprintf("microvm@n%d.service", i))
	}
	systemctl(t, append([]string{"start"}, names...)...)
	b := Open(t.Context())
	t.Cleanup(b.Close)
	calls := counted(b)
	first := read(t, b)
	for _, name := range names {
		p := find(first, model.Raw(name)).Properties
		if p == nil || !p.Brief || p.Invocation == "" || p.ActiveEnter.IsZero() {
			t.Errorf("%s: %+v", name, p)
		}
	}
	how := make(map[string]int)
	for _, call := range calls() {
		how[call]++
	}
	want := map[string]int{"ListUnitsByPatterns": 1, "Version": 1, "NRestarts": len(names), "ActiveEnterTimestamp": len(names)}
	if fmt.Sprint(how) != fmt.Sprint(want) {
		t.Errorf("a reading asked for %v, want %v", how, want)
	}
	if read(t, b); !slices.Equal(calls(), []string{"ListUnitsByPatterns", "Version"}) {
		t.Error("a second reading asked for more than the list")
	}
	if b.isWanted() {
		t.Error("a single reading connected to the bus")
	}
}

// What is said of a plain unit without asking is what systemd says of it, over a
// restart and with systemd started anew; and what is not plain is asked for.
func TestBriefIsTrue(t *testing.T) {
	host(t)
	const vm, helper = "microvm@one.service", "microvm-tap-interfaces@one.service"
	for _, step := range []struct{ name, command string }{
		{"start", "start " + vm}, {"restart", "restart " + vm}, {"reload", "daemon-reload"}, {"reexec", "daemon-reexec"},
	} {
		t.Run(step.name, func(t *testing.T) {
			systemctl(t, strings.Fields(step.command)...)
			b := Open(t.Context())
			defer b.Close()
			briefly := read(t, b)
			b.AllClosely()
			whole := read(t, b)
			for _, unit := range []model.Raw{vm, helper} {
				brief, all := find(briefly, unit).Properties, find(whole, unit).Properties
				if brief == nil || all == nil || !brief.Brief || all.Brief {
					t.Fatalf("%s: %+v, %+v", unit, brief, all)
				}
				if brief.Invocation != all.Invocation || brief.Result != all.Result || brief.Restarts != all.Restarts || brief.Condition != all.Condition {
					t.Errorf("%s: %+v, want %+v", unit, brief, all)
				}
				// The link is made before the process; systemd says that the unit
				// starts after it.
				if early := all.InactiveExit.Sub(brief.InactiveExit); early < -tick || early > time.Minute {
					t.Errorf("%s: its link is of %s, and it started at %s", unit, brief.InactiveExit, all.InactiveExit)
				}
			}
			if brief, all := find(briefly, vm).Properties, find(whole, vm).Properties; brief.ActiveEnter != all.ActiveEnter {
				t.Errorf("it is up since %s, want %s", brief.ActiveEnter, all.ActiveEnter)
			}
		})
	}
}

// tick is how coarse the times of files are.
const tick = 20 * time.Millisecond

// A VM that systemd had to restart is read as a whole, and so is one that waits,
// that failed, or whose helper is off after a failure.
func TestRestartedIsNotBrief(t *testing.T) {
	host(t)
	systemctl(t, "start", "microvm@one.service")
	b := Open(t.Context())
	t.Cleanup(b.Close)
	before := find(read(t, b), "microvm@one.service").Properties
	systemctl(t, "kill", "--signal=KILL", "microvm@one.service")
	after := await(t, b, "the restart", func(r Reading, err error) bool {
		u := find(r, "microvm@one.service")
		return err == nil && u.Sub == "running" && u.Properties.Invocation != before.Invocation
	})
	if p := find(after, "microvm@one.service").Properties; p.Brief || p.Restarts != 1 || p.MainPID == 0 {
		t.Errorf("after a restart: %+v", p)
	}
}

// Only root may ask systemd without the bus; and where it cannot be asked so, the
// bus is.
func TestWithoutSocketOfItsOwn(t *testing.T) {
	host(t)
	systemctl(t, "start", "microvm@one.service")
	if err := os.Rename(privateSocket, privateSocket+".away"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Rename(privateSocket+".away", privateSocket) })
	b := Open(context.Background())
	t.Cleanup(b.Close)
	if u := find(read(t, b), "microvm@one.service"); u.Active != "active" || u.Properties == nil {
		t.Errorf("over the bus: %+v", u)
	}
	if !b.isWanted() {
		t.Error("the bus was not asked")
	}
}
