package storage

import (
	"fmt"
	"os"
	"testing"
	"time"

	"microtui/model"
)

func listed(roots []model.GCRoot) string {
	var all []string
	for _, root := range roots {
		all = append(all, string(root.Name+"="+root.Target))
	}
	return fmt.Sprint(all)
}

func TestRoots(t *testing.T) {
	at := folder(t)
	const runner, other = "/nix/store/aaa-microvm-qemu-web", "/nix/store/bbb-hello"
	for _, name := range []string{"gcroots/auto", "gcroots/microtui", "gcroots/microvm", "gcroots/per-user/x", "profiles/per-user/x", "home", "moved"} {
		must(t, os.MkdirAll(at+"/"+name, 0o755))
	}
	// What nix 2.8 calls a root of these was asked of it (--gc --print-roots).
	for name, target := range map[string]string{
		"gcroots/auto/1": "/vms/web/current", "gcroots/auto/2": at + "/home/result", "gcroots/auto/3": at + "/home/other", "gcroots/auto/4": at + "/home/gone",
		"gcroots/auto/5": "/vmsx/web/current", "gcroots/auto/6": other, "gcroots/auto/7": "../../home/result", "gcroots/auto/8": at + "/home/second",
		"gcroots/auto/a": at + "/home/folder", "gcroots/auto/b": at + "/home",
		"gcroots/microtui/vm-web.aaa": runner, "gcroots/microtui/vm-web.bbb": other,
		"gcroots/microvm/c": at + "/moved/current", "gcroots/per-user/x/d": runner + "/bin", "gcroots/profiles": at + "/profiles",
		"profiles/vm": "vm-1-link", "profiles/vm-1-link": runner, "profiles/per-user/x/e": runner,
		"home/result": runner, "home/other": other, "home/second": "result", "home/folder": at + "/moved", "moved/current": runner,
	} {
		must(t, os.Symlink(target, at+"/"+name))
	}
	must(t, os.WriteFile(at+"/gcroots/aaa-microvm-qemu-web", nil, 0o600))
	must(t, os.WriteFile(at+"/gcroots/auto/.lock", nil, 0o600))
	r := newRootReader(at)
	now := time.Now()
	read := func(after time.Duration, remote func(string) bool) []model.GCRoot {
		return r.read(t.Context(), Question{StateDir: []model.Raw{"/vms", ""}, Runners: []model.Raw{runner}}, readMounts(remote), now.Add(after))
	}
	want := "[aaa-microvm-qemu-web=" + runner + " 1=/vms/web/current vm-web.aaa=" + runner + " d=" + runner + " e=" + runner + " vm-1-link=" + runner +
		" 2=" + runner + " 7=" + runner + " c=" + runner + " vm=" + runner + "]"
	if got := listed(read(0, local)); got != want {
		t.Errorf("%s, want %s", got, want)
	}

	// A result is set anew without a trace in the folders.
	must(t, os.Remove(at+"/home/result"))
	if got := listed(read(time.Second, local)); got != want {
		t.Errorf("a second later: %s", got)
	}
	if got := read(2*rootsAge, local); len(got) != 8 {
		t.Errorf("later: %v", got)
	}
	must(t, os.Symlink("/vms/db/current", at+"/gcroots/auto/9"))
	if got := read(2*rootsAge+time.Second, local); len(got) != 9 {
		t.Errorf("a new root: %v", got)
	}

	// What cannot be followed may keep anything.
	if got := read(4*rootsAge, func(string) bool { return true }); got != nil {
		t.Errorf("on a file system that is not looked at: %v", got)
	}
	must(t, os.RemoveAll(at+"/gcroots"))
	must(t, os.RemoveAll(at+"/profiles"))
	if got := read(6*rootsAge, local); got == nil || len(got) != 0 {
		t.Errorf("without folders: %v", got)
	}
}
