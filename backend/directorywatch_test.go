package backend

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microtui/model"
)

func TestDirectoryWatch(t *testing.T) {
	defer goleak.VerifyNone(t)
	root := t.TempDir()
	first, second := filepath.Join(root, "first"), filepath.Join(root, "second")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	hints := make(chan struct{}, 1)
	w := watchDirectory(ctx, hints)
	hinted := func() bool {
		select {
		case <-hints:
			return true
		case <-time.After(200 * time.Millisecond):
			return false
		}
	}
	mkdir := func(path string) {
		t.Helper()
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	follow := func(path string) { w.follow(model.StateDir{Real: model.Raw(path)}) }

	follow(first) // is not there yet
	mkdir(first)
	follow(first)
	mkdir(first + "/web")
	if !hinted() {
		t.Error("no hint for a new VM directory")
	}
	follow(first)
	if hinted() {
		t.Error("following it again is a hint")
	}
	if err := os.Rename(first+"/web", root+"/web"); err != nil {
		t.Fatal(err)
	}
	if !hinted() {
		t.Error("no hint for a VM directory that was moved away")
	}

	mkdir(second)
	follow(second)
	hinted() // the end of the first watch is an event of its own
	mkdir(first + "/db")
	if hinted() {
		t.Error("a hint for a directory that is followed no more")
	}
	mkdir(second + "/db")
	if !hinted() {
		t.Error("no hint in the second directory")
	}
	w.follow(model.StateDir{})
	cancel()
}
