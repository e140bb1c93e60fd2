package storage

import (
	"fmt"
	"os"
	"testing"
	"time"

	"microtui/model"
)

func TestRoots(t *testing.T) {
	at := folder(t)
	const runner, other = "/nix/store/aaa-microvm-qemu-web", "/nix/store/bbb-hello"
	for _, name := range []string{"auto", "microtui", "home"} {
		must(t, os.Mkdir(at+"/"+name, 0o755))
	}
	for name, target := range map[string]string{
		"auto/1": "/vms/web/current", "auto/2": at + "/home/result", "auto/3": at + "/home/other", "auto/4": at + "/home/gone",
		"auto/5": "/vmsx/web/current", "auto/6": other, "auto/7": "relative", "auto/8": at + "/home/second",
		"microtui/vm-web.aaa": runner, "microtui/vm-web.bbb": other,
		"home/result": runner, "home/other": other, "home/second": "result",
	} {
		must(t, os.Symlink(target, at+"/"+name))
	}
	must(t, os.WriteFile(at+"/auto/.lock", nil, 0o600))
	r := newRootReader(at)
	now := time.Now()
	read := func(after time.Duration, remote func(string) bool) []model.GCRoot {
		return r.read(t.Context(), Question{StateDir: []model.Raw{"/vms", ""}, Runners: []model.Raw{runner}}, readMounts(remote), now.Add(after))
	}
	want := fmt.Sprint([]model.GCRoot{{Name: "1", Target: "/vms/web/current"}, {Name: "vm-web.aaa", Target: runner},
		{Name: "2", Target: runner}, {Name: "8", Target: runner}})
	if got := fmt.Sprint(read(0, local)); got != want {
		t.Errorf("%s, want %s", got, want)
	}

	// A result is set anew without a trace in the folders.
	must(t, os.Remove(at+"/home/result"))
	if got := fmt.Sprint(read(time.Second, local)); got != want {
		t.Errorf("a second later: %s", got)
	}
	if got := read(2*rootsAge, local); len(got) != 2 {
		t.Errorf("later: %v", got)
	}
	must(t, os.Symlink("/vms/db/current", at+"/auto/9"))
	if got := read(2*rootsAge+time.Second, local); len(got) != 3 {
		t.Errorf("a new root: %v", got)
	}

	// What cannot be followed may keep anything.
	if got := read(4*rootsAge, func(string) bool { return true }); got != nil {
		t.Errorf("on a file system that is not looked at: %v", got)
	}
	must(t, os.RemoveAll(at+"/microtui"))
	must(t, os.RemoveAll(at+"/auto"))
	if got := read(6*rootsAge, local); got == nil || len(got) != 0 {
		t.Errorf("without folders: %v", got)
	}
}
