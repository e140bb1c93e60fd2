package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"microtui/lab"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Options{Beside: true}) }

func TestParseUsage(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n": 1500 * time.Microsecond,
		"user_usec 1000\nusage_usec 7\n":                     7 * time.Microsecond,
	} {
		if got, err := parseUsage(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	if got, err := parseUsage("user_usec 1000\n"); err == nil {
		t.Errorf("without usage it is %v", got)
	}
}

func TestParseResident(t *testing.T) {
	text := "00400000-7fffe8a3f000 ---p 00000000 00:00 0    [rollup]\nRss:                8420 kB\nPss:                4210 kB\n"
	if got, err := parseResident(text); err != nil || got != 8420<<10 {
		t.Errorf("it is %d, %v", got, err)
	}
	if got, err := parseResident("Pss: 1 kB\n"); err == nil {
		t.Errorf("without Rss it is %d", got)
	}
}

func TestWakeUps(t *testing.T) {
	text := "Name:\tmicrotui\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t9\n"
	if got := parseWakeUps(text); got != 150 {
		t.Errorf("%d wake-ups", got)
	}
	before := map[string]int64{"a": 100, "ended": 50}
	after := map[string]int64{"a": 130, "new": 7}
	if got := more(before, after); got != 37 {
		t.Errorf("%d more", got)
	}
}

func TestParseCalls(t *testing.T) {
	const head = "% time     seconds  usecs/call     calls    errors syscall\n------ ----------- ----------- --------- --------- ----------------\n"
	for text, want := range map[string]int{
		head + " 60.00    0.000030           1        30        12 read\n100.00    0.000050           1        42        12 total\n": 42,
		head + "100.00    0.000050           1        42           total\n":                                                          42,
		head + " 60.00    0.000030           1        30           total\n":                                                          30,
		"": 0,
	} {
		if got, err := parseCalls(text); err != nil || got != want {
			t.Errorf("%d, %v of %q", got, err, text)
		}
	}
	if got, err := parseCalls(head); err == nil {
		t.Errorf("%d without a total", got)
	}
}

func TestRowsComplete(t *testing.T) {
	row := "   vm-0007   running   declared  current     0.0 %  8.0K       0/0   1m\n"
	for _, c := range []struct {
		what, screen string
		want         bool
	}{
		{"all figures", strings.Repeat(row, 10), true},
		{"a row without CPU", strings.Repeat(row, 10) + "   vm-0010   running   declared  current            8.0K       0/0   1m\n", false},
		{"a row without memory", strings.Repeat(row, 10) + "   vm-0010   running   declared  current     0.0 %         0/0   1m\n", false},
		{"too few rows", row, false},
		{"nothing", "", false},
	} {
		if got := rowsComplete(c.screen); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestCheckList(t *testing.T) {
	out := []byte(`{"vms": [{"state": "running"}, {"state": "stopped"}]}`)
	if err := checkList(out, 1); err != nil {
		t.Error(err)
	}
	if checkList(out, 2) == nil {
		t.Error("a list that misses a VM is taken for an answer")
	}
	if checkList([]byte(`{"vms": [{"state": "running"}], "faults": [{"source": "systemd", "error": "no answer"}]}`), 1) == nil {
		t.Error("a list with a fault is taken for an answer")
	}
	if checkList([]byte("{"), 0) == nil {
		t.Error("half a document is taken for an answer")
	}
}

func TestMedian(t *testing.T) {
	self := func(n int) int { return n }
	for _, c := range []struct {
		all  []int
		want int
	}{{[]int{3}, 3}, {[]int{9, 1, 4}, 4}, {[]int{4, 1}, 1}} {
		if got := median(c.all, self); got != c.want {
			t.Errorf("of %v it is %d", c.all, got)
		}
	}
}

// host is a host on which microtui costs so much beside others.
func host(vms int, list, shell, watching, watch time.Duration, mib int64) result {
	return result{
		VMs:     vms,
		Answers: []answer{{Name: answerList, Cost: cost{Whole: list}}, {Name: answerShell, Cost: cost{Whole: shell}}},
		Screens: []screen{
			{Name: screenOwn, Watching: cost{Whole: watching}, Resident: mib << 20},
			{Name: screenWatch, Watching: cost{Whole: watch}},
		},
	}
}

func TestJudge(t *testing.T) {
	text, all := judge([]result{
		host(20, 50*time.Millisecond, 100*time.Millisecond, 2*time.Millisecond, 3*time.Millisecond, 21),
		host(300, 50*time.Millisecond, 399*time.Millisecond, 1*time.Millisecond, 3*time.Millisecond, 29),
	})
	if all {
		t.Error("all holds")
	}
	for _, want := range []string{
		"one list beside the shell's way, whole machine 20 0.500 ≤ 0.500 holds",
		"one list beside the shell's way, whole machine 300 0.125 ≤ 0.125 does not hold",
		"one list beside the other build's, whole machine 300 – ≤ 0.100 not measured",
		"watching beside watch systemctl, whole machine 20 0.667 ≤ 0.500 does not hold",
		"watching beside watch systemctl, whole machine 300 0.333 ≤ 0.500 holds",
		"resident memory 20 21.0 MiB ≤ 22.0 MiB holds",
		"resident memory 300 29.0 MiB ≤ 28.0 MiB does not hold",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "1000") {
		t.Errorf("it judges a host that was not measured:\n%s", text)
	}
}

func newMeter(t *testing.T) *meter {
	m, err := openMeter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(own); err != nil {
			t.Error(err)
		}
	})
	return m
}

// The meter says of a program, its children included, what the kernel says of
// it when it has ended; and of the rest of the lab that it did nothing.
func TestMeter(t *testing.T) {
	lab.Require(t)
	m := newMeter(t)
	cmd := exec.Command("bash", "-c", "(for n in {1..100000}; do :; done) & for n in {1..200000}; do :; done; wait")
	spent, err := m.during(func() error {
		if err := m.start(cmd); err != nil {
			return err
		}
		return cmd.Wait()
	})
	if err != nil {
		t.Fatal(err)
	}
	told := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if told < 50*time.Millisecond {
		t.Fatalf("the program used %v: too little to compare", told)
	}
	if off := (spent.Own - told).Abs(); off > told/20 {
		t.Errorf("measured %v, the kernel says %v", spent.Own, told)
	}
	if spent.Whole < spent.Own-time.Millisecond { // not read at one moment
		t.Errorf("the whole lab %v, less than the program's %v", spent.Whole, spent.Own)
	}
	// A program can be started where one was ended.
	for range 2 {
		sleeper := exec.Command("sleep", "inf")
		if err := m.start(sleeper); err != nil {
			t.Fatal(err)
		}
		if left, err := processes(); err != nil || len(left) != 1 {
			t.Fatalf("processes %v, %v", left, err)
		}
		if err := m.end(); err != nil {
			t.Fatal(err)
		}
		_ = sleeper.Wait()
	}
	answered := exec.Command("true")
	if err := m.start(answered); err != nil {
		t.Fatal(err)
	}
	if err := answered.Wait(); err != nil {
		t.Errorf("what is started after that: %v", err)
	}
}

// A terminal says when what is waited for came, and answers what it is asked.
func TestTerminal(t *testing.T) {
	lab.Require(t)
	m := newMeter(t)
	term, err := m.open(exec.Command("bash", "-c", `stty raw -echo; printf '\e[6n'; read -rsd R answer; printf 'the cursor is at%s' "${answer#*[}"; sleep inf`))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := term.await(shows("the cursor is at1;1"), time.Minute); !ok {
		t.Errorf("no answer; the screen:\n%s", term.text())
	}
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	if _, ok := term.await(shows("never"), time.Minute); ok {
		t.Error("it shows what nobody wrote")
	}
	term.close()
}
