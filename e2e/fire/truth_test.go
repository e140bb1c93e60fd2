package fire

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab"
)

// problems gathers what is wrong.
type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

// trashed is where the directory of a VM lies in the trash; empty: nowhere.
func (f *fleet) trashed(vm string) string {
	var found string
	for _, folder := range []string{"/var/lib/microtui/trash", f.StateDir() + "/.microtui-trash"} {
		places, _ := filepath.Glob(folder + "/*/state")
		for _, place := range places {
			if f.isWhole(vm, place) == "" {
				found = place
			}
		}
	}
	return found
}

// isWhole says what is missing of a VM in a directory; empty: nothing is.
func (f *fleet) isWhole(vm, directory string) string {
	f.Helper()
	if _, err := os.Lstat(directory); err != nil {
		return directory + " is not there"
	}
	is := f.manifest(directory)
	for name, was := range f.files[vm] {
		if is[name] != was {
			return fmt.Sprintf("%s/%s is %q, and was %q", directory, name, is[name], was)
		}
	}
	for name := range is {
		if _, was := f.files[vm][name]; !was {
			return fmt.Sprintf("%s/%s is new", directory, name)
		}
	}
	return ""
}

// isPurged says why a VM is not away with all that belongs to it.
func (f *fleet) isPurged(vm string) (wrong problems) {
	f.Helper()
	if f.trashed(vm) == "" {
		wrong.add("%s is not in the trash", vm)
	}
	if _, err := os.Lstat(f.Dir(vm)); err == nil {
		wrong.add("%s is still there", f.Dir(vm))
	}
	if _, err := os.Stat("/sys/class/net/vm-" + vm); err == nil {
		wrong.add("interface vm-%s is still there", vm)
	}
	for name, target := range f.links("/nix/var/nix/gcroots/microvm") {
		if filepath.Dir(target) == f.Dir(vm) {
			wrong.add("gcroot link %s is still there", name)
		}
	}
	out, _ := exec.Command("systemctl", "list-units", "--plain", "--no-legend", "microvm*@"+vm+".service").Output()
	if len(out) > 0 {
		wrong.add("units are still there: %s", out)
	}
	return wrong
}

// isUp says why a VM does not run as it did, with all that belongs to it.
func (f *fleet) isUp(vm string) (wrong problems) {
	f.Helper()
	if why := f.isWhole(vm, f.Dir(vm)); why != "" {
		wrong.add("%s is not whole: %s", vm, why)
	}
	for until := time.Now().Add(20 * time.Second); !f.isActive(vm); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			wrong.add("%s is %s", vm, f.Property("microvm@"+vm+".service", "ActiveState"))
			return wrong
		}
	}
	if _, err := os.Stat("/sys/class/net/vm-" + vm); err != nil {
		wrong.add("%s has no interface: %v", vm, err)
	}
	if booted := f.target(vm, "booted"); booted == "" {
		wrong.add("%s has no link booted", vm)
	}
	roots := f.links("/nix/var/nix/gcroots/microvm")
	for name, target := range f.roots {
		if filepath.Dir(target) == f.Dir(vm) && roots[name] != target {
			wrong.add("gcroot link %s is gone", name)
		}
	}
	return wrong
}

// everywhere says which VM's bytes are not there, neither in its directory nor in
// the trash.
func (f *fleet) everywhere(vms ...string) (wrong problems) {
	f.Helper()
	for _, vm := range vms {
		if why := f.isWhole(vm, f.Dir(vm)); why != "" && f.trashed(vm) == "" {
			wrong.add("LOST: %s is nowhere whole: %s", vm, why)
		}
	}
	return wrong
}

// told are the words that admit that a VM is off.
var told = []string{"does not start again", "not started again", "did not start", "not undone"}

func admits(texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		return slices.ContainsFunc(told, func(words string) bool { return strings.Contains(text, words) })
	})
}

// leftovers says what is left behind that nobody needs.
func (f *fleet) leftovers() (wrong problems) {
	f.Helper()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		units := f.shell("systemctl", "list-units", "--all", "--plain", "--no-legend", "microtui-*")
		if units == "" {
			break
		}
		if time.Now().After(until) {
			wrong.add("left: unit %s", units)
			break
		}
	}
	for _, pid := range append(executors(), nixes()...) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		wrong.add("left: process %q", line)
	}
	locks, _ := filepath.Glob("/run/microtui/*.lock")
	for _, path := range locks {
		if file, err := os.Open(path); err == nil {
			if unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
				wrong.add("left: lock %s", path)
			}
			file.Close()
		}
	}
	for _, pattern := range []string{
		"/var/lib/microtui/.*", "/var/lib/microtui/bin/.*", "/var/lib/microtui/*.new", f.StateDir() + "/*/.*microtui*",
		"/nix/var/nix/gcroots/*/.*", "/nix/var/nix/gcroots/*/*.tmp-*", "/tmp/nix-*", "/tmp/microtui*", "/var/lib/microtui/tmp",
	} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			wrong.add("left: %q", found)
		}
	}
	return wrong
}

// leftEntries says which entries of the trash hold nothing.
func (f *fleet) leftEntries() (wrong problems) {
	if found, _ := filepath.Glob("/var/lib/microtui/trash/*/*.new"); len(found) > 0 {
		wrong.add("left: %q", found)
	}
	entries, _ := filepath.Glob("/var/lib/microtui/trash/*")
	beside, _ := filepath.Glob(f.StateDir() + "/.microtui-trash/*")
	for _, entry := range entries {
		id := filepath.Base(entry)
		_, here := os.Lstat(entry + "/state")
		_, there := os.Lstat(f.StateDir() + "/.microtui-trash/" + id + "/state")
		if here != nil && there != nil {
			wrong.add("left: trash entry %s is empty", id)
		}
	}
	for _, entry := range beside {
		if info, err := os.Lstat(entry); err != nil || !info.IsDir() {
			continue // a list of ours beside them
		}
		if _, err := os.Lstat(entry + "/state"); err != nil {
			wrong.add("left: %s is empty", entry)
		}
	}
	return wrong
}

// leftRoots says which of our roots keep what nothing names, and which of what
// is named is gone. What was built is held for a while for who has not yet
// switched to it.
func (f *fleet) leftRoots(mayBeHeld bool) (wrong problems) {
	f.Helper()
	ours := f.links("/nix/var/nix/gcroots/microtui")
	for name, target := range ours {
		kind, rest, _ := strings.Cut(name, ".")
		of := rest[:max(strings.LastIndexByte(rest, '.'), 0)]
		directory := map[string]string{"vm": f.Dir(of), "trash": "/var/lib/microtui/trash/" + of + "/state"}[kind]
		if kind == "trash" {
			if _, err := os.Lstat(directory); err != nil {
				directory = f.StateDir() + "/.microtui-trash/" + of + "/state"
			}
		}
		if !slices.Contains(named(directory), target) && (kind != "build" || !mayBeHeld) {
			wrong.add("left: root %s of %s, which nothing names", name, target)
		}
	}
	for _, vm := range everyVM {
		for _, target := range named(f.Dir(vm)) {
			if _, err := os.Lstat(target); err != nil {
				wrong.add("LOST: %s names %s, which is not in the store", vm, target)
			}
		}
	}
	for name, target := range f.links("/nix/var/nix/gcroots/auto") {
		if _, err := os.Lstat(target); err != nil && strings.Contains(target, "/microtui/") {
			wrong.add("left: nix's link %s to %s", name, target)
		}
	}
	return wrong
}

// named are the runners that the links in a VM's directory name.
func named(directory string) (runners []string) {
	for link := range maps.Keys(made) {
		if target, err := os.Readlink(filepath.Join(directory, link)); err == nil {
			runners = append(runners, target)
		}
	}
	return runners
}

// trial is what has to be known of a round to judge it.
type trial struct {
	current   string // the runner of shop before
	settled   bool   // the client did not see the end
	mayBeDown bool   // a VM may be off, if that is told
	unswept   bool   // the disk was full or gone at the end: the next operation sweeps
}

// judged says what is wrong after a deed, and what came of it.
func (f *fleet) judged(d deed, c *client, ops []operation, tried trial) (end string, wrong problems) {
	f.Helper()
	wrong = append(wrong, f.everywhere(everyVM...)...)
	var op *operation
	for at := range ops {
		if ops[at].Action == d.name {
			op = &ops[at]
		}
	}
	status, killed := c.ProcessState.ExitCode(), c.ProcessState.ExitCode() < 0
	end = "not begun"
	var texts []string
	if op != nil {
		end = op.State
		texts = append(texts, op.Reason)
		for _, s := range op.Steps {
			texts = append(texts, s.Reason)
		}
	}
	texts = append(texts, c.out.String(), c.err.String())
	if !killed && !tried.settled && (status == 0) != (end == "done") {
		wrong.add("the exit code is %d", status)
	}
	if !killed && status != 0 && !slices.ContainsFunc(texts, func(text string) bool { return text != "" }) {
		wrong.add("it failed without a word")
	}
	if d.name == "update" {
		wrong = append(wrong, f.judgedUpdate(end, tried.current, tried.mayBeDown && admits(texts...))...)
	} else {
		wrong = append(wrong, f.judgedPurge(d.vm, end, tried.mayBeDown && admits(texts...))...)
	}
	for _, vm := range everyVM {
		if vm != d.vm {
			wrong = append(wrong, f.isUp(vm)...)
		}
	}
	wrong = append(wrong, f.leftovers()...)
	if !tried.unswept {
		wrong = append(wrong, f.leftRoots(killed)...)
		wrong = append(wrong, f.leftEntries()...)
	}
	if len(wrong) > 0 {
		wrong.add("%s: %s; %v", d.name, c.said(), ops)
	}
	return end, wrong
}

// judgedPurge says what is wrong with a VM whose purge ended in some way.
func (f *fleet) judgedPurge(vm, end string, admitted bool) (wrong problems) {
	f.Helper()
	if end == "done" {
		return f.isPurged(vm)
	}
	if _, err := os.Lstat(f.Dir(vm)); err != nil { // half: what is cleared away after the move was not
		wrong.add("%s is gone, and its purge is %s", f.Dir(vm), end)
		return wrong
	}
	if up := f.isUp(vm); len(up) > 0 && (!admitted || f.isWhole(vm, f.Dir(vm)) != "") {
		wrong = append(wrong, up...)
		wrong.add("its purge is %s", end)
	}
	return wrong
}

// judgedUpdate says what is wrong with a VM whose update ended in some way.
func (f *fleet) judgedUpdate(end, before string, admitted bool) (wrong problems) {
	f.Helper()
	if up := f.isUp(shop); len(up) > 0 && !admitted {
		wrong = append(wrong, up...)
		wrong.add("its update is %s", end)
	}
	current, booted := f.target(shop, "current"), f.target(shop, "booted")
	switch {
	case end == "done" && current == before:
		wrong.add("its update is done, and current is %s as before", current)
	case end == "done" && booted != current:
		wrong.add("its update is done, and booted is %s, current %s", booted, current)
	case end == "undone" && current != before:
		wrong.add("its update is undone, and current is %s, was %s", current, before)
	}
	return wrong
}

// asBefore brings back what a round took away.
func (f *fleet) asBefore() (wrong problems) {
	f.Helper()
	for _, vm := range []string{web, gone} {
		if _, err := os.Lstat(f.Dir(vm)); err != nil {
			if out, err := exec.Command(lab.ProgramPath, "restore", vm).CombinedOutput(); err != nil {
				wrong.add("restore %s: %v: %s", vm, err, out)
				continue
			}
		}
		if !f.isActive(vm) {
			f.Start(vm)
		}
		wrong = append(wrong, f.isUp(vm)...)
	}
	if !f.isActive(shop) {
		f.Start(shop)
	}
	for name := range f.links("/nix/var/nix/gcroots/microtui") {
		if strings.HasPrefix(name, "build.") { // held for an hour for a client that was killed
			f.must(os.Remove("/nix/var/nix/gcroots/microtui/" + name))
		}
	}
	return wrong
}
