package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// TestGCBrakes: the timer's service deletes nothing where it cannot know that it
// may: with a configuration that cannot be read, or is of a version to come, and
// where so many VMs look removed that something else is more likely.
func TestGCBrakes(t *testing.T) {
	lab.Require(t)
	const config = "/etc/microtui/config.toml"
	h := fixture.NewHost(t, fixture.Options{})
	for _, vm := range []string{"db", "a", "b", "c"} {
		h.Declare(vm, fixture.NoAutostart())
	}
	h.Create("api")
	h.Declare("expired", fixture.NoAutostart())
	h.Switch()
	h.Undeclare("expired")
	h.Switch()
	h.LeakTap("vm-gone")
	installServices(t)
	answer(t, program("purge", "expired", "--yes")).says(t, "purge", 0)
	for id := range trashed(t) {
		age(t, "expires_at", "/var/lib/microtui/trash/"+id+"/entry.json")
	}

	runs := 0
	keeps := func(what, status, brake string) {
		t.Helper()
		before := list(t, "--all").orphans()
		if got := runGC(t, h); got != status {
			t.Errorf("%s: status %s, want %s", what, got, status)
		}
		runs++
		said := gcSaid(t, gcCollectionID)
		if len(said) != runs || !strings.Contains(said[runs-1]["MICROTUI_BRAKE"], brake) || said[runs-1]["MICROTUI_REMOVED"] != "0" {
			t.Errorf("%s: the journal says %q", what, said[len(said)-1])
		}
		if after := list(t, "--all").orphans(); len(before) == 0 || !slices.Equal(after, before) {
			t.Errorf("%s: orphans are %q, and were %q", what, after, before)
		}
	}
	for _, test := range []struct{ what, makes, brake string }{
		{"another user's", `chown nobody "$0"`, "belongs to user"},
		{"a file that others write", `chmod 0666 "$0"`, "writable by others"},
		{"in a folder that others write", `chmod 0777 "${0%/*}"`, "writable by others"},
		{"a folder", `rm "$0"; mkdir "$0"`, "is not a file"},
		{"no TOML", `echo '[gc' >>"$0"`, "config.toml"},
		{"a setting to come", `echo 'sweep = true' >>"$0"`, "unknown setting"},
		{"a value to come", `sed -i s/clean-data/everything/ "$0"`, "must be one of"},
	} {
		configureGC(t, collectAll)
		shell(t, "sh", "-ec", test.makes, config)
		keeps(test.what, "3", test.brake)
		if got := trashIDs(t); !slices.Equal(got, []string{"expired"}) {
			t.Errorf("%s: in the trash is %q", test.what, got)
		}
		if err := os.RemoveAll("/etc/microtui"); err != nil {
			t.Fatal(err)
		}
	}

	// Three of five VMs are gone at once from the configuration.
	for _, vm := range []string{"a", "b", "c"} {
		h.Undeclare(vm)
	}
	h.Switch()
	installServices(t) // a switch leaves only what is of the system
	configureGC(t, collectAll)
	keeps("many orphans", "3", "3 of 5 VMs look like leftovers")
	leavesNothing(t)
}
