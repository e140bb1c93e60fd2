package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/operation"
	"microtui/lab"
	"microtui/model"
)

// TestRecordOnFullDisk: an operation can be recorded, and tell how it goes, on a
// disk that is full; when nothing is left that was set aside for it, nothing is
// begun, and nothing half written stays.
func TestRecordOnFullDisk(t *testing.T) {
	lab.Require(t)
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=4m,mode=0700"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	records := operation.In(disk + "/home")
	ref := model.Ref{Kind: model.KindUnit, Name: "microvm@web.service"}
	plan := model.Plan{Action: model.ActionReset, Items: []model.Item{{Ref: ref, Ticked: true, Steps: []model.Step{{Action: model.StepResetFailed, Ref: ref}}}}}
	create := func() (operation.Header, error) {
		h, asked, err := records.Create(model.Request{Plan: plan})
		if err == nil {
			asked()
		}
		return h, err
	}
	begun, err := create()
	if err != nil {
		t.Fatal(err)
	}
	fill(t, disk+"/filler")

	_, journal, err := records.Open(begun.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	if _, err := journal.Events(); err != nil {
		t.Fatal(err)
	}
	for n := range 1000 { // more than a clean-up of a hundred VMs has
		if err := journal.Append(operation.Event{At: time.Now(), Kind: operation.EventStep, Text: model.Raw(fmt.Sprint("event ", n))}); err != nil {
			t.Fatalf("event %d of the operation that was begun: %v", n, err)
		}
	}
	if _, err := create(); err != nil {
		t.Fatalf("the one that is to make room: %v", err)
	}
	before := names(t, disk+"/home")
	for range 20 { // the first ones take what is left of what was set aside
		if _, err = create(); err != nil {
			break
		}
		fill(t, disk+"/filler2")
		before = names(t, disk+"/home")
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("on a full disk without anything set aside: %v", err)
	}
	saysWhatToDo(t, err, disk+"/home")
	if after := names(t, disk+"/home"); after != before {
		t.Errorf("left behind:\n%s\nthere were:\n%s", after, before)
	}
	for _, file := range []string{"/filler", "/filler2"} {
		if err := os.Remove(disk + file); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := create(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if _, err := os.Stat(disk + "/home/spare"); err != nil {
		t.Errorf("nothing is set aside again: %v", err)
	}
}

// TestFirstRecordOnFullDisk: where nothing could be set aside yet, the refusal
// says what to do, and leaves nothing half made.
func TestFirstRecordOnFullDisk(t *testing.T) {
	lab.Require(t)
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	fill(t, disk+"/filler")
	records := operation.In(disk + "/home")
	_, _, err := records.Create(model.Request{Plan: model.Plan{Action: model.ActionReset, Items: []model.Item{}}})
	saysWhatToDo(t, err, disk+"/home")
	if left, err := records.List(); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.Remove(disk + "/filler"); err != nil {
		t.Fatal(err)
	}
	if _, asked, err := records.Create(model.Request{Plan: model.Plan{Action: model.ActionReset, Items: []model.Item{}}}); err != nil {
		t.Errorf("with room: %v", err)
	} else {
		asked()
	}
}

func saysWhatToDo(t *testing.T, err error, home string) {
	t.Helper()
	if !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "the disk of "+home+" is full") || !strings.Contains(err.Error(), "nix-collect-garbage") {
		t.Errorf("it says: %v", err)
	}
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		if errors.Is(err, unix.ENOSPC) {
			return
		}
		t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
}

// names lists all files below a folder, but for the one that is set aside.
func names(t *testing.T, root string) string {
	t.Helper()
	var all []string
	err := filepath.Walk(root, func(path string, _ os.FileInfo, err error) error {
		if filepath.Base(path) != "spare" {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// TestRecordOnBtrfs: on btrfs, where /proc/locks names another device than
// stat(2), it shows all the same whether somebody works on an operation.
func TestRecordOnBtrfs(t *testing.T) {
	lab.Require(t)
	dir := t.TempDir()
	image, disk := dir+"/image", dir+"/disk"
	shell(t, "truncate", "-s", "128M", image)
	shell(t, "mkfs.btrfs", "-q", image)
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	shell(t, "mount", "-o", "loop", image, disk)
	t.Cleanup(func() { shell(t, "umount", disk) })
	shell(t, "btrfs", "-q", "subvolume", "create", disk+"/home")
	shell(t, "chmod", "0700", disk+"/home")
	records := operation.In(disk + "/home")
	h, asked, err := records.Create(model.Request{Plan: model.Plan{Action: model.ActionReset, Items: []model.Item{}}})
	if err != nil {
		t.Fatal(err)
	}
	asked()
	_, journal, err := records.Open(h.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Events(); err != nil {
		t.Fatal(err)
	}
	if err := journal.Append(operation.Event{Kind: operation.EventBegin}); err != nil {
		t.Fatal(err)
	}
	if o, err := records.Read(h.ID); err != nil || o.State != model.OperationRunning {
		t.Errorf("while somebody works on it: %+v, %v", o, err)
	}
	journal.Close()
	if o, err := records.Read(h.ID); err != nil || o.State != model.OperationInterrupted {
		t.Errorf("when nobody does: %+v, %v", o, err)
	}
}
