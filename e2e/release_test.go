package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestStampedVersion: what is built with a version says it, whatever git knows.
func TestStampedVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "microtui")
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags", "-X microtui/cli.version=v9.8.7 -X microtui/cli.revision=abc", "-o", path, "microtui")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	out, err := exec.Command(path, "version", "--json").Output()
	var got struct{ Version, Revision string }
	if err != nil || json.Unmarshal(out, &got) != nil || got.Version != "v9.8.7" || got.Revision != "abc" {
		t.Errorf("%v: %s", err, out)
	}
	manual := exec.Command(path, "man")
	manual.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=86400")
	if out, err := manual.Output(); err != nil || string(out[:len(`.TH "MICROTUI" "1" "1970-01-02"`)]) != `.TH "MICROTUI" "1" "1970-01-02"` {
		t.Errorf("%v: %.60s", err, out)
	}
}
