package cli

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"microtui/model"
)

// TestCreate: a build to the side, then the VM, once that is confirmed.
func TestCreate(t *testing.T) {
	h := openDemo(t)
	for _, test := range []struct {
		name   string
		args   []string
		typed  string // on a terminal; empty: there is none
		status int
		out    string // is in it
		errs   string
		begun  int // operations
	}{
		{"dry run", []string{"wiki", "github:me/vms", "--dry-run"}, "", 0, "build wiki (github:me/vms)", "", 0},
		{"not in the flake", []string{"wkii", "github:me/vms", "--yes"}, "", 3, "", "create wkii: github:me/vms has no nixosConfigurations.wkii; it has api, ", 0},
		{"not in the flake, dry run", []string{"wkii", "github:me/vms", "--dry-run"}, "", 3, "wkii: refused: github:me/vms has no", "", 0},
		{"no consent", []string{"wiki", "github:me/vms"}, "", 3, "", "not confirmed; use --yes", 0},
		{"another plan", []string{"wiki", "github:me/vms", "--yes", "--plan", "0123"}, "", 3, "", "the plan has changed", 0},
		{"taken", []string{"web", "github:me/vms", "--yes"}, "", 3, "", "create web: web is already declared", 0},
		{"part of a flake", []string{"wiki", "github:me/vms#x", "--yes"}, "", 3, "", "names an attribute", 0},
		{"no flake", []string{"wiki"}, "", 2, "", "needs a name and a flake reference", 0},
		{"an empty flake", []string{"wiki", ""}, "", 2, "", "the flake reference is empty", 0},
		{"three words", []string{"wiki", "x", "y"}, "", 2, "", "needs a name and a flake reference", 0},
		{"no name", []string{"a b", "x"}, "", 2, "", "invalid VM name", 0},
		{"no, after all", []string{"wiki", "github:me/vms"}, "n\n", 3, "", "directory /var/lib/microvms/wiki", 1},
		{"confirmed", []string{"wiki", "github:me/vms"}, "y\n", 0, "wiki: created", "Create wiki? [y/N]", 2},
		{"again", []string{"wiki", "github:me/vms", "--yes"}, "", 3, "", "the name is taken", 0},
		{"from here", []string{"forum", "./vms", "--dry-run"}, "", 0, "/cli/vms)", "", 0},
		{"with a token", []string{"forum", "git+https://me:s3cret@a.org/x", "--yes"}, "", 0, "forum: created", "", 2},
	} {
		before, _ := h.Operations(t.Context())
		a := acting{host: h}
		if test.typed != "" {
			a.typed = strings.NewReader(test.typed)
		}
		status, out, errs := a.run(t, append([]string{"create"}, test.args...)...)
		after, _ := h.Operations(t.Context())
		if status != test.status || !strings.Contains(out, test.out) || !strings.Contains(errs, test.errs) || len(after)-len(before) != test.begun {
			t.Errorf("%s: status %d, %d operations\n%s\n%s", test.name, status, len(after)-len(before), out, errs)
		}
		if strings.Contains(out+errs, "s3cret") {
			t.Errorf("%s: it shows a secret\n%s%s", test.name, out, errs)
		}
	}
	seen, err := h.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := model.Interpret(seen)
	for _, name := range []model.Raw{"wiki", "forum"} {
		if vm := i.VM(name); vm == nil || vm.Origin != model.OriginImperative || vm.Verdict != model.VerdictKept || vm.State != model.StateStopped {
			t.Errorf("%s is %+v", name, vm)
		}
		if p := model.PlanBuild(i, []model.Raw{name}); len(p.Items) != 1 || len(p.Items[0].Cautions) > 0 {
			t.Errorf("its first update: %+v", p)
		}
	}
	if i.Flake("forum") != "git+https://me:s3cret@a.org/x" {
		t.Errorf("its flake is %q", i.Flake("forum"))
	}
	_, out, _ := acting{host: h}.run(t, "ops", "--json")
	if strings.Contains(out, "s3cret") {
		t.Error("an operation shows a secret")
	}
}

// TestCreatedPlanShown: the digest that --dry-run shows is the one that --plan
// takes.
func TestCreatedPlanShown(t *testing.T) {
	h := openDemo(t)
	_, out, _ := acting{host: h}.run(t, "create", "wiki", "github:me/vms", "--dry-run", "--json")
	var shown planDocument
	if err := json.Unmarshal([]byte(out), &shown); err != nil || len(shown.Steps) != 1 || shown.Steps[0].Action != model.StepBuild {
		t.Fatalf("%v: %s", err, out)
	}
	status, out, errs := acting{host: h}.run(t, "create", "wiki", "github:me/vms", "--yes", "--json", "--plan", shown.Digest)
	var answer struct{ Results []resultEntry }
	if err := json.Unmarshal([]byte(out), &answer); err != nil || status != 0 || len(answer.Results) != 1 ||
		answer.Results[0].Action != model.ActionCreate || answer.Results[0].Result != model.ResultDone {
		t.Errorf("%d, %v: %s%s", status, err, out, errs)
	}
}

// TestInterruptedCreateKeepsWhatWasBuilt: it goes on, and nothing else may keep
// what was built from a collection of garbage.
func TestInterruptedCreateKeepsWhatWasBuilt(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		h := &awaited{unclosed: openDemo(t), follows: func() {}}
		if interrupted {
			h.follows = cancel
		}
		status, _, errs := acting{host: h, ctx: ctx}.run(t, "create", "wiki", "github:me/vms", "--yes")
		cancel()
		if len(h.begun) != 2 || (status == 130) != interrupted || (len(h.discarded) == 0) != interrupted {
			t.Errorf("interrupted %v: status %d, begun %q, discarded %q: %s", interrupted, status, h.begun, h.discarded, errs)
		}
	}
}
