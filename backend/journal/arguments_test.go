package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"microtui/model"
)

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		name  string
		query model.LogQuery
		want  string
	}{
		{"nothing", model.LogQuery{}, ""},
		{"an empty name", all(""), ""},
		{"one unit", all("a.service"), "_SYSTEMD_UNIT=a.service + UNIT=a.service _PID=1 + UNIT=a.service _SYSTEMD_CGROUP=/init.scope + OBJECT_SYSTEMD_UNIT=a.service _UID=0" +
			" + COREDUMP_UNIT=a.service MESSAGE_ID=" + coredumpID + " _UID=0 + COREDUMP_UNIT=a.service MESSAGE_ID=" + coredumpID + ` _SYSTEMD_SLICE=system-systemd\x2dcoredump.slice`},
		{"several", all("a", "b"), "_SYSTEMD_UNIT=a _SYSTEMD_UNIT=b + UNIT=a UNIT=b _PID=1"},
		{"a boot", model.LogQuery{Units: []model.Raw{"a"}, Boot: "1234", Priority: model.NoPriority}, "_SYSTEMD_UNIT=a _BOOT_ID=1234 + UNIT=a _PID=1 _BOOT_ID=1234"},
		{"a priority", model.LogQuery{Units: []model.Raw{share, web}, Priority: 1},
			"_SYSTEMD_UNIT=microvm-virtiofsd@web.service _SYSTEMD_UNIT=microvm@web.service PRIORITY=0 PRIORITY=1 + _SYSTEMD_UNIT=microvm@web.service _TRANSPORT=stdout + "},
		{"a priority without console", model.LogQuery{Units: []model.Raw{share}, Priority: 0}, "_SYSTEMD_UNIT=microvm-virtiofsd@web.service PRIORITY=0 + UNIT="},
		{"starts", model.LogQuery{Units: []model.Raw{share, web}, Starts: true, Priority: model.NoPriority},
			"UNIT=microvm@web.service _PID=1 MESSAGE_ID=" + startingID + " MESSAGE_ID=" + startedID + " + UNIT=microvm@web.service _SYSTEMD_CGROUP=/init.scope MESSAGE_ID=" + startingID + " MESSAGE_ID=" + startedID},
		{"starts of helpers", model.LogQuery{Units: []model.Raw{share}, Starts: true, Priority: model.NoPriority}, ""},
	} {
		if got := strings.Join(matches(test.query), " "); !strings.HasPrefix(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s: %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestStamp(t *testing.T) {
	if got := stamp(time.Unix(1795255383, 4_709_999)); got != "@1795255383.004709" {
		t.Error(got)
	}
}

func TestBackoff(t *testing.T) {
	var waits []time.Duration
	for failures := range 9 {
		waits = append(waits, backoff(failures+1))
	}
	if waits[0] != firstWait || waits[1] != 2*firstWait || waits[8] != longestWait || backoff(1e6) != longestWait {
		t.Error(waits)
	}
}

// Only what root alone can change is run.
func TestTrust(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "journalctl")
	must(t, os.WriteFile(path, []byte("#!/bin/false\n"), 0o755))
	if os.Geteuid() == 0 && !isTrusted(path) {
		t.Error("root's own program is not trusted")
	}
	for _, mode := range []os.FileMode{0o775, 0o757} {
		must(t, os.Chmod(path, mode))
		if isTrusted(path) {
			t.Errorf("mode %o is trusted", mode)
		}
	}
	must(t, os.Chmod(path, 0o755))
	if os.Geteuid() == 0 {
		must(t, os.Chown(path, 1, -1))
		if isTrusted(path) {
			t.Error("somebody's program is trusted")
		}
	}
	if isTrusted(filepath.Join(dir, "absent")) {
		t.Error("nothing is trusted")
	}
	t.Setenv("PATH", dir)
	if found, err := findProgram(); err == nil && strings.HasPrefix(found, dir) {
		t.Errorf("found %s", found)
	}
}

// Each option is one that this system's journalctl knows.
func TestOptionsExist(t *testing.T) {
	help, err := exec.Command("journalctl", "--help").CombinedOutput()
	if err != nil {
		t.Skip("needs the Debian packages systemd")
	}
	q := follow(web)
	q.Since, q.Until, q.Before = time.Now(), time.Now(), "c"
	var options []string
	for _, args := range [][]string{common, start(q), resume(q, place{}), resume(q, place{unreadable: true}), backwards(q), backwards(model.LogQuery{Until: q.Until}), start(model.LogQuery{Until: q.Until})} {
		options = append(options, args...)
	}
	for _, option := range options {
		name, _, _ := strings.Cut(option, "=")
		if !strings.Contains(string(help), name) {
			t.Errorf("journalctl has no %s", name)
		}
	}
}
