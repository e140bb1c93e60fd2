package trash

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// volume is the place of a volume, opened, and what is there.
type volume struct {
	folder        // that it is in
	name   string // in that
	file   int    // of a volume that is there, open for reading; else -1
	stat   stat
}

func (v *volume) close() {
	v.folder.close()
	if v.file >= 0 {
		unix.Close(v.file)
	}
}

func (v *volume) isThere() bool { return v.file >= 0 }

// where is the path of a volume, for messages too.
func (v *volume) where() string { return filepath.Join(v.path, v.name) }

// openVolume opens the place of a volume. No link is followed on the way there,
// and none at its end: who may write to the directory of a VM would have root
// copy, or replace, any file of the host.
func (k *kept) openVolume(path model.Raw) (*volume, error) {
	whole := string(path)
	if !isVolumePath(whole) {
		return nil, refusef("%q is not the path of a volume", whole)
	}
	if !filepath.IsAbs(whole) {
		whole = filepath.Join(k.stateDir, whole)
	}
	in, err := openPath(filepath.Dir(whole))
	if err != nil {
		return nil, err
	}
	v := &volume{folder: in, name: filepath.Base(whole), file: -1}
	if err := k.look(v); err != nil {
		v.close()
		return nil, err
	}
	return v, nil
}

// look looks at what is in the place of a volume, and whether that can be
// renamed to beside it.
func (k *kept) look(v *volume) error {
	theirs, err := statFD(v.fd)
	ours, err2 := statFD(k.fd)
	if err := joined(err, err2); err != nil {
		return fmt.Errorf("stat %s: %w", v.path, err)
	}
	if theirs.Mount != ours.Mount || theirs.ID.Dev != ours.ID.Dev {
		return refusef("%s is on another file system, mount or subvolume than %s: a copy could not take its place", v.where(), k.stateDir)
	}
	v.stat, err = statAt(v.fd, v.name)
	switch {
	case isAbsent(err):
		return nil
	case err != nil:
		return fmt.Errorf("stat %s: %w", v.where(), err)
	case v.stat.Is(unix.S_IFLNK):
		return refusef("%s is a symbolic link, and none is followed", v.where())
	case !v.stat.Is(unix.S_IFREG):
		return refusef("%s is not a file (%s)", v.where(), v.stat.Kind())
	}
	v.file, err = unix.Openat(v.fd, v.name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", v.where(), err)
	}
	was := v.stat.ID
	if v.stat, err = statFD(v.file); err != nil {
		return fmt.Errorf("stat %s: %w", v.where(), err)
	}
	if v.stat.ID != was {
		return stalef("%s was replaced", v.where())
	}
	return nil
}

// copying is a file that is copied into a snapshot.
type copying struct {
	from, to int // open
	what     string
	before   stat
	name     string // in the snapshot
}

// copyAll copies files into a snapshot. There is room for all of them before any
// is copied, and each is whole when this returns.
func (k *kept) copyAll(ctx context.Context, all []*copying, tell func(done, of uint64)) error {
	var left []*copying
	var of uint64
	for _, c := range all {
		cloned, err := k.begin(c)
		if err != nil {
			return explainFull(fmt.Errorf("copy %s: %w", c.what, err))
		}
		if !cloned {
			left, of = append(left, c), of+c.before.Allocated
		}
	}
	var done uint64
	for _, c := range left {
		err := c.copyData(ctx, func(n uint64) {
			done += n
			tell(done, of)
		})
		if err != nil {
			return explainFull(fmt.Errorf("copy %s: %w", c.what, err))
		}
	}
	for _, c := range all {
		if err := k.finishCopy(c); err != nil {
			return explainFull(fmt.Errorf("copy %s: %w", c.what, err))
		}
	}
	return k.sync()
}

// begin makes the copy: as one that shares its blocks with the file, where the
// file system can, or with room for them.
func (k *kept) begin(c *copying) (cloned bool, err error) {
	c.to, err = unix.Openat(k.fd, c.name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return false, err
	}
	copyFlag(c.to, c.from)
	err = unix.IoctlFileClone(c.to, c.from)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return false, err
	}
	if err := unix.Ftruncate(c.to, int64(c.before.Size)); err != nil {
		return false, err
	}
	return false, c.eachPart(func(at, length int64) error {
		err := unix.Fallocate(c.to, unix.FALLOC_FL_KEEP_SIZE, at, length)
		if errors.Is(err, unix.EOPNOTSUPP) {
			return nil
		}
		return err
	})
}

// noCOW is FS_NOCOW_FL of linux/fs.h: chattr +C, which microvm.nix sets on
// volumes.
const noCOW = 0x00800000

// copyFlag sets on an empty file what btrfs wants both to have, or neither: else
// they cannot share blocks.
func copyFlag(to, from int) {
	flags, err := unix.IoctlGetInt(from, unix.FS_IOC_GETFLAGS)
	if err == nil && flags&noCOW != 0 {
		_ = unix.IoctlSetPointerInt(to, unix.FS_IOC_SETFLAGS, noCOW)
	}
}

// eachPart visits the parts of a file that are no holes.
func (c *copying) eachPart(visit func(at, length int64) error) error {
	size := int64(c.before.Size)
	for at := int64(0); at < size; {
		data, err := unix.Seek(c.from, at, unix.SEEK_DATA)
		switch {
		case errors.Is(err, unix.ENXIO):
			return nil
		case errors.Is(err, unix.EINVAL):
			return visit(at, size-at) // it knows of no holes
		case err != nil:
			return err
		}
		hole, err := unix.Seek(c.from, data, unix.SEEK_HOLE)
		if err != nil {
			return err
		}
		if data, hole = min(data, size), min(hole, size); hole > data {
			if err := visit(data, hole-data); err != nil {
				return err
			}
		}
		at = hole
	}
	return nil
}

// copyData copies what is in a file, and leaves its holes.
func (c *copying) copyData(ctx context.Context, tell func(n uint64)) error {
	buf := make([]byte, 1<<20)
	return c.eachPart(func(at, length int64) error {
		for end := at + length; at < end; {
			if err := ctx.Err(); err != nil {
				return err
			}
			n, err := unix.Pread(c.from, buf[:min(int64(len(buf)), end-at)], at)
			switch {
			case errors.Is(err, unix.EINTR):
				continue
			case err != nil:
				return err
			case n == 0:
				return stalef("it became shorter")
			}
			if err := writeAt(c.to, buf[:n], at); err != nil {
				return err
			}
			at += int64(n)
			tell(uint64(n))
		}
		return nil
	})
}

func writeAt(fd int, data []byte, at int64) error {
	for len(data) > 0 {
		n, err := unix.Pwrite(fd, data, at)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		data, at = data[n:], at+int64(n)
	}
	return nil
}

// finishCopy gives the copy what its file has beside its data, and makes sure
// that nobody has written to that since.
func (k *kept) finishCopy(c *copying) error {
	if err := unix.Fchown(c.to, int(c.before.UID), int(c.before.GID)); err != nil {
		return err
	}
	if err := copyAttributes(c.to, c.from); err != nil {
		return err
	}
	if err := unix.Fchmod(c.to, c.before.Mode&0o7777); err != nil {
		return err
	}
	modified := c.before.Modified
	times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, {Sec: modified.Unix(), Nsec: int64(modified.Nanosecond())}}
	if err := unix.UtimesNanoAt(k.fd, c.name, times, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	if err := unix.Fsync(c.to); err != nil {
		return err
	}
	after, err := statFD(c.from)
	if err != nil {
		return err
	}
	if after.Size != c.before.Size || !after.Modified.Equal(c.before.Modified) || !after.Changed.Equal(c.before.Changed) {
		return stalef("it was written to meanwhile")
	}
	return nil
}

// copyAttributes copies the extended attributes, access control lists among
// them.
func copyAttributes(to, from int) error {
	names := make([]byte, 64<<10)
	n, err := unix.Flistxattr(from, names)
	if errors.Is(err, unix.EOPNOTSUPP) {
		return nil
	}
	if err != nil {
		return err
	}
	value := make([]byte, 64<<10)
	for name := range strings.SplitSeq(strings.TrimRight(string(names[:n]), "\x00"), "\x00") {
		if name == "" {
			continue
		}
		n, err := unix.Fgetxattr(from, name, value)
		if err != nil {
			return fmt.Errorf("read attribute %s: %w", name, err)
		}
		if err := unix.Fsetxattr(to, name, value[:n], 0); err != nil {
			return fmt.Errorf("set attribute %s: %w", name, err)
		}
	}
	return nil
}

// spare is what has to be left on a disk beside the copies, in bytes.
const spare = 16 << 20
