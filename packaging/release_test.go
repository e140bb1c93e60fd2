package packaging

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"microtui/lab"
)

// released is where the release lies that the tests look at.
var released string

func TestMain(m *testing.M) {
	lab.Init()
	folder, err := os.MkdirTemp("", "release-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	released = folder
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

// shell runs a command and gives what it prints.
func shell(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, exec.Command(args[0], args[1:]...))
}

func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", cmd.Args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// skip skips a test for want of something, but where nothing may be missing.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("MICROTUI_LAB") == "require" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// offline is what Go says where it may not, or cannot, fetch a tool.
var offline = regexp.MustCompile(`dial tcp|no such host|GOPROXY=off`)

// release makes a release of a checkout, for this architecture.
func release(t *testing.T, checkout, dist string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(checkout, "packaging/dist"))
	cmd.Env = append(os.Environ(), "DIST="+dist, "ARCHS="+runtime.GOARCH, "VERSION=v1.2.3-rc.1", "REVISION=0abc", "SOURCE_DATE_EPOCH=1767225600")
	if out, err := cmd.CombinedOutput(); offline.Match(out) && err != nil {
		skip(t, "needs the Go module proxy, for the tools that make packages")
	} else if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// theRelease is made once.
func theRelease(t *testing.T) string {
	t.Helper()
	dist := filepath.Join(released, "dist")
	if _, err := os.Stat(dist + "/SHA256SUMS"); err != nil {
		release(t, "..", dist)
	}
	return dist
}

func only(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q, %v", pattern, found, err)
	}
	return found[0]
}

// TestSameBits: a release of the same sources is the same, wherever they lie,
// whoever reads them, and whenever they were fetched.
func TestSameBits(t *testing.T) {
	dist := theRelease(t)
	elsewhere := filepath.Join(t.TempDir(), "another", "place")
	shell(t, "sh", "-c", `mkdir -p "$0" && tar -C .. --exclude=./.git --exclude=./dist -c . | tar -C "$0" -xm && chmod -R go= "$0"`, elsewhere)
	again := t.TempDir()
	release(t, elsewhere, again)
	one, two := shell(t, "cat", dist+"/SHA256SUMS"), shell(t, "cat", again+"/SHA256SUMS")
	if one != two || strings.Count(one, "\n") != 2 {
		t.Errorf("here:\n%s\nelsewhere:\n%s", one, two)
	}
}

// TestMadeOf: the list of what the program is made of is what Go says of it.
func TestMadeOf(t *testing.T) {
	dist := theRelease(t)
	text, err := os.ReadFile(only(t, dist+"/*.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		BOMFormat string
		Metadata  struct {
			Component struct{ Name, Version string }
		}
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(text, &bill); err != nil {
		t.Fatal(err)
	}
	if c := bill.Metadata.Component; bill.BOMFormat != "CycloneDX" || c.Name != "microtui" || c.Version != "v1.2.3-rc.1" {
		t.Errorf("it is the list of %+v", bill.Metadata)
	}
	listed := make(map[string]string)
	for _, c := range bill.Components {
		listed[c.Name] = c.Version
	}
	unpacked := t.TempDir()
	shell(t, "tar", "-xzf", only(t, dist+"/*.tar.gz"), "-C", unpacked)
	program := only(t, unpacked+"/*/microtui")
	if said := shell(t, program, "version"); !strings.HasPrefix(said, "microtui v1.2.3-rc.1 ") {
		t.Errorf("the program says %q", said)
	}
	parts := 0
	for line := range strings.Lines(shell(t, "go", "version", "-m", program)) {
		if fields := strings.Fields(line); fields[0] == "dep" {
			parts++
			if listed[fields[1]] != fields[2] {
				t.Errorf("%s %s is in the program, and listed is %q", fields[1], fields[2], listed[fields[1]])
			}
		}
	}
	if parts < 10 || listed["std"] == "" || len(listed) != parts+1 {
		t.Errorf("of %d modules and Go's own, %d are listed: %v", parts, len(listed), listed)
	}
}

// TestDebianVersions: dpkg takes what is newer for newer.
func TestDebianVersions(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		skip(t, "needs dpkg")
	}
	script, err := os.ReadFile("dist")
	if err != nil {
		t.Fatal(err)
	}
	choose := regexp.MustCompile(`(?ms)^case \$VERSION in.*?^esac$`).Find(script)
	before := ""
	for _, version := range []string{"0abcdef", "v1.2.3-alpha.1", "v1.2.3-rc.1", "v1.2.3-rc.1-4-g0abcdef", "v1.2.3", "v1.2.3-4-g0abcdef", "v1.3.0"} {
		cmd := exec.Command("bash", "-euc", string(choose)+"\necho $deb")
		cmd.Env = append(os.Environ(), "VERSION="+version, "SOURCE_DATE_EPOCH=86400")
		now := run(t, cmd)
		if before != "" {
			shell(t, "dpkg", "--compare-versions", before, "lt", now)
		}
		before = now
	}
}

// TestLintian: lintian finds nothing but what the overrides give reasons for.
func TestLintian(t *testing.T) {
	if _, err := exec.LookPath("lintian"); err != nil {
		skip(t, "needs the Debian packages lintian")
	}
	cmd := exec.Command("lintian", "--fail-on=error,warning", only(t, theRelease(t)+"/*.deb"))
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil || out.Len() > 0 {
		t.Errorf("%v\n%s", err, out.String())
	}
}
