package fire

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// trouble is something that goes away under an operation.
type trouble struct {
	name string
	make func(c *client) (hit bool)
}

var troubles = []trouble{
	{"client", func(c *client) bool { return kill(c.Process.Pid) }},
	{"executor", func(*client) bool { return kill(executors()...) }},
	{"nix", func(*client) bool { return kill(nixes()...) }},
	{"dbus", func(*client) bool { return command("systemctl", "restart", "dbus.service") }},
	{"reexec", func(*client) bool { return command("systemctl", "daemon-reexec") }},
	{"journald", func(*client) bool { return command("systemctl", "restart", "systemd-journald.service") }},
}

func command(name string, args ...string) bool { return exec.Command(name, args...).Run() == nil }

// TestKills: while something is purged, cleaned up or updated, the client, the
// executor, nix and the bus are killed, systemd re-executes itself and the
// journal restarts, one of them or several at once.
func TestKills(t *testing.T) {
	c := &campaign{sample: 6, whole: 500}
	lasts := make(map[string]time.Duration)
	c.batch = func(t *testing.T, random *rand.Rand) func() []string {
		f := newFleet(t, random)
		for _, d := range deeds {
			if lasts[d.name] == 0 {
				lasts[d.name] = f.undisturbed(d)
			}
		}
		return func() []string { return f.killed(c, deeds[random.IntN(len(deeds))], lasts) }
	}
	c.run(t)
}

// undisturbed is how long a deed takes when nothing happens.
func (f *fleet) undisturbed(d deed) time.Duration {
	f.Helper()
	f.revise()
	current, began := f.target(shop, "current"), time.Now()
	client := f.ask(d.args...)
	f.await(client)
	took := time.Since(began)
	ops, _ := f.settled(client)
	if end, wrong := f.judged(d, client, ops, trial{current: current}); end != "done" || len(wrong) > 0 {
		f.Fatalf("undisturbed: %s is %s: %v; %s; %v", d.name, end, wrong, client.said(), ops)
	}
	if wrong := f.asBefore(); len(wrong) > 0 {
		f.Fatalf("undisturbed: %s: %v", d.name, wrong)
	}
	return took
}

// killed is a round: up to three things go away at random instants.
func (f *fleet) killed(c *campaign, d deed, lasts map[string]time.Duration) []string {
	f.Helper()
	f.revise()
	current := f.target(shop, "current")
	client := f.ask(d.args...)
	var names []string
	var under sync.WaitGroup
	var mu sync.Mutex
	for range 1 + f.random.IntN(3) {
		trouble := troubles[f.random.IntN(len(troubles))]
		after := time.Duration(f.random.Int64N(int64(lasts[d.name])))
		under.Go(func() {
			time.Sleep(after)
			hit := trouble.make(client)
			mu.Lock()
			defer mu.Unlock()
			names = append(names, fmt.Sprintf("%s at %s (%t)", trouble.name, after.Round(time.Millisecond), hit))
		})
	}
	under.Wait()
	f.await(client)
	ops, settled := f.settled(client)
	end, wrong := f.judged(d, client, ops, trial{current: current, settled: settled > 0})
	wrong = append(wrong, f.asBefore()...)
	c.ends[d.name+" "+end]++
	c.ends["settled by hand"] += settled
	if len(wrong) > 0 {
		wrong.add("%s: %s", d.name, strings.Join(names, ", "))
	}
	return wrong
}
