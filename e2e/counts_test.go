package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// plural is a number before many things. What comes after "of", or "than", is
// a whole or a limit.
var plural = regexp.MustCompile(`(?:(\w+) )?(?:all )?%d ([a-zA-Z]*[a-rt-zA-Z]s)\b`)

// others are words with an s that count nothing: "process %d runs it".
var others = []string{"runs", "declares", "works", "is"}

// TestCountsAreMadeInOnePlace: a format that puts a number before a plural says
// "1 errors" one day; [model.Counted] never does.
func TestCountsAreMadeInOnePlace(t *testing.T) {
	seen := 0
	for _, p := range listPackages(t) {
		if !within(p.short(), "cli", "tui", "wording", "model") || isTestSupport(p.short()) {
			continue
		}
		for _, name := range p.GoFiles {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				text, ok := n.(*ast.BasicLit)
				if !ok || text.Kind != token.STRING {
					return true
				}
				for _, found := range plural.FindAllStringSubmatch(text.Value, -1) {
					seen++
					if before, counted := found[1], found[2]; before != "of" && before != "than" && !slices.Contains(others, counted) {
						t.Errorf("%s counts %s by itself: %s", files.Position(text.Pos()), counted, text.Value)
					}
				}
				return true
			})
		}
	}
	if seen == 0 {
		t.Error("not even a limit is found: this test looks in the wrong place")
	}
}
