package fire

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
)

// rival is somebody else who works on the same host.
type rival struct {
	name string
	// turn is what he does again and again, or once, on the VM that an operation is
	// about.
	turn func(f *fleet, vm string)
	once bool
	vm   string // the only one that he does it to; empty: any
	// after takes back what he did, once that was judged; nil: nothing is to be.
	after func(f *fleet)
}

var rivals = []rival{
	{name: "start and stop", turn: func(f *fleet, vm string) {
		_ = exec.Command("systemctl", "stop", "microvm@"+vm).Run()
		_ = exec.Command("systemctl", "start", "microvm@"+vm).Run()
	}},
	{name: "microtui start", turn: func(f *fleet, vm string) {
		_ = exec.Command(lab.ProgramPath, "start", vm).Run()
		_ = exec.Command(lab.ProgramPath, "restart", vm).Run()
	}},
	{name: "garbage collection", turn: func(*fleet, string) { _ = exec.Command("nix-store", "--gc").Run() }},
	{name: "a second microtui", turn: func(f *fleet, vm string) {
		for _, d := range deeds {
			if d.vm == vm {
				_ = exec.Command(lab.ProgramPath, d.args...).Run()
			}
		}
	}},
	{name: "swapped directories", turn: func(f *fleet, vm string) {
		for range 2 {
			_ = unix.Renameat2(unix.AT_FDCWD, f.Dir(vm), unix.AT_FDCWD, f.Dir(base), unix.RENAME_EXCHANGE)
			time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
		}
	}},
	{name: "a switch that declares it again", once: true, vm: gone, turn: func(f *fleet, vm string) {
		f.Declare(vm, fixture.Tap("vm-"+vm))
		f.Switch()
	}, after: func(f *fleet) {
		f.Undeclare(gone)
		f.Switch()
		if f.trashed(gone) != "" && inodeOf(f.Dir(gone)) != 0 { // a fresh one, made by the switch
			f.Stop(gone)
			f.must(os.RemoveAll(f.Dir(gone)))
		}
	}},
	{name: "rm -rf", once: true, vm: web, turn: func(f *fleet, vm string) { f.must(os.RemoveAll(f.Dir(vm))) }, after: (*fleet).bornAgain},
	{name: "look", turn: func(*fleet, string) { _ = exec.Command(lab.ProgramPath, "doctor").Run() }},
}

// TestContended: while something is purged, cleaned up or updated, others start
// and stop the same VM, collect garbage, ask for the same, or exchange
// directories.
func TestContended(t *testing.T) {
	c := &campaign{sample: 5, whole: 200}
	c.batch = func(t *testing.T, random *rand.Rand) func() []string {
		f := newFleet(t, random)
		return func() []string {
			rival, d := pick(random, rivals), pick(random, deeds)
			for rival.vm != "" && d.vm != rival.vm {
				d = pick(random, deeds)
			}
			return f.contended(c, rival, d)
		}
	}
	c.run(t)
}

// contended is a round.
func (f *fleet) contended(c *campaign, rival rival, d deed) []string {
	f.Helper()
	f.revise()
	current := f.target(shop, "current")
	inode := inodeOf(f.Dir(d.vm))
	client := f.ask(d.args...)
	end := f.begun(rival, d.vm)
	f.await(client)
	f.ended(client)
	turns := end()
	f.ended(client)
	if there := inodeOf(f.Dir(d.vm)); there != 0 && there != inode && inodeOf(f.Dir(base)) == inode {
		f.must(unix.Renameat2(unix.AT_FDCWD, f.Dir(d.vm), unix.AT_FDCWD, f.Dir(base), unix.RENAME_EXCHANGE))
	} else if there == 0 && inodeOf(f.Dir(base)) == inode {
		f.must(os.Rename(f.Dir(base), f.Dir(d.vm)))
	}
	came, wrong := f.rivalled(rival, d, client, current)
	c.ends[rival.name+": "+came]++
	if len(wrong) > 0 {
		wrong.add("%s against %s, %d turns", d.name, rival.name, turns)
	}
	return wrong
}

// begun has a rival begin, and gives what ends him and counts his turns.
func (f *fleet) begun(rival rival, vm string) (end func() int) {
	stop := make(chan struct{})
	turns, after := 0, time.Duration(0)
	if rival.once {
		after = time.Duration(f.random.Int64N(int64(2 * time.Second)))
	}
	var under sync.WaitGroup
	under.Go(func() {
		time.Sleep(after)
		for {
			rival.turn(f, vm)
			turns++
			select {
			case <-stop:
				return
			default:
			}
			if rival.once {
				return
			}
		}
	})
	return func() int {
		close(stop)
		under.Wait()
		return turns
	}
}

// rivalled says what is wrong after a round. Who stops a VM wants it off; of two
// who purge it, either may have done so.
func (f *fleet) rivalled(rival rival, d deed, c *client, current string) (string, problems) {
	f.Helper()
	var wrong problems
	ops, _ := f.settled(c)
	for _, vm := range everyVM {
		if rival.name != "rm -rf" || vm != d.vm {
			wrong = append(wrong, f.everywhere(vm)...)
		}
	}
	wrong = append(wrong, f.leftovers()...)
	if rival.name != "rm -rf" { // the VM may run on, and is no leftover then
		wrong = append(wrong, f.leftRoots(rival.name == "a second microtui")...)
	}
	came, done := cameOf(d, ops)
	if rival.name != "a second microtui" && (c.ProcessState.ExitCode() == 0) != (came == "done") && came != "not begun" {
		wrong.add("the exit code is %d, and it is %s", c.ProcessState.ExitCode(), came)
	}
	_, err := os.Lstat(f.Dir(d.vm))
	there := err == nil
	switch {
	case rival.once: // what is there then is his doing
	case d.vm != shop && done == 0 && !there:
		wrong.add("%s is gone, and no operation is done", d.vm)
	case d.vm != shop && done > 0 && there && rival.name != "swapped directories":
		wrong.add("%s is there, and its purge is done", d.vm)
	case d.vm == shop && done > 0 && rival.name != "swapped directories":
		if now := f.target(shop, "current"); now == current {
			wrong.add("its update is done, and current is %s as before", now)
		}
	}
	if len(wrong) > 0 {
		wrong.add("%s: %s; %v", d.name, c.said(), ops)
	}
	if rival.after != nil {
		rival.after(f)
	}
	wrong = append(wrong, f.asBefore()...)
	// A stop runs DIR/current/bin/tap-down: while the directories are exchanged
	// that is the other VM's, which takes the interface of the one that runs.
	if _, err := os.Stat("/sys/class/net/vm-" + base); err != nil && rival.name == "swapped directories" {
		f.Stop(base)
	}
	if !f.isActive(base) {
		f.Start(base)
	}
	for _, vm := range everyVM {
		wrong = append(wrong, f.isUp(vm)...)
	}
	return came, wrong
}

// cameOf is what came of a deed at last, and how often it was done.
func cameOf(d deed, ops []operation) (came string, done int) {
	came = "not begun"
	for _, o := range ops {
		if o.Action != d.name {
			continue
		}
		if came = o.State; came == "done" {
			done++
		}
	}
	return came, done
}

// bornAgain makes the VM anew whose directory somebody deleted.
func (f *fleet) bornAgain() {
	f.Helper()
	_ = exec.Command("systemctl", "stop", "microvm@"+web).Run()
	_ = exec.Command("systemctl", "reset-failed").Run()
	for _, path := range []string{"/var/lib/microtui/trash", f.StateDir() + "/.microtui-trash", f.Dir(web)} {
		f.must(os.RemoveAll(path))
	}
	_ = exec.Command("ip", "link", "delete", "vm-"+web).Run()
	for name := range f.links("/nix/var/nix/gcroots/microtui") {
		if strings.HasPrefix(name, "trash.") || strings.HasPrefix(name, "vm."+web+".") {
			f.must(os.Remove("/nix/var/nix/gcroots/microtui/" + name))
		}
	}
	f.Create(web, fixture.Tap("vm-web"))
	f.Register()
	f.Start(web)
	f.furnish(web)
	f.files[web] = f.manifest(f.Dir(web))
}

// inodeOf is the inode of a path; 0: it is not there.
func inodeOf(path string) uint64 {
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return 0
	}
	return st.Ino
}
