package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/model"
)

// leftBehind is a host with leftovers of three kinds, and two entries in the
// trash of which one has expired.
func leftBehind() *host {
	h := newHost().declared("db").declared("web").declared("mail").declared("dns").undeclared("old").running("db")
	h.rootTo("gone", stateDir+"/gone/current")
	h.o.Host.Privileged = true
	h.o.Trash = []model.TrashEntry{
		{ID: "1", Name: "past", Kind: model.KindVM, ExpiresAt: h.o.At.Add(-time.Hour)},
		{ID: "2", Name: "fresh", Kind: model.KindVM, ExpiresAt: h.o.At.Add(time.Hour)},
		{ID: "3", Name: "data", Kind: model.KindVM, Data: true},
	}
	return h
}

// seenFor are leftovers as they are seen after so long.
func seenFor(i model.Inventory, d time.Duration) []model.Sighting {
	seen := model.Sight(i, nil)
	for at := range seen {
		seen[at].Since = seen[at].Since.Add(-d)
	}
	return model.Sight(i, seen)
}

func collects(p model.Plan) (names []string) {
	for _, item := range p.Chosen().Items {
		names = append(names, string(item.Ref.Kind)+" "+string(item.Name()))
	}
	slices.Sort(names)
	return names
}

func TestPlanCollect(t *testing.T) {
	const long = 30 * 24 * time.Hour
	clean := model.DefaultCollectPolicy
	clean.Orphans = model.CollectClean
	for name, test := range map[string]struct {
		change func(*host)
		policy model.CollectPolicy
		seen   time.Duration
		want   []string
		says   string // of what is left
	}{
		"out of the box": {policy: model.DefaultCollectPolicy, seen: long, want: []string{"trash past"}, says: "only reported"},
		"no policy":      {policy: model.CollectPolicy{}, seen: long, says: "gc.trash"},
		"clean":          {policy: clean, seen: long, want: []string{"gcroot gone", "trash past", "vm old"}},
		"too soon":       {policy: clean, seen: clean.Grace - time.Minute, want: []string{"trash past"}, says: "gc.grace"},
		"just":           {policy: clean, seen: clean.Grace, want: []string{"gcroot gone", "trash past", "vm old"}},
		"one a run": {policy: model.CollectPolicy{Trash: true, Orphans: model.CollectClean, Most: 1}, seen: long,
			want: []string{"gcroot gone", "trash past"}, says: "gc.most"},
		"it runs": {change: func(h *host) { h.running("old") }, policy: clean, seen: long,
			want: []string{"gcroot gone", "trash past"}, says: "running"},
		"the brake": {change: func(h *host) { h.undeclared("a").undeclared("b").undeclared("c") }, policy: clean, seen: long,
			want: []string{"trash past"}, says: "mistake in the configuration"},
		"switching":   {change: func(h *host) { h.o.Host.Switching = "pid 7" }, policy: clean, seen: long},
		"not as root": {change: func(h *host) { h.o.Host.Privileged = false }, policy: clean, seen: long},
	} {
		h := leftBehind()
		if test.change != nil {
			test.change(h)
		}
		i := h.inventory()
		p := model.PlanCollect(i, seenFor(i, test.seen), test.policy)
		if got := collects(p); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		var left []string
		for _, one := range p.WouldCollect().Left {
			left = append(left, string(one.Reason))
		}
		if !strings.Contains(strings.Join(left, "\n"), test.says) {
			t.Errorf("%s: left for %q, want %q among them", name, left, test.says)
		}
		if withheld := p.Withheld("no"); len(collects(withheld)) > 0 || withheld.WouldCollect().SafetyWarning != "no" {
			t.Errorf("%s: with the brake on: %q", name, collects(withheld))
		}
	}
}

func TestSight(t *testing.T) {
	h := leftBehind()
	first := model.Sight(h.inventory(), nil)
	if len(first) != 2 || !first[0].Since.Equal(h.o.At.Truncate(time.Second)) {
		t.Fatalf("%+v", first)
	}
	later := func(change func(*host)) []model.Sighting {
		h := leftBehind()
		h.o.At = h.o.At.Add(time.Hour)
		change(h)
		return model.Sight(h.inventory(), first)
	}
	since := func(seen []model.Sighting, name model.Raw) time.Duration {
		for _, s := range seen {
			if s.Name == name {
				return s.Since.Sub(first[0].Since)
			}
		}
		return -1
	}
	for name, test := range map[string]struct {
		change func(*host)
		want   time.Duration // -1: not seen
	}{
		"the same":               {func(*host) {}, 0},
		"on another device":      {func(h *host) { h.dir("old").ID.Dev++ }, 0}, // as after a reboot
		"another of its name":    {func(h *host) { h.dir("old").ID.Ino += 1000 }, time.Hour},
		"wanted again":           {func(h *host) { h.keep(model.KindVM, "old") }, -1},
		"the clock was set back": {func(h *host) { h.o.At = h.o.At.Add(-48 * time.Hour) }, -47 * time.Hour},
	} {
		if got := since(later(test.change), "old"); got != test.want {
			t.Errorf("%s: since %v, want %v", name, got, test.want)
		}
	}
}
