package home

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/model"
)

func TestReadKeep(t *testing.T) {
	const list = `{"schema":1,"keep":[{"kind":"vm","name":"old\\xff","note":"until May","by":"ada","at":"2026-01-02T03:04:05Z"}]}`
	file := func(text string, mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name  string
		make  func(t *testing.T, path string)
		want  []model.KeepEntry
		error string
	}{
		{name: "absent", make: func(*testing.T, string) {}},
		{name: "one entry", make: file(list, 0o644), want: []model.KeepEntry{{
			Kind: model.KindVM, Name: "old\xff", Note: "until May", By: "ada",
			At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		}}},
		{name: "broken", make: file(list[:20], 0o644), error: "it ends unexpectedly"},
		{name: "another schema", make: file(`{"schema":2,"keep":"?"}`, 0o644), error: "schema"},
		{name: "group may write", make: file(list, 0o664), error: "only root"},
		{name: "a fifo", make: func(t *testing.T, path string) { unix.Mkfifo(path, 0o600) }, error: "only root"},
		{name: "a link", make: func(t *testing.T, path string) {
			file(list, 0o644)(t, path+".real")
			os.Symlink(path+".real", path)
		}, error: "symbolic"},
		{name: "of another user", make: func(t *testing.T, path string) {
			file(list, 0o644)(t, path)
			os.Chown(path, 1000, 0)
		}, error: "only root"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if os.Geteuid() != 0 && test.make != nil && test.name != "absent" {
				t.Skip("needs root: to make what is root's")
			}
			path := filepath.Join(t.TempDir(), "keep.json")
			test.make(t, path)
			got, err := ReadKeep(path)
			if test.error == "" && err != nil || test.error != "" && (err == nil || !strings.Contains(err.Error(), test.error)) {
				t.Errorf("error %v, want %q", err, test.error)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMergeKeep: what only one of two lists keeps is kept; of one thing the
// newer word counts.
func TestMergeKeep(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	vm := func(name, note model.Raw, at time.Time) model.KeepEntry {
		return model.KeepEntry{Kind: model.KindVM, Name: name, Note: note, At: at}
	}
	own := []model.KeepEntry{vm("db", "old", day(1)), vm("web", "new", day(3))}
	beside := []model.KeepEntry{vm("db", "new", day(2)), vm("web", "old", day(2)), vm("api", "", day(1))}
	want := []model.KeepEntry{vm("db", "new", day(2)), vm("web", "new", day(3)), vm("api", "", day(1))}
	if diff := cmp.Diff(want, MergeKeep(own, beside)); diff != "" {
		t.Error(diff)
	}
	if got := MergeKeep(nil, nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	if own[0].Note != "old" {
		t.Error("it changed the list it was given")
	}
}
