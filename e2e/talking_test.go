package e2e

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// roleTalk is a hypervisor whose guest prints numbered lines, once there is the
// file talkNow. Arguments: how many, or 0 for no end; and how many a second, or
// 0 for as fast as journald takes them.
const roleTalk = "talk"

const talkNow = "/run/talk-now"

func init() { lab.Role(roleTalk, talk) }

func talk() error {
	lines, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	perSecond, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	for look := time.NewTicker(5 * time.Millisecond); ; <-look.C {
		if _, err := os.Stat(talkNow); err == nil {
			break
		}
	}
	out := bufio.NewWriterSize(os.Stdout, 8<<10)
	pace := time.NewTicker(time.Second / time.Duration(max(1, perSecond)))
	for n := 0; n < lines || lines == 0; n++ {
		fmt.Fprintf(out, "line %d of some ordinary length, as a guest would print it\n", n)
		if perSecond > 0 {
			out.Flush()
			<-pace.C
		}
	}
	out.Flush()
	if err := os.WriteFile(talkedBy(os.Args[0]), nil, 0o644); err != nil {
		return err
	}
	// Its guest has nothing more to say. (A select without cases would be a
	// deadlock to Go, and systemd would start the VM again.)
	<-time.After(24 * time.Hour)
	return nil
}

// talkedBy is the file that there is once a hypervisor's guest has said all.
func talkedBy(hypervisor string) string { return "/run/talked-" + hypervisor }

// talks makes a VM whose guest talks.
func talks(t *testing.T, h *fixture.Host, vm string, lines, perSecond int) {
	t.Helper()
	h.Create(vm)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	role := lab.RoleCommand(roleTalk).Env
	folder := "/run/systemd/system/microvm@" + vm + ".service.d"
	text := fmt.Sprintf("[Service]\nUser=root\nEnvironment=%s\nExecStart=\nExecStart=@%s microvm@%s %d %d\nExecStop=\n", role[len(role)-1], self, vm, lines, perSecond)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/talk.conf", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		os.RemoveAll(folder)
		os.Remove(talkedBy("microvm@" + vm))
	})
	shell(t, "systemctl", "daemon-reload")
}

// letTalk lets them begin.
func letTalk(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(talkNow, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(talkNow) })
}

// journald gives the lab a journal with other settings.
func journald(t *testing.T, settings ...string) {
	t.Helper()
	const dropIn = "/etc/systemd/journald.conf.d/zz-test.conf"
	restart := func() {
		units := []string{"systemd-journald.socket", "systemd-journald-dev-log.socket", "systemd-journald.service"}
		shell(t, "systemctl", append([]string{"stop"}, units...)...)
		files, _ := filepath.Glob("/var/log/journal/*/*.journal")
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		shell(t, "systemctl", append([]string{"reset-failed"}, units...)...)
		shell(t, "systemctl", append([]string{"start"}, units...)...)
		shell(t, "journalctl", "--flush")
	}
	if err := os.WriteFile(dropIn, []byte("[Journal]\n"+strings.Join(settings, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	restart()
	t.Cleanup(func() {
		os.Remove(dropIn)
		restart()
	})
}

// long reports whether the long versions of tests are wanted.
func long() bool { return os.Getenv("MICROTUI_LONG") != "" }

var talked = regexp.MustCompile(`line ([0-9]+) of some|lines may be (missing) here`)

// numbersOn are the numbers of the lines on a screen, from the top. Where it
// says that some may be missing, there is a -1.
func numbersOn(screen string) []int {
	var numbers []int
	for _, found := range talked.FindAllStringSubmatch(screen, -1) {
		n, err := strconv.Atoi(found[1])
		if err != nil {
			n = -1
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// figure is a number in the heading of a log: "%d dropped", "paused, %d newer";
// 0 where it is not there.
func figure(screen, before, after string) int {
	found := regexp.MustCompile(regexp.QuoteMeta(before) + `([0-9]+) ` + after).FindStringSubmatch(screen)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// resident is the memory of a program, in bytes.
func resident(t *testing.T, s *screentest.Screen) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.Process().Pid))
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
