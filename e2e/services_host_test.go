package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
)

// installServices puts the program and its units where the package has them.
func installServices(t *testing.T) {
	t.Helper()
	shell(t, "install", "-m755", lab.ProgramPath, "/usr/bin/microtui")
	units, err := filepath.Glob("../packaging/systemd/*")
	if err != nil || len(units) < 4 {
		t.Fatal(units, err)
	}
	for _, unit := range units {
		shell(t, "install", "-m644", unit, "/etc/systemd/system/")
	}
	shell(t, "systemctl", "daemon-reload")
	t.Cleanup(func() {
		for _, unit := range units {
			os.Remove("/etc/systemd/system/" + filepath.Base(unit))
		}
		os.RemoveAll("/etc/microtui")
		os.Remove("/usr/bin/microtui")
		shell(t, "systemctl", "daemon-reload")
	})
}

// exposure is what systemd says of a unit's hardening: 0 is none at all.
func exposure(t *testing.T, unit string) float64 {
	t.Helper()
	out := shell(t, "systemd-analyze", "security", "--no-pager", unit)
	found := regexp.MustCompile(`exposure level for \S+: ([0-9.]+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no level: %s", out)
	}
	level, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return level
}

// gcSaid are the entries of the service in the journal that bear a MESSAGE_ID,
// the oldest first.
func gcSaid(t *testing.T, id string) (entries []map[string]string) {
	t.Helper()
	shell(t, "journalctl", "--sync")
	out, _ := exec.Command("journalctl", "-q", "-o", "json", "_SYSTEMD_UNIT="+gcUnit, "MESSAGE_ID="+id).Output() // status 1: none
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "{") {
			continue
		}
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err, line)
		}
		texts := make(map[string]string)
		for name, value := range entry {
			texts[name] = fmt.Sprint(value)
		}
		entries = append(entries, texts)
	}
	return entries
}

const (
	gcUnit         = "microtui-gc.service"
	gcSightings    = "/var/lib/microtui/leftovers.json"
	gcLeftoverID   = "5d2c1f0b8a5f4f2e9e7a6f3b7c41d9a0" // as documented
	gcCollectionID = "b7e0f4a6c2d94d63a1f58e2c9b0d7e15"
)

func configureGC(t *testing.T, content string) {
	t.Helper()
	if err := os.MkdirAll("/etc/microtui", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("/etc/microtui/config.toml", []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runGC runs the service, and gives its exit status.
func runGC(t *testing.T, h *fixture.Host) (status string) {
	t.Helper()
	exec.Command("systemctl", "start", gcUnit).Run()
	defer exec.Command("systemctl", "reset-failed", gcUnit).Run()
	return h.Property(gcUnit, "ExecMainStatus")
}

// age puts what the service saw, or when trash expires, into the past.
func age(t *testing.T, field string, files ...string) {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := regexp.MustCompile(`("`+field+`": ?)"[^"]+"`).ReplaceAll(text, []byte(`${1}"2020-01-01T00:00:00Z"`))
		if string(changed) == string(text) {
			t.Fatalf("%s has no %s: %s", file, field, text)
		}
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func trashIDs(t *testing.T) []string {
	t.Helper()
	var got struct{ Entries []struct{ ID, Name string } }
	if err := json.Unmarshal([]byte(answer(t, program("trash", "--json")).out), &got); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range got.Entries {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return names
}

// TestGCService: the timer's service, under its full hardening, sees what root
// sees outside; out of the box it deletes what has expired in the trash, and
// else only tells. What it may remove is said in the host's configuration, and
// removed after the grace period; with a configuration that it does not
// understand, nothing is.
func TestGCService(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	installServices(t)
	answer(t, program("purge", "retired", "--yes")).says(t, "purge", 0)
	answer(t, program("purge", "stopped", "--yes", "--confirm", "stopped")).says(t, "purge", 0)
	entries, err := filepath.Glob("/var/lib/microtui/trash/*/entry.json")
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	for _, entry := range entries {
		if text, _ := os.ReadFile(entry); strings.Contains(string(text), `"retired"`) {
			age(t, "expires_at", entry)
		}
	}
	orphans := list(t, "--all").orphans()

	// With a configuration of a version to come, nothing goes.
	configureGC(t, "[gc]\norphans = \"everything\"\n")
	status := runGC(t, h)
	if got := trashIDs(t); status != "3" || len(got) != 2 || len(list(t, "--all").orphans()) != len(orphans) {
		t.Errorf("with a configuration that it does not understand: status %s, trash %q", status, got)
	}
	if runs := gcSaid(t, gcCollectionID); len(runs) != 1 || !strings.Contains(runs[0]["MICROTUI_BRAKE"], "orphans: must be one of") {
		t.Errorf("the journal says %q", runs)
	}
	if err := os.Remove("/etc/microtui/config.toml"); err != nil {
		t.Fatal(err)
	}

	// Out of the box, by its timer.
	h.DropIn("microtui-gc.timer", "[Timer]\nOnCalendar=\nOnActiveSec=1s\nAccuracySec=1ms\nRandomizedDelaySec=0\n")
	shell(t, "systemctl", "daemon-reload")
	shell(t, "systemctl", "start", "microtui-gc.timer")
	h.Await("the timer's run", func() bool {
		return len(gcSaid(t, gcCollectionID)) == 2 && h.Property(gcUnit, "ActiveState") == "inactive"
	})
	shell(t, "systemctl", "stop", "microtui-gc.timer")
	if got := trashIDs(t); !slices.Equal(got, []string{"stopped"}) {
		t.Errorf("in the trash: %q", got)
	}
	if got := list(t, "--all").orphans(); !slices.Equal(got, orphans) {
		t.Errorf("orphans: %q, before %q", got, orphans)
	}
	var told []string
	said := gcSaid(t, gcLeftoverID)
	for _, entry := range said {
		if newest := said[len(said)-1]; entry["_SYSTEMD_INVOCATION_ID"] == newest["_SYSTEMD_INVOCATION_ID"] && entry["MICROTUI_VERDICT"] == "orphan" {
			told = append(told, entry["MICROTUI_KIND"]+" "+entry["MICROTUI_NAME"])
		}
		if entry["MICROTUI_SINCE"] == "" && entry["MICROTUI_VERDICT"] == "orphan" || entry["SYSLOG_IDENTIFIER"] != "microtui" {
			t.Errorf("%q", entry)
		}
	}
	slices.Sort(told)
	if !slices.Equal(told, orphans) {
		t.Errorf("the journal tells of %q, want %q", told, orphans)
	}
	if level := exposure(t, gcUnit); level > 2.5 {
		t.Errorf("systemd-analyze security: %v", level)
	}

	// A second run changes nothing.
	seen := shell(t, "cat", gcSightings)
	if status := runGC(t, h); status != "0" || shell(t, "cat", gcSightings) != seen {
		t.Errorf("the second run: status %s; before %s, after %s", status, seen, shell(t, "cat", gcSightings))
	}

	// Told to clean up, it waits for the grace period, and then takes so many.
	configureGC(t, "[gc]\norphans = \"clean\"\nmost = 4\n")
	if status := runGC(t, h); status != "0" || !slices.Equal(list(t, "--all").orphans(), orphans) {
		t.Errorf("within the grace period: status %s, %q", status, list(t, "--all").orphans())
	}
	age(t, "since", gcSightings)
	if status := runGC(t, h); status != "0" || len(list(t, "--all").orphans()) != len(orphans)-4 {
		t.Errorf("after it: status %s, %q", status, list(t, "--all").orphans())
	}
	if status := runGC(t, h); status != "0" || len(list(t, "--all").orphans()) >= len(orphans)-4 {
		t.Errorf("the run after that: status %s, %q", status, list(t, "--all").orphans())
	}
	for range 5 {
		runGC(t, h)
	}
	if rest := list(t, "--all").orphans(); !slices.Equal(rest, []string{"vm removed"}) {
		t.Errorf("what is left is not what runs: %q", rest)
	}
	leavesNothing(t)
}

// TestMetricsService: what the service writes, node_exporter serves.
func TestMetricsService(t *testing.T) {
	lab.Require(t)
	for _, needed := range []string{"promtool", "prometheus-node-exporter"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip("needs the Debian packages prometheus prometheus-node-exporter")
		}
	}
	const folder, address = "/var/lib/prometheus/node-exporter", "127.0.0.1:9199"
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	installServices(t)
	// As Debian has it: the folder is the exporter's user's.
	shell(t, "install", "-d", "-o", "nobody", "-m755", folder)
	shell(t, "systemctl", "start", "microtui-metrics.service")
	t.Cleanup(func() { os.RemoveAll(folder) })
	if level := exposure(t, "microtui-metrics.service"); level > 2.5 {
		t.Errorf("systemd-analyze security: %v", level)
	}
	written := shell(t, "cat", folder+"/microtui.prom")
	for source := range strings.SplitSeq(shell(t, "sh", "-c", "grep -o 'microtui_source_up.* 0$' "+folder+"/microtui.prom || true"), "\n") {
		if source != "" {
			t.Errorf("hidden from the service: %s", source)
		}
	}
	shell(t, "sh", "-c", "promtool check metrics <"+folder+"/microtui.prom")

	exporter := asNobody(exec.Command("prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
		"--collector.textfile.directory="+folder, "--web.listen-address="+address))
	if err := exporter.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { exporter.Process.Kill(); exporter.Wait() })
	var served string
	h.Await("the exporter's answer", func() bool {
		reply, err := (&http.Client{Timeout: time.Second}).Get("http://" + address + "/metrics")
		if err != nil {
			return false
		}
		defer reply.Body.Close()
		body, err := io.ReadAll(reply.Body)
		served = string(body)
		return err == nil && strings.Contains(served, "microtui_build_info")
	})
	if !strings.Contains(served, "\nnode_textfile_scrape_error 0\n") {
		t.Error("the exporter reports an error")
	}
	for line := range strings.Lines(written) {
		// The exporter sorts labels, and writes large figures another way.
		name, _, _ := strings.Cut(line, "{")
		if name, _, _ = strings.Cut(name, " "); name != "#" && strings.Count(served, "\n"+name) != strings.Count("\n"+written, "\n"+name) {
			t.Errorf("%s: written %d times, served %d times", name, strings.Count("\n"+written, "\n"+name), strings.Count(served, "\n"+name))
		}
	}
	for _, want := range []string{
		`microvm_state{name="microvm@db.service",state="running",vm="db"} 1`,
		`microvm_state{name="microvm@stopped.service",state="running",vm="stopped"} 0`,
		`microvm_leftovers{kind="tap",verdict="orphan"} 2`,
		`node_textfile_mtime_seconds{file="` + folder + `/microtui.prom"}`,
	} {
		if !strings.Contains(served, "\n"+want) {
			t.Errorf("not served: %s", want)
		}
	}
}
