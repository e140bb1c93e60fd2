package process

import (
	"strings"
	"testing"

	"microtui/model"
)

func TestParseStat(t *testing.T) {
	rest := " S 1 2 2 0 -1 4194304 100 0 0 0 5 6 0 0 20 0 1 0 12345 1000 200 18446744073709551615"
	for text, want := range map[string]procStat{
		"7 (qemu-system-x86)" + rest:                                      {comm: "qemu-system-x86", parent: 1, started: 12345},
		"7 (a) S 1 (\n) b)" + rest:                                        {comm: "a) S 1 (\n) b", parent: 1, started: 12345},
		"7 ()" + strings.Replace(rest, " S", " Z", 1):                     {dead: true, parent: 1, started: 12345},
		"7 (kthreadd)" + strings.Replace(rest, " 4194304", " 2129984", 1): {comm: "kthreadd", kernel: true, parent: 1, started: 12345},
	} {
		if got, ok := parseStat([]byte(text)); !ok || got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
	for _, text := range []string{"", "7", "7 (a", "7 )a(", "7 (a) S 1"} {
		if got, ok := parseStat([]byte(text)); ok {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestParseCgroup(t *testing.T) {
	unit := "/system.slice/system-microvm.slice/microvm@web.service"
	for text, want := range map[string]string{
		"0::" + unit + "\n": unit,
		"4:memory:/x\n1:name=systemd:/legacy\n0::" + unit + "\n": unit,
		"4:memory:/x\n1:name=systemd:" + unit + "\n":             unit,
		"0::" + unit + " (deleted)\n":                            unit,
		"":                                                       "",
	} {
		if got := parseCgroup([]byte(text)); string(got) != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	for cgroup, want := range map[model.Raw]bool{
		model.Raw(unit): true, model.Raw(unit) + "/sub": true,
		`/system.slice/system-microvm\x2dvirtiofsd.slice/microvm-virtiofsd@web.service`: true,
		"/system.slice/install-microvm-web.service":                                     true,
		"/system.slice/system-microvm.slice":                                            false,
		"/user.slice/microvm.service":                                                   false,
		"/":                                                                             false,
	} {
		if inMicrovmUnit(cgroup) != want {
			t.Errorf("%s: not %v", cgroup, want)
		}
	}
}

func TestParseCgroupMount(t *testing.T) {
	const hybrid = `25 1 0:22 / /sys rw - sysfs sysfs rw
30 25 0:27 / /sys/fs/cgroup ro shared:9 - tmpfs tmpfs ro
31 30 0:28 /part /mnt/part rw shared:10 - cgroup2 cgroup2 rw
32 30 0:28 / /sys/fs/cgroup/uni\040fied rw shared:10 - cgroup2 cgroup2 rw
`
	if got := parseCgroupMount(hybrid); got != "/sys/fs/cgroup/uni fied" {
		t.Error(got)
	}
	if got := parseCgroupMount("30 25 0:27 / /x rw - tmpfs cgroup2 ro\n"); got != "" {
		t.Error(got)
	}
}

func TestParseFigures(t *testing.T) {
	for text, want := range map[string]bool{"populated 1\nfrozen 1\n": true, "populated 1\nfrozen 0\n": false, "": false, "frozen 10\n": false} {
		if got := parseFrozen([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	usage, user, system := parseCPU([]byte("usage_usec 1234\nuser_usec 1000\nsystem_usec 234\n"))
	if usage == nil || user == nil || system == nil || *usage != 1234 || *user != 1000 || *system != 234 {
		t.Error(usage, user, system)
	}
	if usage, user, _ := parseCPU([]byte("nice_usage_usec 5\nuser_usec 1\n")); usage != nil || user == nil || *user != 1 {
		t.Error("no usage, and one is told")
	}
	read, written := parseIO([]byte("8:0 rbytes=10 wbytes=3 rios=1 wios=1\n254:0 rbytes=5 wbytes=x\n"))
	if read != 15 || written != 3 {
		t.Error(read, written)
	}
	if n, ok := parseOOMKills([]byte("low 0\noom 4\noom_kill 3\noom_group_kill 1\n")); !ok || n != 3 {
		t.Error(n, ok)
	}
	if _, ok := parseOOMKills([]byte("oom 4\noom_group_kill 1\n")); ok {
		t.Error("no count of kills, and ok")
	}
	if n, ok := parseResident([]byte("100 25 3 1 0 1 0\n")); !ok || n != 25 {
		t.Error(n, ok)
	}
	if uid, ok := parseUID([]byte("Name:\tx\nUid:\t1\t997\t1\t1\nGid:\t0\t0\n")); !ok || uid != 997 {
		t.Error(uid, ok)
	}
	if name, ok := parseInterface([]byte("pos:\t0\nflags:\t02\niff:\tvm-a b\n")); !ok || name != "vm-a b" {
		t.Error(name, ok)
	}
	for path, want := range map[string]string{"/dev/tap12": "tap12", "/dev/tap": "", "/dev/tap1x": "", "/dev/tap99999999999": ""} {
		if got, _ := parseMacvtap([]byte(path)); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func FuzzProc(f *testing.F) {
	f.Add([]byte("7 (a) b) S 1 2 2 0 -1 4194304 100 0 0 0 5 6 0 0 20 0 1 0 12345 1000"))
	f.Add([]byte("0::/a\n1:name=systemd:/b\n"))
	f.Add([]byte("iff:\tvm-a\nUid:\t0\t0\nusage_usec 1\n12\x00"))
	f.Add([]byte(`1 2 0:3 / /a\040b rw - cgroup2 x`))
	f.Fuzz(func(t *testing.T, text []byte) {
		parseStat(text)
		parseUID(text)
		parseCPU(text)
		parseIO(text)
		parseOOMKills(text)
		parseRoot(string(text))
		parseVirtiofsd(text)
		parseResident(text)
		parsePID(text)
		parseCgroupMount(string(text))
		if name, ok := parseInterface(text); ok && (name == "" || strings.Contains(string(name), "\n")) {
			t.Errorf("interface %q", name)
		}
		if cgroup := parseCgroup(text); strings.Contains(string(cgroup), "\n") {
			t.Errorf("cgroup %q", cgroup)
		}
	})
}
