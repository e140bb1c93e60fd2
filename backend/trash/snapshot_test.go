package trash

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

const (
	firstID  = "20261103-120411-a1b2.1"
	secondID = "20261103-120412-a1b2.1"
)

// kept is a state directory with the VM web, and its volumes.
func withVolumes(t *testing.T, dir string, volumes ...string) (Snapshots, []model.SnapshotFile) {
	t.Helper()
	must(t, os.MkdirAll(dir+"/web", 0o755))
	s, err := OpenSnapshots(dir)
	must(t, err)
	var files []model.SnapshotFile
	for _, name := range volumes {
		path := filepath.Join(dir, "web", name)
		makeVolume(t, path, name)
		files = append(files, model.SnapshotFile{Path: model.Raw("web/" + name), ID: idOf(t, path)})
	}
	return s, files
}

// makeVolume makes a sparse file with data at its beginning and its end.
func makeVolume(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.Create(path)
	must(t, err)
	defer file.Close()
	must(t, file.Truncate(8<<20))
	_, err = file.WriteAt([]byte(text), 0)
	must(t, err)
	_, err = file.WriteAt([]byte(text), 8<<20-int64(len(text)))
	must(t, err)
	must(t, file.Chmod(0o640))
	must(t, os.Chtimes(path, time.Time{}, time.Date(2026, 10, 1, 2, 3, 4, 567, time.UTC)))
}

func idOf(t *testing.T, path string) model.FileID {
	t.Helper()
	st, err := statAt(unix.AT_FDCWD, path)
	must(t, err)
	return st.ID
}

func nobody() error { return nil }

func notUsed(string, model.FileID) error { return nil }

func silent(_, _ uint64) {}

func snapshotOf(id string, files []model.SnapshotFile) model.Snapshot {
	return model.Snapshot{ID: id, VM: "web", At: time.Date(2026, 11, 3, 12, 4, 11, 0, time.UTC), By: "root", Note: "before the upgrade", Files: files}
}

// A snapshot is a copy of all volumes, with what they have beside their data, and
// their holes.
func TestTakeSnapshot(t *testing.T) {
	dir := t.TempDir()
	s, files := withVolumes(t, dir, "a.img", "b.img")
	marked := unix.Lsetxattr(dir+"/web/a.img", "user.mark", []byte("x"), 0) == nil
	must(t, os.Chtimes(dir+"/web/a.img", time.Time{}, time.Date(2026, 10, 1, 2, 3, 4, 567, time.UTC)))
	must(t, s.Check(files))
	taken, err := s.Take(t.Context(), snapshotOf(firstID, files), nobody, silent)
	must(t, err)
	if len(taken.Files) != 2 || taken.Pending || taken.Files[0].Size != 8<<20 {
		t.Errorf("taken is %+v", taken)
	}
	was, is := statOf(t, dir+"/web/a.img"), statOf(t, dir+"/.microtui-snapshots/"+firstID+"/0")
	if is.Mode != was.Mode || is.Uid != was.Uid || is.Gid != was.Gid || is.Mtim != was.Mtim || is.Size != was.Size {
		t.Errorf("the copy is %+v, the volume %+v", is, was)
	}
	if is.Blocks > was.Blocks+16 {
		t.Errorf("the copy takes %d blocks, the volume %d: its holes are gone", is.Blocks, was.Blocks)
	}
	if got, want := read(t, dir+"/.microtui-snapshots/"+firstID+"/1"), read(t, dir+"/web/b.img"); !bytes.Equal(got, want) {
		t.Error("the copy of b.img is another")
	}
	buf := make([]byte, 8)
	if n, err := unix.Lgetxattr(dir+"/.microtui-snapshots/"+firstID+"/0", "user.mark", buf); marked && (err != nil || string(buf[:n]) != "x") {
		t.Errorf("its attribute is %q, %v", buf[:max(n, 0)], err)
	}
	listed, err := s.List()
	must(t, err)
	if len(listed) != 1 || listed[0].Note != "before the upgrade" || listed[0].Files[1].Path != "web/b.img" {
		t.Errorf("listed: %+v", listed)
	}
	again, err := s.Take(t.Context(), snapshotOf(firstID, files), func() error { return errors.New("copied again") }, silent)
	if err != nil || len(again.Files) != 2 {
		t.Errorf("taken again: %+v, %v", again, err)
	}
	freed, err := s.Delete(firstID)
	if err != nil || freed == 0 {
		t.Errorf("deleting it freed %d, %v", freed, err)
	}
	if left, err := s.ids(); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func statOf(t *testing.T, path string) (st unix.Stat_t) {
	t.Helper()
	must(t, unix.Lstat(path, &st))
	return st
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return text
}

// What cannot be whole is not begun, or nothing of it stays.
func TestNoSnapshot(t *testing.T) {
	for name, change := range map[string]struct {
		do   func(t *testing.T, dir string)
		kind error
		says string
	}{
		"replaced": {func(t *testing.T, dir string) {
			must(t, os.Rename(dir+"/web/a.img", dir+"/web/old.img"))
			makeVolume(t, dir+"/web/a.img", "other")
		}, model.ErrStale, "not the same file"},
		"gone":   {func(t *testing.T, dir string) { must(t, os.Remove(dir+"/web/a.img")) }, model.ErrStale, "a.img does not exist"},
		"linked": {func(t *testing.T, dir string) { link(t, dir+"/web/a.img", dir+"/web/b.img") }, model.ErrRefused, "is a symbolic link"},
		"folder linked": {func(t *testing.T, dir string) {
			must(t, os.Rename(dir+"/web", dir+"/other"))
			must(t, os.Symlink("other", dir+"/web"))
		}, model.ErrRefused, "behind a symbolic link"},
		"fifo": {func(t *testing.T, dir string) {
			must(t, os.Remove(dir+"/web/a.img"))
			must(t, unix.Mkfifo(dir+"/web/a.img", 0o644))
		}, model.ErrRefused, "is not a file (fifo)"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, files := withVolumes(t, dir, "a.img", "b.img")
			change.do(t, dir)
			if err := s.Check(files); !errors.Is(err, change.kind) || !strings.Contains(err.Error(), change.says) {
				t.Errorf("looked at: %v", err)
			}
			_, err := s.Take(t.Context(), snapshotOf(firstID, files), nobody, silent)
			if !errors.Is(err, change.kind) {
				t.Errorf("taken: %v", err)
			}
			s.isEmptyAfterDrop(t)
		})
	}
}

func link(t *testing.T, path, to string) {
	t.Helper()
	must(t, os.Remove(path))
	must(t, os.Symlink(to, path))
}

func (s Snapshots) isEmptyAfterDrop(t *testing.T) {
	t.Helper()
	if listed, err := s.List(); err != nil || len(listed) > 0 {
		t.Errorf("listed: %+v, %v", listed, err)
	}
	must(t, s.Drop(firstID))
	if left, err := s.ids(); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A volume that is written to while it is copied, or that somebody uses by then,
// makes no snapshot.
func TestSnapshotDisturbed(t *testing.T) {
	dir := t.TempDir()
	s, files := withVolumes(t, dir, "a.img")
	busy := errors.New("busy")
	if _, err := s.Take(t.Context(), snapshotOf(firstID, files), func() error { return busy }, silent); !errors.Is(err, busy) {
		t.Errorf("in use: %v", err)
	}
	s.isEmptyAfterDrop(t)

	written := false
	tell := func(uint64, uint64) {
		if !written {
			written = true
			must(t, os.WriteFile(dir+"/web/a.img", []byte("more"), 0))
		}
	}
	if !folderOf(t, dir).clones() {
		if _, err := s.Take(t.Context(), snapshotOf(firstID, files), nobody, tell); !errors.Is(err, model.ErrStale) {
			t.Errorf("written to: %v", err)
		}
		s.isEmptyAfterDrop(t)
	}
}

func folderOf(t *testing.T, path string) folder {
	t.Helper()
	f, err := openPath(path)
	must(t, err)
	t.Cleanup(f.close)
	return f
}

// A restore puts the copies in the place of the volumes, which become a snapshot
// themselves: the same brings them back.
func TestRevert(t *testing.T) {
	dir := t.TempDir()
	s, files := withVolumes(t, dir, "a.img", "b.img")
	before := describe(t, dir+"/web")
	_, err := s.Take(t.Context(), snapshotOf(firstID, files), nobody, silent)
	must(t, err)
	makeVolume(t, dir+"/web/a.img", "changed")
	must(t, os.Remove(dir+"/web/b.img"))
	changed := idOf(t, dir+"/web/a.img")

	must(t, s.CheckCopies(firstID))
	aside := snapshotOf(secondID, nil)
	aside.Aside = firstID
	if made, err := s.Revert(t.Context(), firstID, aside, notUsed, silent); err != nil || len(made.Files) != 1 || made.Files[0].ID != changed {
		t.Fatalf("%+v, %v", made, err)
	}
	sameVolumes(t, before, describe(t, dir+"/web"))
	if did, err := s.Reverted(secondID); !did || err != nil {
		t.Errorf("reverted: %v, %v", did, err)
	}
	if listed, err := s.List(); err != nil || len(listed) != 2 {
		t.Errorf("listed: %+v, %v", listed, err)
	}
	third := snapshotOf("20261103-120413-a1b2.1", nil)
	if _, err := s.Revert(t.Context(), secondID, third, notUsed, silent); err != nil {
		t.Fatal(err)
	}
	if text := read(t, dir+"/web/a.img"); !bytes.HasPrefix(text, []byte("changed")) {
		t.Errorf("it begins with %q", text[:10])
	}
}

// sameVolumes compares volumes, but for what a copy has of its own.
func sameVolumes(t *testing.T, want, got map[string]described) {
	t.Helper()
	for name, is := range got {
		was := want[name]
		was.Ino, is.Ino, was.Accessed, is.Accessed = 0, 0, unix.Timespec{}, unix.Timespec{}
		if name != "." && is != was {
			t.Errorf("%s is %+v, and was %+v", name, is.Size, was.Size)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, and there were %d", len(got), len(want))
	}
}

// A restore that is broken off at any point is finished by calling it again, or
// taken back.
func TestRevertInterrupted(t *testing.T) {
	for _, swaps := range []int{0, 1, 2} {
		for _, undo := range []bool{false, true} {
			dir := t.TempDir()
			s, files := withVolumes(t, dir, "a.img", "b.img")
			kept := describe(t, dir+"/web")
			_, err := s.Take(t.Context(), snapshotOf(firstID, files), nobody, silent)
			must(t, err)
			makeVolume(t, dir+"/web/a.img", "changed a")
			makeVolume(t, dir+"/web/b.img", "changed b")
			changed := describe(t, dir+"/web")

			k, err := s.load(secondID, true)
			must(t, err)
			must(t, s.stage(t.Context(), k, firstID, snapshotOf(secondID, nil), silent))
			for _, file := range k.record.Files[:swaps] {
				must(t, k.swap(file))
			}
			k.close()
			if did, err := s.Reverted(secondID); did != (swaps > 0) || err != nil {
				t.Errorf("%d swapped: reverted: %v, %v", swaps, did, err)
			}
			if undo {
				must(t, s.Unrevert(secondID, notUsed))
				sameVolumes(t, changed, describe(t, dir+"/web"))
				if ids, _ := s.ids(); len(ids) != 1 {
					t.Errorf("left: %v", ids)
				}
				continue
			}
			if _, err := s.Revert(t.Context(), firstID, snapshotOf(secondID, nil), notUsed, silent); err != nil {
				t.Error(err)
			}
			sameVolumes(t, kept, describe(t, dir+"/web"))
			if text := read(t, dir+"/.microtui-snapshots/"+secondID+"/1"); !bytes.HasPrefix(text, []byte("changed b")) {
				t.Errorf("what was put aside begins with %q", text[:10])
			}
		}
	}
}

// Somebody who uses a volume that has made room puts all back; who uses a copy by
// then keeps it, and the volumes are a snapshot in the end.
func TestRevertInUse(t *testing.T) {
	for _, both := range []bool{false, true} {
		dir := t.TempDir()
		s, files := withVolumes(t, dir, "a.img", "b.img")
		kept := describe(t, dir+"/web")
		_, err := s.Take(t.Context(), snapshotOf(firstID, files), nobody, silent)
		must(t, err)
		makeVolume(t, dir+"/web/b.img", "changed")
		was, old, busy := describe(t, dir+"/web"), idOf(t, dir+"/web/a.img"), errors.New("busy")
		using := func(path string, id model.FileID) error {
			moved := strings.Contains(path, "/"+secondID+"/")
			if moved && id == old || both && !moved && path == dir+"/web/a.img" && id != old {
				return busy
			}
			return nil
		}
		if _, err = s.Revert(t.Context(), firstID, snapshotOf(secondID, nil), using, silent); !errors.Is(err, busy) {
			t.Errorf("%v", err)
		}
		if !both {
			must(t, s.Unrevert(secondID, using))
			sameVolumes(t, was, describe(t, dir+"/web"))
			continue
		}
		if err := s.Unrevert(secondID, using); !errors.Is(err, busy) {
			t.Errorf("taken back: %v", err)
		}
		must(t, s.Sweep(func(string) bool { return true }))
		sameVolumes(t, kept, describe(t, dir+"/web"))
		if text := read(t, dir+"/.microtui-snapshots/"+secondID+"/1"); !bytes.HasPrefix(text, []byte("changed")) {
			t.Errorf("what was put aside begins with %q", text[:10])
		}
		if listed, err := s.List(); err != nil || len(listed) != 2 {
			t.Errorf("listed: %+v, %v", listed, err)
		}
	}
}

// What an operation that is over left half done goes; a volume never does.
func TestSweepSnapshots(t *testing.T) {
	dir := t.TempDir()
	s, files := withVolumes(t, dir, "a.img")
	_, err := s.Take(t.Context(), snapshotOf(firstID, files), nobody, silent)
	must(t, err)
	half, err := s.load("20261103-120419-a1b2.1", true)
	must(t, err)
	must(t, half.beginAnew(snapshotOf("", nil)))
	must(t, os.WriteFile(half.path+"/0", nil, 0o600))
	half.close()
	makeVolume(t, dir+"/web/a.img", "changed")
	k, err := s.load(secondID, true)
	must(t, err)
	must(t, s.stage(t.Context(), k, firstID, snapshotOf(secondID, nil), silent))
	must(t, k.swapAll())
	k.close()
	must(t, s.Sweep(func(string) bool { return false }))
	if ids, _ := s.ids(); len(ids) != 3 {
		t.Errorf("before their operations are over: %v", ids)
	}
	must(t, s.Sweep(func(string) bool { return true }))
	listed, err := s.List()
	if ids, _ := s.ids(); len(ids) != 2 || len(listed) != 2 || err != nil {
		t.Errorf("left: %v, listed: %+v, %v", ids, listed, err)
	}
}

// A record that names what is no volume is not believed.
func TestVolumePath(t *testing.T) {
	for path, want := range map[string]bool{
		"web/a.img": true, "/srv/a.img": true, "web/sub/a.img": true,
		"": false, "a.img": false, "../a/b": false, "web/../../a": false, "/": false, "/srv/../a": false, "web//a": false,
		".microtui-snapshots/x/0": false, ".microtui-trash/x/state": false, "web/\x00": false,
	} {
		if got := isVolumePath(path); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
}
