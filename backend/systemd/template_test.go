package systemd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

func TestReadTemplate(t *testing.T) {
	const (
		hypervisor = "microvm@.service"
		setBooted  = "microvm-set-booted@.service"
		tap        = "microvm-tap-interfaces@.service"
	)
	today := map[string]string{
		"etc/" + hypervisor: `[Unit]
ConditionPathExists=/var/lib/microvms/%i/current/bin/microvm-run
[Service]
ExecStartPost=+/nix/store/x-start-post
# microvm-register is what it runs
WorkingDirectory=/srv/vms/%i
`,
		"etc/" + setBooted: "[Service]\nExecStart=/bin/true\n",
		"etc/" + tap:       "[Service]\nExecStart=/srv/vms/%i/current/bin/tap-up\n",
	}
	for _, test := range []struct {
		name  string
		files map[string]string
		want  *model.Template
	}{
		{name: "no template", files: map[string]string{"etc/other@.service": "[Service]\n"}},
		{name: "2026-03", files: today, want: &model.Template{
			Fragment: "etc/" + hypervisor, Plain: true, StateDir: "/srv/vms",
			SetBooted: true, RunnerScripts: true, Registers: true,
		}},
		{name: "v0.5.0", files: map[string]string{
			"etc/" + hypervisor: "[Unit]\nConditionPathExists=/var/lib/microvms/%i/current/bin/microvm-run\n",
			"etc/" + tap:        "[Service]\nExecStart=/nix/store/x-unit-script-start/bin/start %i\n",
		}, want: &model.Template{Fragment: "etc/" + hypervisor, Plain: true, StateDir: "/var/lib/microvms"}},
		{name: "earlier folder wins", files: map[string]string{
			"etc/" + hypervisor: "[Service]\nWorkingDirectory=-/a/%i\n",
			"lib/" + hypervisor: "[Service]\nWorkingDirectory=/b/%i\n",
		}, want: &model.Template{Fragment: "etc/" + hypervisor, Plain: true, StateDir: "/a"}},
		{name: "masked by a link", files: map[string]string{
			"etc/" + hypervisor: "-> /dev/null",
			"lib/" + hypervisor: "[Service]\nWorkingDirectory=/b/%i\n",
		}},
		{name: "masked by an empty file", files: map[string]string{
			"etc/" + hypervisor: "",
			"lib/" + hypervisor: "[Service]\nWorkingDirectory=/b/%i\n",
		}},
		{name: "no place is told", files: map[string]string{
			"etc/" + hypervisor: "[Service]\nWorkingDirectory=/fixed\nWorkingDirectory=relative/%i\n",
		}, want: &model.Template{Fragment: "etc/" + hypervisor, Plain: true}},
		{name: "a reset, a continued line, a percent sign", files: map[string]string{
			"etc/" + hypervisor: "[Service]\nWorkingDirectory=/old/%i\nWorkingDirectory=\nWorkingDirectory=\\\n  /50%%/vms/%i\n",
		}, want: &model.Template{Fragment: "etc/" + hypervisor, Plain: true, StateDir: "/50%/vms"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			for name, text := range test.files {
				write(t, filepath.Join(root, name), text)
			}
			if test.want != nil {
				test.want.Fragment = model.Raw(root) + "/" + test.want.Fragment
			}
			got, err := readTemplate([]string{root + "/none", root + "/etc", root + "/lib"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A directory in place of the file is neither a template nor a reason to look
// further.
func TestReadTemplateDirectory(t *testing.T) {
	root := t.TempDir()
	write(t, root+"/etc/microvm@.service/x", "")
	write(t, root+"/lib/microvm@.service", "[Service]\nWorkingDirectory=/b/%i\n")
	if got, err := readTemplate([]string{root + "/etc", root + "/lib"}); got != nil || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// write makes a file, or a link from "-> TARGET".
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if target, isLink := strings.CutPrefix(text, "-> "); isLink {
		err = os.Symlink(target, path)
	} else {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
