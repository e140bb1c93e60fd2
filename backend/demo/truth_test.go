package demo_test

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
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
	found  map[finder]share
}

// finder is an observer who looks for a kind of leftover.
type finder struct{ observer, leftover string }

// share is how many of the proven leftovers were found.
type share struct{ found, of int }

// TestNothingWantedIsAnOrphan plays random histories on the simulated host and
// holds the rules against what the host knows: nothing kept on purpose is ever
// called an orphan, by whoever looks, and root finds every proven leftover.
//
// Each seed is a history: see [seedOf]. MICROTUI_HISTORIES sets how many,
// MICROTUI_LONG=1 plays ten times as many.
func TestNothingWantedIsAnOrphan(t *testing.T) {
	seed, count := seedOf(t), histories
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
	happened := seen{map[string]int{}, map[string]int{}, map[string]int{}, map[finder]share{}}
	classes := map[string]history{}
	for i := range count {
		hs := newHistory(seed + uint64(i))
		for class, with := range happened.examine(hs) {
			if known, ok := classes[class]; !ok || len(with.steps) < len(known.steps) {
				classes[class] = with
			}
		}
	}
	t.Logf("seeds %d to %d: %d kinds of wrong rulings", seed, seed+uint64(count)-1, len(classes))
	report(t, classes)
	happened.tellFound(t)
	happened.enough(t, count)
}

// seedOf is the first seed of a random test: the same in each ordinary run, so
// that a change of the code is all that can make it fail. MICROTUI_SEED gives
// another, MICROTUI_LONG=1 draws one.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(1)
	if os.Getenv("MICROTUI_LONG") == "1" {
		seed = uint64(time.Now().UnixNano())
	}
	if s := os.Getenv("MICROTUI_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("MICROTUI_SEED=%d", seed)
	return seed
}

// examine plays one history and lets root and somebody who sees less judge the
// host at its end, and once or twice on the way.
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
		claims := h.Truth()
		s.count(claims)
		for _, sight := range []demo.Sight{{}, hs.sight} {
			rulings := look(h, claims, sight)
			s.countFound(rulings)
			for _, r := range rulings {
				if !r.isWrong() {
					continue
				}
				if _, known := wrong[r.class()]; !known {
					part := hs
					part.steps, part.sight = hs.steps[:i+1], sight
					wrong[r.class()] = part
				}
			}
		}
	})
	return wrong
}

func (s *seen) count(claims []demo.Claim) {
	for _, c := range claims {
		switch {
		case c.Wanted:
			s.wanted[c.Why]++
		case c.Proven:
			s.proven[c.Why]++
		}
	}
}

func (s *seen) countFound(rulings []ruling) {
	for _, r := range rulings {
		if !r.claim.Proven {
			continue
		}
		who := finder{observer(r.sight), r.claim.Why}
		n := s.found[who]
		n.of++
		if r.found() {
			n.found++
		}
		s.found[who] = n
	}
}

// tellFound tells the share of proven leftovers that each observer finds.
func (s *seen) tellFound(t *testing.T) {
	t.Helper()
	var lines []string
	for who, n := range s.found {
		lines = append(lines, fmt.Sprintf("%-26s %-24s %8d of %8d  %6.2f %%", who.observer, who.leftover, n.found, n.of, 100*float64(n.found)/float64(n.of)))
	}
	slices.Sort(lines)
	t.Logf("proven leftovers that are found:\n%s", strings.Join(lines, "\n"))
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
	"holds files of another VM", "interface of a unit", "interface named in a script",
	"failed unit of a wanted VM", "failed unit with an empty directory", "unit of a template", "process of somebody else",
}

// leftovers are the kinds of what a removal leaves behind.
var leftovers = []string{"undeclared VM, running", "undeclared VM, stopped", "undeclared VM, updated by microtui before", "tap", "macvtap", "gcroot", "unit", "process"}
