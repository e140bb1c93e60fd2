package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// nixCommand runs nix without a daemon's settings, or skips.
func nixCommand(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("nix"); err != nil {
		t.Skip("needs the Debian packages nix-bin")
	}
	cmd := exec.Command("nix", append([]string{"--extra-experimental-features", "nix-command flakes"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("nix %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// TestVendorHash: the package is built from the modules that go.mod names.
func TestVendorHash(t *testing.T) {
	vendored := filepath.Join(t.TempDir(), "vendor")
	cmd := exec.Command("go", "mod", "vendor", "-o", vendored)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod vendor: %v\n%s", err, out)
	}
	hash := nixCommand(t, "hash", "path", vendored)
	text, err := os.ReadFile("../nix/package.nix")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `vendorHash = "`+hash+`";`) {
		t.Errorf("nix/package.nix has another vendorHash: it is %s now", hash)
	}
}
