package backend

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/model"
)

func TestReplay(t *testing.T) {
	want := model.Observation{
		Schema:   model.ObservationSchema,
		At:       time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
		Host:     model.Host{Name: "nixhost"},
		Faults:   []model.Fault{{Source: model.SourceUsage, Error: "no \x1b[31mcgroups"}},
		StateDir: model.StateDir{Path: "/var/lib/micro\xffvms", Exists: true},
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bug.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Replay(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := r.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	ctx, cancel := context.WithCancel(t.Context())
	watched := r.Watch(ctx, time.Second)
	if diff := cmp.Diff(want, <-watched); diff != "" {
		t.Error(diff)
	}
	r.Refresh()
	cancel()
	if _, open := <-watched; open {
		t.Error("a second observation")
	}
}

func TestReplayRefuses(t *testing.T) {
	folder := t.TempDir()
	for name, test := range map[string]struct{ text, error string }{
		"empty":        {"\n", "it is empty"},
		"no schema":    {"{}", "no schema"},
		"newer":        {`{"schema":2,"units":"all of them"}`, "unknown schema 2 (expected 1)"},
		"wrong fields": {`{"schema":1,"units":"all of them"}`, "not an observation: expected a list in units at line 1, column 21"},
		"not JSON":     {"schema 1\nand more", "not an observation: unexpected 's' at line 1, column 1"},
		"a list":       {"[]", "a list: not an observation: expected an object at line 1, column 1"},
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Replay(path)
		if err == nil || !strings.Contains(err.Error(), test.error) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	fifo, large := filepath.Join(folder, "fifo"), filepath.Join(folder, "large")
	if err := errors.Join(unix.Mkfifo(fifo, 0o600), os.WriteFile(large, nil, 0o600), os.Truncate(large, 1<<40)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		fifo: "is a pipe: expected a file, or - for", folder: "is a directory", "/dev/zero": "is a device", "/dev/tty0": "", large: "more than 64 MB",
	} {
		if _, err := Replay(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Replay(filepath.Join(folder, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}
