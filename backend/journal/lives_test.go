package journal

import (
	"os"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/model"
)

// runs makes web's unit one of Type=simple that systemd restarts.
func runs(t *testing.T, lines ...string) {
	t.Helper()
	text := "[Unit]\nStartLimitIntervalSec=0\nConditionPathExists=!/run/skip-web\n[Service]\nRestart=always\nRestartSec=200ms\n" + strings.Join(lines, "\n") + "\n"
	must(t, os.WriteFile("/etc/systemd/system/"+string(web), []byte(text), 0o644))
	command(t, "systemctl", "daemon-reload")
}

// keepLoaded starts web's unit together with one that wants it, so that systemd
// does not forget it, nor its counter, when it is off.
func keepLoaded(t *testing.T) {
	t.Helper()
	const keeper = "/etc/systemd/system/keeper.service"
	must(t, os.WriteFile(keeper, []byte("[Unit]\nWants="+string(web)+"\n[Service]\nExecStart=/bin/sleep infinity\n"), 0o644))
	command(t, "systemctl", "daemon-reload")
	command(t, "systemctl", "start", "keeper.service")
	t.Cleanup(func() {
		command(t, "systemctl", "stop", "keeper.service")
		must(t, os.Remove(keeper))
	})
}

func property(t *testing.T, name string) string {
	return command(t, "systemctl", "show", "--value", "-p", name, string(web))
}

func livesNow(t *testing.T) model.UnitLives {
	t.Helper()
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	must(t, err)
	lives, err := Lives(t.Context(), web, property(t, "InvocationID"), strings.TrimSpace(string(boot)))
	must(t, err)
	return lives
}

// TestLives: what the journal tells of a unit that crashes again and again,
// is stopped between two lives, repaired and started, and reboots.
func TestLives(t *testing.T) {
	journald(t, unlimited...)
	t.Cleanup(func() {
		command(t, "systemctl", "stop", string(web))
		must(t, os.Remove("/etc/systemd/system/"+string(web)))
	})
	runs(t, `ExecStart=/bin/sh -c 'echo booting; echo; sleep 0.05; echo "no such disk"; echo; exit 3'`, `ExecStop=/bin/sh -c 'echo shutting down'`)
	keepLoaded(t)
	lab.Await(t, "three restarts", func() bool { return property(t, "NRestarts") >= "3" })
	var lives model.UnitLives
	lab.Await(t, "three lives", func() bool { lives = livesNow(t); return len(lives.Ended) >= 3 })
	if !lives.Whole {
		t.Errorf("there were more lives before: %+v", lives)
	}
	for _, l := range lives.Ended {
		if l.Result != "exit-code" || l.Code != "exited" || l.Status != 3 || l.Asked || l.Began.IsZero() || !l.Ended.After(l.Began) || len(l.Invocation) != 32 {
			t.Errorf("a life: %+v", l)
		}
	}
	if last := lives.Ended[len(lives.Ended)-1]; last.LastWords() != "no such disk" || len(last.Said) != 2 {
		t.Errorf("its last words: %q", last.Said)
	}

	// Stopped while it waits for its restart, NRestarts survives.
	runs(t, `ExecStart=/bin/sh -c 'exit 3'`, "RestartSec=1h")
	lab.Await(t, "the pause", func() bool { return property(t, "SubState") == "auto-restart" && property(t, "RestartUSec") == "1h" })
	command(t, "systemctl", "stop", string(web))
	runs(t, "ExecStart=/bin/sleep infinity")
	command(t, "systemctl", "start", string(web))
	if property(t, "NRestarts") < "3" {
		t.Log("systemd counts from the start on")
	}
	// The journal may be behind what systemctl says.
	lab.Await(t, "the life of the repaired", func() bool { lives = livesNow(t); return len(lives.Ended) == 0 && lives.Whole })
	invocation := property(t, "InvocationID")
	command(t, "systemctl", "stop", string(web))
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if l := lifeOf(t.Context(), web, invocation, strings.TrimSpace(string(boot))); l == nil || !l.Asked || l.Result != "success" {
		t.Errorf("of the stopped: %+v", l)
	}

	// Clean ends, and one whose stop script fails.
	runs(t, `ExecStart=/bin/sh -c 'sleep 0.05'`, `ExecStop=/bin/sh -c 'exit 1'`)
	command(t, "systemctl", "start", string(web))
	lab.Await(t, "three clean ends", func() bool { lives = livesNow(t); return len(lives.Ended) >= 3 })
	for _, l := range lives.Ended {
		if l.Result != "exit-code" || l.Code != "" {
			t.Errorf("a clean end: %+v", l)
		}
	}
}

// TestLivesSayWhoEndedThem: only microvm-shutdown's connection can tell what
// QMP said, and the hypervisor's that it got a signal.
func TestLivesSayWhoEndedThem(t *testing.T) {
	journald(t, unlimited...)
	t.Cleanup(func() {
		command(t, "systemctl", "stop", string(web))
		must(t, os.Remove("/etc/systemd/system/"+string(web)))
	})
	event := func(reason string) string {
		return `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "` + reason + `"}}`
	}
	// What journald has not read when the unit is gone, it cannot tell whose it is.
	const stop = `ExecStop=/bin/sh -c 'cat /run/script; journalctl --sync'`
	qemu := "qemu-system-x86_64: terminating on signal 15 from pid 1 (/sbin/init)"
	for name, test := range map[string]struct {
		console, script string
		want            model.EndedBy
	}{
		"the guest rebooted":       {"login:", event("guest-reset"), model.EndedByReset},
		"systemd did":              {qemu, `{"return": {}}`, model.EndedBySignal},
		"the guest was first":      {qemu, event("guest-shutdown"), model.EndedByShutdown},
		"the guest writes as QMP":  {event("guest-shutdown"), `{"return": {}}`, ""},
		"the guest writes nothing": {"", "", ""},
	} {
		must(t, os.WriteFile("/run/console", []byte(test.console+"\n"), 0o644))
		must(t, os.WriteFile("/run/script", []byte(test.script+"\n"), 0o644))
		runs(t, `ExecStart=/bin/sh -c 'echo boot; cat /run/console; exec sleep infinity'`, stop)
		command(t, "systemctl", "start", string(web))
		lab.Await(t, "the console", func() bool {
			return test.console == "" || strings.Contains(command(t, "journalctl", "-o", "cat", "_SYSTEMD_INVOCATION_ID="+property(t, "InvocationID")), test.console)
		})
		invocation := property(t, "InvocationID")
		command(t, "systemctl", "stop", string(web))
		l := lifeOf(t.Context(), web, invocation, "")
		if l == nil || l.By != test.want {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// TestSkippedStartIsNone: systemd tells of a start that was skipped as of one
// that was done, with the run before it.
func TestSkippedStartIsNone(t *testing.T) {
	journald(t, unlimited...)
	t.Cleanup(func() {
		os.Remove("/run/skip-web")
		command(t, "systemctl", "stop", string(web))
		must(t, os.Remove("/etc/systemd/system/"+string(web)))
	})
	runs(t, "ExecStart=/bin/sleep infinity")
	command(t, "systemctl", "start", string(web))
	command(t, "systemctl", "stop", string(web))
	must(t, os.WriteFile("/run/skip-web", nil, 0o644))
	for range 3 {
		command(t, "systemctl", "start", string(web))
	}
	command(t, "journalctl", "--sync")
	q := all(web)
	var skipped []model.LogEntry
	lab.Await(t, "three skips", func() bool {
		skipped = nil
		entries, _ := readAll(t, q)
		for _, e := range entries {
			if strings.Contains(string(e.Message), "was skipped because") {
				skipped = append(skipped, e)
			}
		}
		return len(skipped) == 3
	})
	for _, e := range skipped {
		if e.Invocation != "" {
			t.Errorf("a skipped start has a run: %+v", e)
		}
	}
	for _, last := range []int{-1, 1} {
		q.Starts, q.Last = true, last
		starts, _ := readAll(t, q)
		if len(starts) != 1 || string(starts[0].Message) != "Started microvm@web.service." && string(starts[0].Message) != "Started "+string(web)+"." {
			t.Errorf("the last %d starts: %q", last, messages(starts))
		}
	}
	q.Before = skipped[2].Cursor
	if starts, _ := readAll(t, q); len(starts) != 1 || !strings.HasPrefix(string(starts[0].Message), "Started ") {
		t.Errorf("the start before a skip: %q", messages(starts))
	}
}
