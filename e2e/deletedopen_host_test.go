package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// tried runs the program without a terminal, and gives its status and what it
// said.
func tried(t *testing.T, args ...string) (status int, said string) {
	t.Helper()
	cmd := exec.Command(lab.ProgramPath, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// deletions are the ways in which a running VM's disk loses its name.
var deletions = []struct {
	what   string
	volume string
	take   func(t *testing.T, h *fixture.Host, dir, image string)
}{
	{"its image deleted", "data.img", func(t *testing.T, _ *fixture.Host, _, image string) { shell(t, "rm", image) }},
	{"its directory emptied", "data.img", func(t *testing.T, _ *fixture.Host, dir, _ string) {
		shell(t, "sh", "-c", "rm -rf "+dir+"/*")
	}},
	{"its directory removed", "data.img", func(t *testing.T, _ *fixture.Host, dir, _ string) { shell(t, "rm", "-rf", dir) }},
	{"its directory made again", "data.img", func(t *testing.T, h *fixture.Host, dir, _ string) {
		shell(t, "sh", "-c", "cp -a "+dir+" "+dir+".new && rm -rf "+dir+" && mv "+dir+".new "+dir)
		other, err := os.Readlink(h.Dir("other") + "/current")
		if err != nil {
			t.Fatal(err)
		}
		shell(t, "ln", "-sfn", other, dir+"/current")
	}},
	{"another one renamed over it", "data.img", func(t *testing.T, _ *fixture.Host, _, image string) {
		shell(t, "sh", "-c", "cp "+image+" "+image+".new && mv "+image+".new "+image)
	}},
	{"an image elsewhere", "/srv/img/data.img", func(t *testing.T, _ *fixture.Host, _, image string) { shell(t, "rm", image) }},
}

// TestDiskThatIsDeleted: a disk that only the hypervisor still holds is an error
// that says how to copy it, whose command does; and nothing stops the VM unless
// its name is typed.
func TestDiskThatIsDeleted(t *testing.T) {
	lab.Require(t)
	for at, d := range deletions {
		t.Run(d.what, func(t *testing.T) {
			host := fixture.NewHost(t, fixture.Options{})
			shell(t, "install", "-d", "-o", "microvm", "-g", "kvm", "/srv/img")
			t.Cleanup(func() { os.RemoveAll("/srv/img") })
			make := host.Create
			if declared := at%2 == 0; declared {
				make = host.Declare
			}
			host.Create("other", fixture.Tap("vm-other"))
			make("db", fixture.Tap("vm-db"), fixture.Volume(d.volume, 1), fixture.OpensVolumes())
			host.Switch()
			if at%2 == 1 {
				host.Start("db")
			}
			image := d.volume
			if !strings.HasPrefix(image, "/") {
				image = host.Dir("db") + "/" + image
			}
			if status, said := tried(t, "doctor", "db"); strings.Contains(said, "deleted-while-open") {
				t.Fatalf("before: status %d\n%s", status, said)
			}
			shell(t, "sh", "-c", "printf precious | dd conv=notrunc of="+image)
			d.take(t, host, host.Dir("db"), image)
			isGuarded(t, "db", image)
		})
	}
}

// isGuarded checks what the doctor says of a VM, and that every way to stop it
// asks for its name.
func isGuarded(t *testing.T, vm, image string) {
	t.Helper()
	var doctor struct {
		Findings []struct {
			Rule, Severity string
			Evidence       []string
			Advice         string
		}
	}
	_, said := tried(t, "doctor", "--json", vm)
	if err := json.Unmarshal([]byte(said), &doctor); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	command := ""
	for _, f := range doctor.Findings {
		if f.Rule == "deleted-while-open" && f.Severity == "error" {
			_, command, _ = strings.Cut(strings.Split(f.Advice, "\n")[0], ": ")
			if !strings.HasPrefix(f.Evidence[0], image+" (deleted): process ") {
				t.Errorf("evidence: %s", f.Evidence[0])
			}
		}
	}
	if command == "" {
		t.Fatalf("the doctor says\n%s", said)
	}
	saved := t.TempDir() + "/saved"
	shell(t, "sh", "-c", strings.Replace(command, "DEST", saved, 1))
	if text, err := os.ReadFile(saved); err != nil || !bytes.HasPrefix(text, []byte("precious")) {
		t.Errorf("%s saves %.20q, %v", command, text, err)
	}
	ways := [][]string{{"stop", vm}, {"restart", vm, "--yes"}, {"kill", vm, "--yes"}}
	for _, way := range ways {
		if status, said := tried(t, way...); status != 3 || !strings.Contains(said, "--confirm "+vm) && !strings.Contains(said, "is missing") {
			t.Errorf("%q: status %d\n%s", way, status, said)
		}
	}
	if status, said := tried(t, "purge", vm, "--yes"); status != 3 {
		t.Errorf("purge: status %d\n%s", status, said)
	}
	if status, said := tried(t, "purge", "--orphans", "--include-running", "--include-data", "--yes"); strings.Contains(said, "stopped "+vm) {
		t.Errorf("clean-up: status %d\n%s", status, said)
	}
	if got := shell(t, "systemctl", "is-active", "microvm@"+vm+".service"); got != "active" {
		t.Fatalf("it is %s", got)
	}
	if status, said := tried(t, "stop", vm, "--confirm", vm); status > 1 || strings.Contains(said, "not confirmed") {
		t.Errorf("with its name: status %d\n%s", status, said)
	}
	if got, _ := exec.Command("systemctl", "is-active", "microvm@"+vm+".service").Output(); string(bytes.TrimSpace(got)) == "active" {
		t.Error("with its name: it is active")
	}
}
