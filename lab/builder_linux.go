package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// stageRoot is where the root file system is put together: in the builder's
// own mount namespace nothing else needs /run.
const stageRoot = "/run/root"

// build makes the lab's root file system and becomes its systemd. It runs as
// PID 1 of new namespaces, in the lab's cgroup.
func build() error {
	// Namespaces belong to a thread; the one that unshares has to be the one
	// that executes systemd.
	runtime.LockOSThread()
	o, err := readOptions()
	if err != nil {
		return err
	}
	// Not among the flags of the clone: that one would take the keeper's
	// cgroup as the root.
	if err := unix.Unshare(unix.CLONE_NEWCGROUP); err != nil {
		return fmt.Errorf("unshare cgroup namespace: %w", err)
	}
	sources, err := openSources(o)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		mountRoot,
		mountSystem,
		func() error { return sources.install(stageRoot) },
		func() error { return writeUnits(stageRoot, o.Hostname) },
		func() error { return unix.Sethostname([]byte(o.Hostname)) },
		raiseLoopback,
		pivot,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	argv := []string{"/lib/systemd/systemd", "--system", "--unit=lab.target", "--log-target=journal", "--show-status=0"}
	return unix.Exec(argv[0], argv, []string{"container=lab", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=linux"})
}

// readOptions reads what [Boot] passed on.
func readOptions() (o Options, err error) {
	if err := json.Unmarshal([]byte(os.Getenv(optionsVariable)), &o); err != nil {
		return o, fmt.Errorf("read options: %w", err)
	}
	return o, nil
}

// mountRoot makes an overlay of the machine's root: all writes go to memory.
func mountRoot() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := mountTmpfs("/run"); err != nil {
		return err
	}
	for _, dir := range []string{"/run/upper", "/run/work", stageRoot} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount("lab", stageRoot, "overlay", 0, "lowerdir=/,upperdir=/run/upper,workdir=/run/work"); err != nil {
		return fmt.Errorf("mount overlay: %w", err)
	}
	return nil
}

// mountSystem mounts the kernel's file systems and the folders that must be
// real ones: on an overlay a directory's inode can change and a file has
// another device number than its directory.
func mountSystem() error {
	for _, dir := range []string{"/run", "/tmp", "/var/lib", "/var/log", "/nix"} {
		if err := mountTmpfs(stageRoot + dir); err != nil {
			return err
		}
	}
	if err := os.Chmod(stageRoot+"/tmp", 0o777|os.ModeSticky); err != nil {
		return err
	}
	for _, m := range []struct{ kind, at string }{
		{"proc", "/proc"}, {"sysfs", "/sys"}, {"cgroup2", "/sys/fs/cgroup"},
	} {
		if err := unix.Mount(m.kind, stageRoot+m.at, m.kind, unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.kind, err)
		}
	}
	if err := protectSettings(); err != nil {
		return err
	}
	// Only the machine's own devtmpfs shows the /dev/tapN of a macvtap.
	if err := unix.Mount("/dev", stageRoot+"/dev", "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind /dev: %w", err)
	}
	return mountTmpfs(stageRoot + "/dev/shm")
}

// protectSettings makes the kernel settings that are the machine's read-only:
// systemd raises fs.file-max and fs.nr_open at start.
func protectSettings() error {
	for _, name := range []string{"fs", "kernel", "vm", "dev"} {
		at := stageRoot + "/proc/sys/" + name
		if err := unix.Mount(at, at, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s: %w", at, err)
		}
		if err := unix.Mount("", at, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			return fmt.Errorf("protect %s: %w", at, err)
		}
	}
	return nil
}

func mountTmpfs(at string) error {
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", at, "tmpfs", unix.MS_NODEV, "mode=0755"); err != nil {
		return fmt.Errorf("mount %s: %w", at, err)
	}
	return nil
}

// raiseLoopback sets lo up.
func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("raise loopback: %w", err)
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("raise loopback: %w", err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("raise loopback: %w", err)
	}
	return nil
}

// pivot makes the new root the root. A chroot would not do: nix saves and
// re-enters its mount namespace and would land on the machine's root.
func pivot() error {
	if err := os.Chdir(stageRoot); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("pivot root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("unmount old root: %w", err)
	}
	return os.Chdir("/")
}

// sources are the machine's files and folders that the lab is to have, opened
// before anything is mounted over them.
type sources struct {
	files   map[string]*os.File
	folders map[string]*os.File
}

func openSources(o Options) (sources, error) {
	s := sources{map[string]*os.File{}, map[string]*os.File{}}
	for name, path := range o.Files {
		f, err := os.Open(path)
		if err != nil {
			return s, err
		}
		s.files[name] = f
	}
	for _, path := range o.Bind {
		f, err := os.Open(path)
		if err != nil {
			return s, err
		}
		s.folders[path] = f
	}
	return s, nil
}

func (s sources) install(root string) error {
	if err := os.MkdirAll(root+Folder, 0o755); err != nil {
		return err
	}
	for name, file := range s.files {
		if err := copyTo(filepath.Join(root+Folder, name), file); err != nil {
			return err
		}
	}
	for path, folder := range s.folders {
		at := filepath.Join(root, path)
		if err := os.MkdirAll(at, 0o755); err != nil {
			return err
		}
		from := fmt.Sprintf("/proc/self/fd/%d", folder.Fd())
		if err := unix.Mount(from, at, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return fmt.Errorf("bind %s: %w", path, err)
		}
	}
	return nil
}

func copyTo(path string, from *os.File) error {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return err
	}
	return to.Close()
}
