package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// secretive is the embedded host, with a credential in each flake reference.
func secretive(t *testing.T, secret string) (seen model.Observation, vm model.Raw) {
	t.Helper()
	seen = demo.New(1).Observe()
	ref := model.Raw("git+https://oauth2:" + secret + "@git.example.org/fleet")
	for at := range seen.StateDir.Directories {
		if d := &seen.StateDir.Directories[at]; d.Flake != nil && d.Current != nil {
			d.Flake.Ref, vm = ref, d.Name
			seen.BuiltFrom = []model.BuiltFrom{model.NewBuiltFrom(seen.StateDir.Real, vm, ref, time.Unix(0, 0).UTC())}
		}
	}
	for at := range seen.Systems {
		for i := range seen.Systems[at].Declared {
			seen.Systems[at].Declared[i].Flake = ref
		}
	}
	if vm == "" {
		t.Fatal("no VM has a flake")
	}
	return seen, vm
}

// TestCredentialsAreNotTold: what is printed ends up in bug reports.
func TestCredentialsAreNotTold(t *testing.T) {
	const secret = "hunter22hunter22"
	seen, vm := secretive(t, secret)
	for _, args := range [][]string{
		{"show", string(vm)}, {"show", string(vm), "--json"}, {"observe", "--json"}, {"observe", "--json", "--mask-names"}, {"list", "--json", "--all"},
	} {
		status, out, errs := runOn(t, replayed{seen}, OutputStyle{}, args...)
		if status != 0 || strings.Contains(out+errs, secret) {
			t.Errorf("%q: status %d, tells %s: %.300s%s", args, status, secret, out, errs)
		}
		if !strings.Contains(out, "***") && args[0] == "show" {
			t.Errorf("%q shows no flake reference:\n%s", args, out)
		}
	}
}

// TestWithoutCredentialsMeansTheSame: the reference is still the one that was
// built from, and what was read stays as it is.
func TestWithoutCredentialsMeansTheSame(t *testing.T) {
	seen, vm := secretive(t, "hunter22hunter22")
	before, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	shown := withoutCredentials(seen)
	if after, _ := json.Marshal(seen); string(after) != string(before) {
		t.Error("it has changed what it was given")
	}
	if ref := model.Interpret(shown).Flake(vm); !shown.BuiltFrom[0].Is(ref) {
		t.Errorf("%s is another reference than at the last update", ref)
	}
}
