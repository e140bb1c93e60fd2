package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	quoted = regexp.MustCompile("`([^`\n]+)`")
	linked = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	// What looks like a path, or a file of ours.
	pathlike = regexp.MustCompile(`^(\.?[a-z0-9_]+/)+[A-Za-z0-9_.*-]*$|^[a-z0-9_*]+\.go$|^[A-Za-z]+\.md$`)
)

// documents are the pages for people who change the program.
func documents(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) < 6 {
		t.Fatalf("%d pages in docs: %v", len(pages), err)
	}
	return append(pages, "../README.md", "../CONTRIBUTING.md", "../SECURITY.md", "../CHANGELOG.md")
}

// TestDocumentsNameWhatIsThere: a page that sends somebody to a file sends him
// to one that is there.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	named := 0
	for _, page := range documents(t) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range linked.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(string(data), -1) {
			if !pathlike.MatchString(m[1]) || !isOurs(m[1]) {
				continue
			}
			named++
			if !isThere(m[1]) {
				t.Errorf("%s names %s, which is not there", page, m[1])
			}
		}
	}
	if named < 60 {
		t.Errorf("only %d paths found in the documents", named)
	}
}

// isOurs reports whether a path begins in the repository: others are a host's,
// a runner's or a VM's. The package x is that of an example.
func isOurs(path string) bool {
	first, _, within := strings.Cut(path, "/")
	_, err := os.Stat("../" + first)
	return path != "backend/x" && (!within || err == nil)
}

// isThere reports whether a path is that of the repository, or a file's name
// the end of one.
func isThere(path string) bool {
	if found, _ := filepath.Glob("../" + path); len(found) > 0 {
		return true
	}
	if strings.Contains(path, "/") {
		return false
	}
	found := false
	_ = filepath.WalkDir("..", func(at string, _ os.DirEntry, err error) error {
		if matched, _ := filepath.Match(path, filepath.Base(at)); err == nil && matched {
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found
}
