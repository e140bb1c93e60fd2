package demo_test

import (
	"os"
	"sort"
	"strconv"
	"testing"
	"time"

	"microtui/backend/demo"
)

// seen counts what happened in all histories, so that the test cannot pass
// idle.
type seen struct {
	moves  map[string]int
	wanted map[string]int
	proven map[string]int
}

// TestNothingWantedIsAnOrphan plays random histories on the simulated host and
// holds the rules against what the host knows: nothing kept on purpose is ever
// called an orphan, and every proven leftover is found.
//
// MICROTUI_SEED reproduces a run, MICROTUI_HISTORIES sets how many,
// MICROTUI_LONG=1 plays ten times as many.
func TestNothingWantedIsAnOrphan(t *testing.T) {
	seed, count := uint64(time.Now().UnixNano()), histories
	if s := os.Getenv("MICROTUI_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	if os.Getenv("MICROTUI_LONG") == "1" {
		count *= 10
	}
	if s := os.Getenv("MICROTUI_HISTORIES"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		count = n
	}
	t.Logf("MICROTUI_SEED=%d, %d histories", seed, count)

	happened := seen{map[string]int{}, map[string]int{}, map[string]int{}}
	classes := map[string]history{}
	for i := range count {
		hs := newHistory(seed + uint64(i))
		for class, with := range happened.examine(hs) {
			if known, ok := classes[class]; !ok || len(with.steps) < len(known.steps) {
				classes[class] = with
			}
		}
	}
	report(t, classes)
	happened.enough(t, count)
}

// examine plays one history and judges the host at its end and once or twice
// on the way.
func (s *seen) examine(hs history) map[string]history {
	wrong := map[string]history{}
	last := len(hs.steps) - 1
	hs.play(func(i int, h *demo.Host, _ string, did bool) {
		if did {
			s.moves[moves[hs.steps[i].move].name]++
		}
		if i != last && hs.steps[i].seed%24 != 0 {
			return
		}
		claims, violations := look(h, hs.sight)
		for _, c := range claims {
			switch {
			case c.Wanted:
				s.wanted[c.Why]++
			case c.Proven:
				s.proven[c.Why]++
			}
		}
		for _, v := range violations {
			if _, known := wrong[v.class()]; !known {
				part := hs
				part.steps = hs.steps[:i+1]
				wrong[v.class()] = part
			}
		}
	})
	return wrong
}

// report shows each kind of violation once, by a shortest history.
func report(t *testing.T, classes map[string]history) {
	t.Helper()
	names := make([]string, 0, len(classes))
	for class := range classes {
		names = append(names, class)
	}
	sort.Strings(names)
	for _, class := range names {
		short, v := classes[class].shrink(class)
		t.Errorf("%s\n%s: %q\n%s", class, v.claim.Ref.Name, v.said, short)
	}
}

// enough fails where the histories left something out.
func (s *seen) enough(t *testing.T, count int) {
	t.Helper()
	least := max(count/10_000, 1)
	for _, m := range moves {
		if s.moves[m.name] < least {
			t.Errorf("move %q did something only %d times", m.name, s.moves[m.name])
		}
	}
	for _, why := range lookalikes {
		if s.wanted[why] < least {
			t.Errorf("wanted look-alike %q only %d times", why, s.wanted[why])
		}
	}
	for _, why := range leftovers {
		if s.proven[why] < least {
			t.Errorf("proven leftover %q only %d times", why, s.proven[why])
		}
	}
	if testing.Verbose() {
		t.Logf("moves %v", s.moves)
		t.Logf("wanted %v", s.wanted)
		t.Logf("proven %v", s.proven)
	}
}

// lookalikes are the wanted things that look like leftovers, as the host names
// them.
var lookalikes = []string{
	"declared", "declared in the live system only", "declared, pending", "declared in a specialisation only",
	"declared in another profile only", "on the autostart list", "on the keep list", "rolled back from",
	"imperative, stopped", "imperative, running", "deployed, stopped", "deployed, running", "manual, stopped", "manual, running",
	"handed over to microvm -u, stopped", "handed over to microvm -u, running", "renamed, stopped", "renamed, running",
	"renamed while running", "runs outside systemd", "fell out of the configuration with all others",
	"state directory not mounted", "network file system", "system is switching", "host module removed",
	"interface of libvirt", "interface of vpn", "interface of docker", "interface of user", "interface of tool",
	"interface of outside", "interface of networkd", "interface in use",
	"interface claimed by current", "interface claimed by booted", "interface claimed by old", "interface claimed by instance", "interface claimed by a collected runner",
	"root of something else", "root into a directory that is there", "directory without current",
	"interface on the keep list", "root on the keep list", "unit on the keep list",
	"failed unit of a wanted VM", "failed unit with an empty directory", "unit of a template", "process of somebody else",
}

// leftovers are the kinds of what a removal leaves behind.
var leftovers = []string{"undeclared VM, running", "undeclared VM, stopped", "tap", "macvtap", "gcroot", "unit", "process"}
