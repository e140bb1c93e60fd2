package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
)

// TestPurgeAgainstSwaps: somebody exchanges the directory of the VM that is
// purged with that of one that is kept, without pause. The kept one is never
// lost.
func TestPurgeAgainstSwaps(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	for _, vm := range []string{"web", "precious"} {
		host.Create(vm)
		furnish(t, host.Dir(vm))
	}
	host.Register()
	precious, web := &subject{Host: host, vm: "precious"}, &subject{Host: host, vm: "web"}
	precious.files, web.files = manifest(t, host.Dir("precious")), manifest(t, host.Dir("web"))
	inode := inodeOf(t, host.Dir("precious"))

	wholes := 3
	if long() {
		wholes = 20
	}
	purges, refused, swaps := 0, 0, 0
	for tries := 0; purges < wholes && tries < 100*wholes; tries++ {
		c := begin(t, host, "purge", "web", "--confirm", "web")
		id := c.id
		stop := keepDoing(func() {
			// The right one is in its place three quarters of the time: else hardly
			// a purge would come as far as the move.
			for _, dwell := range []int{1, 3} {
				if unix.Renameat2(unix.AT_FDCWD, host.Dir("web"), unix.AT_FDCWD, host.Dir("precious"), unix.RENAME_EXCHANGE) == nil {
					swaps++
				}
				for range dwell * 20 {
					_, _ = os.Lstat(host.Dir("web"))
				}
			}
		})
		status := c.end(t)
		stop()
		o := operationOf(t, id)
		var at []string
		for _, dir := range []string{host.Dir("web"), host.Dir("precious"), "/var/lib/microtui/trash/" + id + ".1/state"} {
			if is := inodeOf(t, dir); is == inode {
				at = append(at, dir)
			}
		}
		if len(at) != 1 || strings.Contains(at[0], "trash") {
			t.Fatalf("the kept directory is at %q; status %d, %+v", at, status, o)
		}
		precious.isWhole(t, "in the middle of it", at[0])
		if at[0] != host.Dir("precious") { // as they were before
			if err := unix.Renameat2(unix.AT_FDCWD, host.Dir("web"), unix.AT_FDCWD, host.Dir("precious"), unix.RENAME_NOREPLACE); err != nil {
				if err = unix.Renameat2(unix.AT_FDCWD, host.Dir("web"), unix.AT_FDCWD, host.Dir("precious"), unix.RENAME_EXCHANGE); err != nil {
					t.Fatal(err)
				}
			}
		}
		reached := slices.ContainsFunc(o.Steps, func(s operatedStep) bool {
			return s.Action == "quarantine" && s.State != "waiting" && s.State != "skipped"
		})
		switch {
		case o.State == "done":
			purges++
			web.isWhole(t, "in the trash", "/var/lib/microtui/trash/"+id+".1/state")
			shell(t, lab.ProgramPath, "restore", "web")
		case reached:
			purges++
			refused++
		}
		web.isWhole(t, "after a try", host.Dir("web"))
		leavesNothing(t)
	}
	t.Logf("of %d that came to move a directory %d were refused, during %d swaps", purges, refused, swaps)
	if purges < wholes || swaps == 0 {
		t.Error("they never raced")
	}
}

// inodeOf is the inode of a path; 0: it is not there.
func inodeOf(t *testing.T, path string) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return 0
	}
	return st.Ino
}
