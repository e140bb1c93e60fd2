package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

func usersOf(t testing.TB, dir string) map[int]Holder {
	t.Helper()
	var st unix.Stat_t
	must(t, unix.Stat(dir, &st))
	found, err := Using(context.Background(), dir, model.FileID{Dev: st.Dev, Ino: st.Ino})
	must(t, err)
	all := make(map[int]Holder)
	for _, h := range found {
		all[h.PID] = h
	}
	if len(all) != len(found) || !slices.IsSortedFunc(found, func(a, b Holder) int { return a.PID - b.PID }) {
		t.Errorf("%+v", found)
	}
	return all
}

// ready starts a command and waits for a line of it.
func ready(t testing.TB, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	out, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	t.Cleanup(func() { stop(cmd) })
	_, err = bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return cmd
}

func script(t testing.TB, text string, args ...string) *exec.Cmd {
	return ready(t, exec.Command("bash", append([]string{"-ec", text, "bash"}, args...)...))
}

// Each way of using a directory is found, before it is renamed and after, and
// no process that uses another one.
// TestHoldersAreNamed: a script of the store has half a hash for its comm.
func TestHoldersAreNamed(t *testing.T) {
	const hash = "2zkd6vjxq1sg5mgz5wzvqk1nq0h3rvxl"
	script := filepath.Join(t.TempDir(), hash+"-work")
	must(t, os.WriteFile(script, []byte("#!/bin/bash\necho\nread\n"), 0o755))
	cmd := exec.Command(script)
	_, err := cmd.StdinPipe() // which it reads until it is closed
	must(t, err)
	ready(t, cmd)
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(proc)
	if got := programOf(proc, cmd.Process.Pid, make([]byte, 4<<10)); got != "bash" {
		t.Errorf("%q", got)
	}
}

func TestUsing(t *testing.T) {
	lab.Require(t)
	dir := vmDir(t, "web")
	other := vmDir(t, "web2")
	for _, d := range []string{dir, other} {
		must(t, os.MkdirAll(d+"/share/sub", 0o755))
		command(t, "cp", "/bin/busybox", d+"/busybox")
		must(t, os.WriteFile(d+"/mapped", make([]byte, 4096), 0o644))
	}
	users := map[string]func(dir string) *exec.Cmd{
		"is working in DIR":       func(dir string) *exec.Cmd { return run(t, 0, dir, "sleep") },
		"is working in DIR/share": func(dir string) *exec.Cmd { return run(t, 0, dir+"/share", "sleep") },
		"is running DIR/busybox": func(dir string) *exec.Cmd {
			cmd := exec.Command(dir+"/busybox", "sleep", "inf")
			must(t, cmd.Start())
			t.Cleanup(func() { stop(cmd) })
			return cmd
		},
		"has DIR/disk.img open": func(dir string) *exec.Cmd {
			return script(t, `exec 9<"$1/disk.img"; echo; exec sleep inf`, dir)
		},
		"has DIR open": func(dir string) *exec.Cmd { return script(t, `exec 9<"$1"; echo; exec sleep inf`, dir) },
		"has DIR/lost (deleted) open": func(dir string) *exec.Cmd {
			return script(t, `exec 9>"$1/lost"; rm "$1/lost"; echo; exec sleep inf`, dir)
		},
		"has DIR/share as its root": func(dir string) *exec.Cmd {
			cmd := exec.Command("/busybox", "sleep", "inf")
			command(t, "cp", "/bin/busybox", dir+"/share/busybox")
			cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: dir + "/share"}
			cmd.Dir = "/"
			must(t, cmd.Start())
			t.Cleanup(func() { stop(cmd) })
			return cmd
		},
		"has DIR/mapped mapped": func(dir string) *exec.Cmd { return inRole(t, "map", dir+"/mapped") },
		"thread in DIR":         func(dir string) *exec.Cmd { return inRole(t, "thread", dir+"/share/sub") },
		"has /mnt mounted": func(dir string) *exec.Cmd {
			return ready(t, exec.Command("unshare", "-m", "--propagation", "private", "sh", "-c",
				`mount --bind "$1/share" /mnt && echo && exec sleep inf`, "sh", dir))
		},
		"namespace alone": func(string) *exec.Cmd {
			return ready(t, exec.Command("unshare", "-m", "sh", "-c", `echo && exec sleep inf`))
		},
	}
	want := make(map[int]string)
	for how, use := range users {
		pid := use(dir).Process.Pid
		if how != "namespace alone" {
			want[pid] = how
		}
		use(other)
	}
	check := func(dir string) {
		t.Helper()
		got := usersOf(t, dir)
		for pid, how := range want {
			how = strings.ReplaceAll(how, "DIR", dir)
			if strings.HasPrefix(how, "has "+dir+"/share as") || strings.HasPrefix(how, "thread") {
				how = "is working in " + dir + "/share"
			}
			if h, ok := got[pid]; !ok || !strings.HasPrefix(string(h.How), how) || h.Program == "" {
				t.Errorf("%s: %+v", how, h)
			}
			delete(got, pid)
		}
		if len(got) > 0 {
			t.Errorf("others: %+v", got)
		}
	}
	check(dir)
	moved := dir + ".moved"
	must(t, os.Rename(dir, moved))
	t.Cleanup(func() { os.RemoveAll(moved) })
	check(moved)
}

// virtiofsd has what it serves as its root, in a mount namespace of its own.
func TestUsingByVirtiofsd(t *testing.T) {
	lab.Require(t)
	dir := vmDir(t, "web")
	must(t, os.MkdirAll(dir+"/share", 0o755))
	socket := filepath.Join(t.TempDir(), "socket")
	cmd := exec.Command("/usr/lib/qemu/virtiofsd", "-f", "--socket-path="+socket, "-o", "source="+dir+"/share")
	must(t, cmd.Start())
	t.Cleanup(func() { stop(cmd) })
	var client net.Conn
	wait(t, "its socket", func() (err error) {
		client, err = net.Dial("unix", socket)
		return err
	})
	defer client.Close()
	serves := func(dir string) error {
		found := usersOf(t, dir)
		if h := found[cmd.Process.Pid]; h.Program != "virtiofsd" || h.How != "has / mounted" {
			return fmt.Errorf("process %d is not among %+v", cmd.Process.Pid, found)
		}
		return nil
	}
	wait(t, "its sandbox", func() error { return serves(dir) })
	moved := dir + ".moved"
	must(t, os.Rename(dir, moved))
	t.Cleanup(func() { os.RemoveAll(moved) })
	must(t, serves(moved))
}

func wait(t testing.TB, what string, is func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if err = is(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, err)
}

func TestUsingOfWhatIsNoDirectory(t *testing.T) {
	lab.Require(t)
	for _, path := range []string{"", "/", "x", "/a/../b", "/nowhere"} {
		if found, err := Using(context.Background(), path, model.FileID{Dev: 1, Ino: 1}); err == nil {
			t.Errorf("%q: %+v", path, found)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Using(ctx, "/tmp", model.FileID{Dev: 1, Ino: 1}); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "\n") {
		t.Errorf("cancelled: %v", err)
	}
}

// BenchmarkUsing looks for the users of a directory among 1,000 processes.
func BenchmarkUsing(b *testing.B) {
	lab.Require(b)
	dir := vmDir(b, "web")
	script(b, `for i in {1..1000}; do sleep inf & done; echo; wait`)
	for b.Loop() {
		if found := usersOf(b, dir); len(found) > 0 {
			b.Fatalf("%+v", found)
		}
	}
}

// roleVariable makes this program one that uses a file or a directory.
const roleVariable = "PROCESS_TEST_ROLE"

var roles = map[string]func(path string) error{
	"map": func(path string) error {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = unix.Mmap(int(file.Fd()), 0, 4096, unix.PROT_READ, unix.MAP_SHARED)
		return err
	},
	"thread": func(path string) error {
		done := make(chan error)
		go func() {
			runtime.LockOSThread()
			err := unix.Unshare(unix.CLONE_FS)
			if err == nil {
				err = unix.Chdir(path)
			}
			done <- err
			for {
				_ = unix.Pause()
			}
		}()
		return <-done
	},
}

func inRole(t testing.TB, role, path string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", path)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Dir = "/"
	return ready(t, cmd)
}

func playRole(role func(string) error) {
	if err := role(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ready")
	for {
		_ = unix.Pause()
	}
}
