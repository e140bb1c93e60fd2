package model_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/model"
)

// TestDigest: what one looks at changes while one looks; what is done, and what
// it rests on, must not.
func TestDigest(t *testing.T) {
	plan := func(change func(*host)) model.Plan {
		h := newHost().imperative("web").running("web").do(change)
		return purge(h, "web")
	}
	digest := plan(func(*host) {}).Digest()
	if len(digest) != 16 {
		t.Errorf("digest %q", digest)
	}
	for name, change := range map[string]func(*host){
		"size":    func(h *host) { h.dir("web").Bytes = ptr(uint64(99)) },
		"mtime":   func(h *host) { h.dir("web").Files = []model.File{{Name: "a.img", Type: "file", Modified: now}} },
		"prose":   func(h *host) { h.autostart("web") },
		"others":  func(h *host) { h.imperative("db").running("db") },
		"traffic": func(h *host) { h.tap("vm-web").RxBytes = 12 },
		"a later look": func(h *host) {
			h.o.At = now.Add(1e9)
			h.looseProcess("cat", "web").Comm = "cat"
		},
	} {
		if got := plan(change).Digest(); got != digest {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, change := range map[string]func(*host){
		"invocation": func(h *host) { h.main("web", "active", "running").Properties.Invocation = "ff" },
		"index":      func(h *host) { h.tap("vm-web").Index = 77 },
		"inode":      func(h *host) { h.dir("web").ID.Ino = 77 },
		"current":    func(h *host) { h.dir("web").Current.Target = "/nix/store/x" },
		"system":     func(h *host) { h.system(model.SystemNewest, 0).Path = "/nix/store/s43" },
		"a root":     func(h *host) { h.root("more", "web", "old") },
		"a stop":     func(h *host) { h.o.Units, h.o.Links, h.o.Processes = nil, nil, nil },
		"directory":  func(h *host) { h.o.StateDir.Path = stateDir + "/" },
	} {
		if got := plan(change).Digest(); got == digest {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

// TestDigestOfConditions: any change of any condition, of any step, counts.
func TestDigestOfConditions(t *testing.T) {
	p := purge(newHost().imperative("web").running("web"), "web")
	seen := map[string]bool{p.Digest(): true}
	for n := range p.Items[0].Steps {
		for c := range p.Items[0].Steps[n].Conditions {
			value := &p.Items[0].Steps[n].Conditions[c].Value
			was := *value
			*value += "x"
			if seen[p.Digest()] {
				t.Errorf("step %d, condition %d does not count", n, c)
			}
			seen[p.Digest()] = true
			*value = was
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d conditions", len(seen))
	}
	p.Items[0].Ticked = false
	if seen[p.Digest()] {
		t.Error("what is not ticked counts")
	}
}

// TestPlanRoundTrip: a recorded plan is the plan.
func TestPlanRoundTrip(t *testing.T) {
	h := littered().root("odd\xff", "gone", "current")
	for _, p := range []model.Plan{
		model.PlanCleanUp(h.inventory(), model.CleanUpOptions{}),
		model.PlanRestore(binned().inventory(), []model.Raw{"web"}),
		purge(newHost().imperative("web").running("web"), "web", "none"),
	} {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back model.Plan
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, back, cmpopts.IgnoreFields(model.Blocked{}, "Kind")); diff != "" || back.Digest() != p.Digest() {
			t.Errorf("%s changed by writing and reading (-before +after):\n%s", p.Action, diff)
		}
	}
}

// TestPlansAreDeterministic: the order in which things were read says nothing.
func TestPlansAreDeterministic(t *testing.T) {
	first := cleanUp(littered(), model.CleanUpOptions{})
	for range 10 {
		if again := cleanUp(littered(), model.CleanUpOptions{}); !reflect.DeepEqual(first, again) {
			t.Fatalf("the same host gave another plan:\n%s", cmp.Diff(first, again, cmpopts.EquateErrors()))
		}
	}
}

// TestChosen: only what is ticked is done, and counts.
func TestChosen(t *testing.T) {
	p := cleanUp(littered(), model.CleanUpOptions{})
	all, chosen := len(p.Items), p.Chosen()
	if len(p.Items) != all || len(chosen.Items) >= all || len(chosen.Items) == 0 {
		t.Fatalf("%d of %d are chosen; %d afterwards", len(chosen.Items), all, len(p.Items))
	}
	if chosen.Digest() != p.Digest() {
		t.Error("the digest is not that of what is chosen")
	}
	if vms, _ := chosen.Locks(); len(vms) != 3 { // dead's unit, plain, old in the trash
		t.Errorf("locks %q", vms)
	}
	for at := range p.Items {
		p.Items[at].Ticked = true
	}
	if word, count := p.Consent(); count != all || word != "" {
		t.Errorf("all of it: %q of %d", word, count)
	}
	none := p
	none.Items = nil
	if word, count := none.Consent(); word != "" || count != 0 {
		t.Errorf("nothing: %q of %d", word, count)
	}
}
