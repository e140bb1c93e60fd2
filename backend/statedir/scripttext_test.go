package statedir

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// What the text of a runner's scripts names is known, beside what its lists
// have; and where the text does not tell, that is known too.
func TestNamesInScripts(t *testing.T) {
	type said struct {
		interfaces, paths []model.Raw
		unparsed          string // a part of it
	}
	for name, test := range map[string]struct {
		files map[string]string // beside microvm-run
		run   string
		want  said
	}{
		"listed": {
			files: map[string]string{"share/microvm/tap-interfaces": "vm-web\n"},
			run:   run(`/nix/store/x/qemu -netdev 'tap,id=a,ifname=vm-web,script=no'`), want: said{},
		},
		"own TAP": {run: run(`/nix/store/x/qemu -netdev 'tap,id=a,ifname=lab0,script=no'`), want: said{interfaces: []model.Raw{"lab0"}}},
		"on another line": {
			run: "set -e\nip link set dev lab1 up\n/bin/bridge link set dev \"lab2\" hairpin on\nsudo ip tuntap add name lab3 mode tap\n" + run("true"), want: said{interfaces: []model.Raw{"lab1", "lab2", "lab3"}},
		},
		"a line goes on":  {run: run("/nix/store/x/qemu \\\n  -netdev \\\n  tap,ifname=lab0"), want: said{interfaces: []model.Raw{"lab0"}}},
		"a comment":       {run: "# ip link set dev lab9 up\n" + run("true"), want: said{}},
		"by a variable":   {run: run(`/nix/store/x/qemu -netdev tap,ifname=$TAP`), want: said{unparsed: "is known only when it runs"}},
		"no command":      {run: "echo nothing\n", want: said{unparsed: "does not end in a command"}},
		"paths":           {run: run(`/nix/store/x/qemu -fsdev local,id=a,path=/var/lib/microvms/other/persist -object memory-backend-file,mem-path="/srv/$NAME/x" -kernel /nix/store/x/bzImage`), want: said{paths: []model.Raw{"/srv", "/var/lib/microvms/other/persist"}}},
		"in the shutdown": {files: map[string]string{"bin/microvm-shutdown": "cp /srv/state/x .\n"}, run: run("true"), want: said{paths: []model.Raw{"/srv/state/x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			files := map[string]string{"bin/microvm-run": strings.ReplaceAll(test.run, "exec 3<>/dev/tap$(< /sys/class/net/mv-web/ifindex)\n", "")}
			for file, text := range test.files {
				files[file] = text
			}
			r := h.read(h.runner("microvm-qemu-web", files)).Runners[0]
			r.NamedInterfaces = without(r.NamedInterfaces, []model.Raw{"mv-web"})
			got := said{r.NamedInterfaces, r.NamedPaths, ""}
			if test.want.unparsed != "" && strings.Contains(string(r.Unparsed), test.want.unparsed) {
				got.unparsed = test.want.unparsed
			} else {
				got.unparsed = string(r.Unparsed)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(said{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A wrapper that becomes another script of the store says what that one says.
func TestNamesInWrappedScript(t *testing.T) {
	h := newHost(t)
	h.write("store/x-inner", "#!/bin/sh\nexec /nix/store/x/qemu -netdev tap,ifname=lab0\n")
	r := h.read(h.runner("microvm-qemu-web", map[string]string{"bin/microvm-run": "exec " + h.path("store/x-inner") + " \"$@\"\n"})).Runners[0]
	if diff := cmp.Diff([]model.Raw{"lab0"}, r.NamedInterfaces); diff != "" || r.Unparsed != "" {
		t.Error(diff, r.Unparsed)
	}
	// A tool that runs what it is given says nothing.
	h.write("store/x-unbuffer", "#!/bin/sh\n\"$@\"\n")
	r = h.read(h.runner("microvm-stratovirt-web", map[string]string{"bin/microvm-run": "exec " + h.path("store/x-unbuffer") + " /nix/store/x/stratovirt -netdev tap,ifname=lab1\n"})).Runners[0]
	if diff := cmp.Diff([]model.Raw{"lab1"}, r.NamedInterfaces); diff != "" || r.Unparsed != "" {
		t.Error(diff, r.Unparsed)
	}
}
