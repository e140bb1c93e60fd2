package nix

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hostile is an environment that tells nix, git, ssh and the linker to run or
// to believe something.
var hostile = []string{
	"PATH=/srv/evil", "LD_PRELOAD=/srv/evil.so", "NIX_CONFIG=post-build-hook = /srv/evil", "NIX_USER_CONF_FILES=/srv/evil", "NIX_PATH=x=/srv/evil",
	"NIX_REMOTE=unix:///srv/evil", "NIX_SSHOPTS=-oProxyCommand=/srv/evil", "GIT_SSH_COMMAND=/srv/evil", "GIT_SSH=/srv/evil", "GIT_CONFIG_COUNT=1",
	"GIT_EXEC_PATH=/srv/evil", "XDG_CONFIG_HOME=/srv/evil", "TMPDIR=/srv/evil", "SSH_ASKPASS=/srv/evil", "IN_SYSTEMD=1", "HOME=relative",
	"SSH_AUTH_SOCK=/etc/passwd", "SUDO_UID=-1 x", "http_proxy=http://a\nb", "BASH_ENV=/srv/evil", "=x", "x", "",
}

// ask runs a program as nix is run.
func ask(t *testing.T, program string, caller []string, args ...string) []string {
	t.Helper()
	var out, errs bytes.Buffer
	if err := newProgram(program).run(context.Background(), args, caller, &out, &errs); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, &errs)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

func TestEnvironment(t *testing.T) {
	got := ask(t, "/usr/bin/env", hostile)
	slices.Sort(got)
	want := []string{
		"GIT_TERMINAL_PROMPT=0", "HOME=" + ownHome(), "LC_ALL=C.UTF-8", "NO_COLOR=1",
		"PATH=/usr/bin:" + strings.Join(places, ":"), "SSH_ASKPASS_REQUIRE=never",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestEnvironmentOfTheCaller(t *testing.T) {
	home := t.TempDir()
	agent, err := net.Listen("unix", filepath.Join(home, "agent"))
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	wish := []string{"HOME=" + home, "SSH_AUTH_SOCK=" + home + "/agent", "SUDO_UID=1000", "https_proxy=http://proxy:3128", "NO_PROXY=localhost"}
	got := ask(t, "/usr/bin/env", append(slices.Clone(hostile), wish...))
	for _, entry := range wish {
		if !slices.Contains(got, entry) {
			t.Errorf("%s is missing in %q", entry, got)
		}
	}
	// A home in which others write, and one that is another user's.
	if err := os.Chmod(home, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, "/usr/bin/env", wish); !slices.Contains(got, "HOME="+ownHome()) {
		t.Errorf("a home for all is used: %q", got)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(home, 1000, 1000); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(home, 0o700); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, "/usr/bin/env", wish); !slices.Contains(got, "HOME="+ownHome()) {
			t.Errorf("somebody else's home is used: %q", got)
		}
	}
}

// It leads a session of its own without a terminal, works in / and reads
// nothing.
func TestChild(t *testing.T) {
	stat := strings.Fields(ask(t, "/bin/cat", nil, "/proc/self/stat")[0])
	if pid, group, session, terminal := stat[0], stat[4], stat[5], stat[6]; pid != group || pid != session || terminal != "0" {
		t.Errorf("process %s is of group %s, session %s, terminal %s", pid, group, session, terminal)
	}
	for link, want := range map[string]string{"cwd": "/", "fd/0": "/dev/null"} {
		if got := ask(t, "/bin/readlink", nil, "/proc/self/"+link); got[0] != want {
			t.Errorf("%s is %s, want %s", link, got, want)
		}
	}
}

func TestFindTrusts(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: to make what is root's")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "nix")
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := find("nix", []string{"", ".", "relative", dir}); got != path {
		t.Errorf("found %q", got)
	}
	for _, mode := range []os.FileMode{0o775, 0o757, 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if got := find("nix", []string{dir}); got != "" {
			t.Errorf("mode %o: found %q", mode, got)
		}
	}
	t.Setenv("PATH", dir)
	for _, place := range places {
		if _, err := os.Stat(filepath.Join(place, "nix")); err == nil {
			return
		}
	}
	if _, err := Find(); err == nil || !strings.Contains(err.Error(), "add nix") {
		t.Errorf("found: %v", err)
	}
}
