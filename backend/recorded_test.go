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
		"newer":        {`{"schema":2,"units":"all of them"}`, "schema 2, known is 1"},
		"wrong fields": {`{"schema":1,"units":"all of them"}`, "cannot unmarshal"},
		"not JSON":     {"schema 1\nand more", "invalid character"},
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
	if _, err := Replay("/dev/zero"); err == nil || !strings.Contains(err.Error(), "more than 64 MB") {
		t.Errorf("without an end: %v", err)
	}
	if _, err := Replay(filepath.Join(folder, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}
