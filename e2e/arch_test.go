package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// listed is a package of this module as go list tells of it, without tests.
type listed struct {
	ImportPath, Dir, Name string
	GoFiles               []string
	Imports               []string // what its files name
	Deps                  []string // all that it is built of
}

// short is its path within the module: "" for the program itself.
func (p listed) short() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "microtui"), "/")
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out := tool(t, "list", "-json=ImportPath,Dir,Name,GoFiles,Imports,Deps", "./...")
	var all []listed
	for in := json.NewDecoder(strings.NewReader(out)); in.More(); {
		var p listed
		if err := in.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}

// within reports whether a path is one of some packages, or below one.
func within(path string, packages ...string) bool {
	return slices.ContainsFunc(packages, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "microtui"
}

var screenLibraries = []string{
	"charm.land/bubbletea", "charm.land/bubbles", "charm.land/lipgloss", "github.com/charmbracelet", "microtui/styles",
}

// noApp is what no part of the screen is built of: only the app takes messages
// and makes commands. (A prompt is: the library that edits text brings them.)
var noApp = []string{"microtui/backend", "microtui/cli"}

// Who may not be built of what, and why.
var directions = []struct {
	who       string
	forbidden []string
	why       string
}{
	{"tui", []string{"microtui/backend", "microtui/cli"}, "the screen shows what a model.Observation means; where one comes from is decided in main.go"},
	{"cli", []string{"microtui/backend", "microtui/tui"}, "the command line works on any host; main.go hands it the functions that open one"},
	{"tui", []string{"microtui/config"}, "the screen takes settings as options, wherever they come from"},
	{"cli", []string{"microtui/config"}, "the command line takes settings as options, wherever they come from"},
	{"backend", append([]string{"microtui/tui", "microtui/cli"}, screenLibraries...), "a backend is read by the screen, the command line and tests alike: it must not know that there is a screen"},
	{"backend/filesystem", []string{"microtui/backend"}, "several sources ask what the kernel says of files: it can know none of them"},
	{"backend/unitfile", []string{"microtui"}, "a file has a form whoever reads it"},
	{"backend/wait", []string{"microtui"}, "it is for all that waits, whatever for"},
	{"backend/home", []string{"microtui/backend"}, "what is recorded is the executor's and the sources' matter"},
	{"wording", append([]string{"microtui/backend", "microtui/cli", "microtui/tui", "microtui/tone"}, screenLibraries...), "a word is the same wherever it is read: it follows from the model alone"},
	{"tone", []string{"microtui/backend", "microtui/cli", "microtui/tui", "microtui/wording", "charm.land/bubbletea", "charm.land/bubbles"}, "how a state looks does not depend on where it is shown, nor on how it is called"},
	{"tui/draw", append([]string{"microtui/tui/scene", "microtui/tui/intent", "microtui/wording", "microtui/tone"}, noApp...), "drawing puts text into cells, whatever the text is about"},
	{"tui/table", append([]string{"microtui/tui/scene", "microtui/wording"}, noApp...), "a table keeps its cursor on a thing, whatever its rows say"},
	{"tui/work", append([]string{"microtui/tui/scene", "microtui/tui/draw", "microtui/tui/table"}, noApp...), "what goes on is the same however it is shown"},
	{"tui/keys", append([]string{"microtui/tui/scene", "microtui/tui/dialog", "microtui/tui/list"}, noApp...), "a table of keys says which command they give, on whatever screen"},
	{"tui/list", append([]string{"microtui/tui/dialog", "microtui/tui/logview", "microtui/tui/keys"}, noApp...), "a page that lists things shows them, and does nothing to them"},
	{"tui/dialog", append([]string{"microtui/tui/list", "microtui/tui/table", "microtui/tui/logview"}, noApp...), "a dialog is the same over whichever page it lies"},
	{"tui/scene", append([]string{"microtui/tui/draw", "microtui/tui/table"}, noApp...), "what is known does not depend on where it is shown"},
	{"tui/intent", append([]string{"microtui/tui/draw", "microtui/tui/scene"}, noApp...), "an intent is plain data: what becomes of it is the app's"},
	{"tui/detail", append([]string{"microtui/tui/table"}, noApp...), "a page says what is known of a thing, wherever it was opened from"},
	{"tui/logview", noApp, "a pane answers keys with intents: the app alone makes commands of them"},
	{"styles", []string{"microtui", "charm.land/bubbletea", "charm.land/bubbles"}, "how a role looks does not depend on where it is shown"},
	{"config", append([]string{"microtui"}, screenLibraries...), "a file has a form whoever reads it: main.go tells which commands and columns it may name, and takes its settings to the faces"},
	{"model", []string{"microtui"}, "every package may know the model, so it can know none"},
	{"model/text", []string{"microtui"}, "text is kept and shown alike, whatever it is about"},
	{"model/order", []string{"microtui"}, "things are put in order alike, whatever they are"},
}

// Who alone may name a library, and why.
var importers = []struct {
	library, only, why string
}{
	{"github.com/coreos/go-systemd", "backend/systemd", "its traps (reconnecting, job channels, PathBusEscape) are dealt with in one place"},
	{"github.com/godbus/dbus", "backend/systemd", "its traps (a context is the connection's life) are dealt with in one place"},
	{"github.com/vishvananda/netlink", "backend/network", "its traps (interrupted dumps, alternative names) are dealt with in one place"},
	{"charm.land/bubbletea", "tui", "one screen, one event loop"},
	{"github.com/spf13/cobra", "cli", "flags and commands have one owner"},
	{"github.com/pelletier/go-toml", "config", "one file, one form"},
}

func TestImportDirections(t *testing.T) {
	for _, p := range listPackages(t) {
		short := p.short()
		for _, rule := range directions {
			for _, dep := range p.Deps {
				if within(short, rule.who) && within(dep, versions(dep, rule.forbidden)...) && !within(dep, "microtui/"+rule.who) && (!isModel(dep) || within(short, "model/text", "model/order")) {
					t.Errorf("%s is built of %s: %s", p.ImportPath, dep, rule.why)
				}
			}
		}
		for _, rule := range importers {
			for _, path := range p.Imports {
				if within(path, versions(path, []string{rule.library})...) && !within(short, rule.only) && !isTestSupport(short) {
					t.Errorf("%s imports %s, which only %s does: %s", p.ImportPath, path, rule.only, rule.why)
				}
			}
		}
		checkOwnRules(t, p)
	}
}

// isModel: every package may know the model, what text is, and how to put things
// in order.
func isModel(dep string) bool {
	return dep == "microtui/model" || dep == "microtui/model/order" || isText(dep)
}

func isText(dep string) bool { return dep == "microtui/model/text" }

// versions adds the major versions of a path's modules: /v2, /v22.
func versions(path string, modules []string) []string {
	all := slices.Clone(modules)
	for _, m := range modules {
		if rest, ok := strings.CutPrefix(path, m+"/v"); ok {
			major, _, _ := strings.Cut(rest, "/")
			all = append(all, m+"/v"+major)
		}
	}
	return all
}

// isTestSupport: packages that exist for tests only, and for the programs that
// open a lab to look around or to measure there.
func isTestSupport(short string) bool { return within(short, "lab", "tui/screentest", "bench") }

// forSources is what any source may know: packages that know none.
var forSources = []string{"microtui/backend/filesystem", "microtui/backend/unitfile", "microtui/backend/wait"}

// composes reports whether a package puts sources together.
func composes(short string) bool {
	return within(short, "backend/execute", "backend/operation", "backend/demo")
}

// checkOwnRules checks what holds for one package alone.
func checkOwnRules(t *testing.T, p listed) {
	t.Helper()
	short := p.short()
	for _, path := range p.Imports {
		inside := strings.TrimPrefix(path, "microtui/")
		switch {
		case isTestSupport(inside) && path != inside && !isTestSupport(short):
			t.Errorf("%s imports %s: it exists for tests, which may boot and destroy hosts", p.ImportPath, path)
		case within(short, "model") && (!isStandard(path) && !isModel(path) || within(path, "os", "net", "io/fs", "syscall", "log", "testing")):
			t.Errorf("model imports %s: it is plain data and pure functions, the same on every machine", path)
		case strings.HasPrefix(short, "tui/") && !within(short, "tui/prompt", "tui/terminal", "tui/screentest") && within(path, "charm.land/bubbletea/v2"):
			t.Errorf("%s imports %s: a part of the screen answers with intents, and the app alone makes commands of them", p.ImportPath, path)
		case short == "styles" && !isStandard(path) && !within(path, "charm.land/lipgloss/v2"):
			t.Errorf("styles imports %s: it knows Lip Gloss only", path)
		case short == "backend/demo" && !isStandard(path) && !within(path, "microtui/model", "microtui/backend/operation"):
			t.Errorf("backend/demo imports %s: the simulated host touches no real one", path)
		case within(path, forSources...):
		case short == "backend/operation" && within(path, "microtui/backend") && !within(path, "microtui/backend/home"):
			t.Errorf("backend/operation imports %s: it knows the order of things, whatever a step does", path)
		case short == "backend/execute" && within(path, "microtui/backend/demo"), short == "backend/execute" && path == "microtui/backend":
			t.Errorf("backend/execute imports %s: it changes the real host, and reads it through the interface it declares", path)
		case strings.HasPrefix(short, "backend/") && !composes(short) && within(path, "microtui/backend") && !within(path, p.ImportPath):
			t.Errorf("%s imports %s: sources never know each other, backend and backend/execute put them together", p.ImportPath, path)
		}
	}
}

func TestEachPackageSaysWhatItKnows(t *testing.T) {
	for _, p := range listPackages(t) {
		var comments []string
		var said string
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if file.Doc != nil {
				comments = append(comments, name)
				said = strings.Join(strings.Fields(file.Doc.Text()), " ")
			}
		}
		if within(p.short(), "backend") && !strings.Contains(said, "must not know") {
			t.Errorf("%s does not say what it must not know", p.ImportPath)
		}
		if len(comments) != 1 {
			t.Errorf("%s has %d package comments %v, want exactly one", p.ImportPath, len(comments), comments)
		}
	}
}

// ofOtherTests are the files of the simulated host that tests of other packages
// need, and no program.
var ofOtherTests = []string{"sized.go", "testsonly.go"}

// What only tests need of the simulated host is in its test files: each of its
// functions is in the program, as it is linked without any being inlined.
func TestDemoHoldsWhatTheProgramShows(t *testing.T) {
	program := filepath.Join(t.TempDir(), "microtui")
	tool(t, "build", "-gcflags=microtui/backend/demo=-l", "-o", program, ".")
	linked := make(map[string]bool)
	for line := range strings.Lines(tool(t, "tool", "nm", program)) {
		if fields := strings.Fields(line); len(fields) > 2 {
			name, _, _ := strings.Cut(strings.Join(fields[2:], " "), "[") // of what has type parameters
			linked[strings.TrimPrefix(name, "microtui/backend/demo.")] = true
		}
	}
	all := 0
	for _, name := range simulated(t) {
		all++
		if !linked[name] {
			t.Errorf("backend/demo: %s is not in the program: what only tests need belongs in its test files", name)
		}
	}
	if all < 100 {
		t.Errorf("only %d functions were found", all)
	}
	if linked["(*Host).Truth"] {
		t.Error("the oracle is in the program")
	}
}

// simulated are the functions of the simulated host, as the linker names them.
func simulated(t *testing.T) (names []string) {
	t.Helper()
	all := listPackages(t)
	demo := all[slices.IndexFunc(all, func(p listed) bool { return p.short() == "backend/demo" })]
	for _, name := range demo.GoFiles {
		if slices.Contains(ofOtherTests, name) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(demo.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				names = append(names, linkedName(f))
			}
		}
	}
	return names
}

func linkedName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	switch of := f.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		return fmt.Sprintf("(*%s).%s", of.X, f.Name)
	default:
		return fmt.Sprintf("%s.%s", of, f.Name)
	}
}

// tool runs the go command on this module.
func tool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = ".."
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, errs.String())
	}
	return string(out)
}

func TestNoReplacedModules(t *testing.T) {
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(strings.TrimSpace(line), "replace") {
			t.Errorf("go.mod: %s: whoever builds this elsewhere does not have it", strings.TrimSpace(line))
		}
	}
}

// forbiddenCalls are not in the program, with the reason.
var forbiddenCalls = map[string]string{
	"os.RemoveAll":     "it follows what is mounted, and whoever swaps a folder under it",
	"fs.WalkDir":       "it works on paths, which others can change under it",
	"filepath.Walk":    "it works on paths, which others can change under it",
	"filepath.WalkDir": "it works on paths, which others can change under it",
	"log.Fatal":        "it leaves the terminal as it is",
	"log.Fatalf":       "it leaves the terminal as it is",
	"log.Fatalln":      "it leaves the terminal as it is",
	"time.Sleep":       "it cannot be interrupted: wait for what is waited for, or a timer and a context",
}

// clocks are what the model may not call on top.
var clocks = []string{"time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.NewTimer", "time.NewTicker", "time.Tick"}

func TestForbiddenCalls(t *testing.T) {
	for _, p := range listPackages(t) {
		if isTestSupport(p.short()) {
			continue
		}
		eachCall(t, p, func(at string, call *ast.CallExpr) {
			name := calleeName(call)
			if why, ok := forbiddenCalls[name]; ok {
				t.Errorf("%s calls %s: %s", at, name, why)
			}
			if within(p.short(), "model") && slices.Contains(clocks, name) {
				t.Errorf("%s calls %s: the model knows no clock, an observation brings its own time", at, name)
			}
			if name == "os.Exit" && p.short() != "" {
				t.Errorf("%s calls os.Exit: only main may end the program", at)
			}
			if strings.HasSuffix(name, ".RemoveAll") {
				t.Errorf("%s calls %s: what is deleted is deleted by backend/trash, which crosses no mount and follows no link", at, name)
			}
			if name != "exec.Command" && name != "exec.CommandContext" {
				return
			}
			if slices.ContainsFunc(call.Args, isShell) {
				t.Errorf("%s runs a shell: names from outside would be its program", at)
			}
			if slices.ContainsFunc(call.Args, isRemover) {
				t.Errorf("%s runs rm: it deletes what is mounted below, measured", at)
			}
		})
	}
}

func isShell(arg ast.Expr) bool {
	text, ok := arg.(*ast.BasicLit)
	return ok && slices.Contains([]string{"sh", "bash", "/bin/sh", "/bin/bash"}, strings.Trim(text.Value, "\"`"))
}

func isRemover(arg ast.Expr) bool {
	text, ok := arg.(*ast.BasicLit)
	return ok && slices.Contains([]string{"rm", "/bin/rm", "/usr/bin/rm"}, strings.Trim(text.Value, "\"`"))
}

// safeTextMakers may turn any string into SafeText.
var safeTextMakers = map[string]string{
	"model/text/safe.go": "the sanitiser",
}

func TestSafeTextComesFromTheSanitiser(t *testing.T) {
	conversions := 0
	for _, p := range listPackages(t) {
		eachCall(t, p, func(at string, call *ast.CallExpr) {
			if name := calleeName(call); name != "text.SafeText" && (p.short() != "model/text" || name != "SafeText") {
				return
			}
			conversions++
			file, _, _ := strings.Cut(at, ":")
			if _, constant := call.Args[0].(*ast.BasicLit); !constant && safeTextMakers[file] == "" {
				t.Errorf("%s converts to SafeText: only text.Safe and text.Safef make it of what is no constant", at)
			}
		})
	}
	if conversions == 0 {
		t.Error("no conversion found, not even the sanitiser's: this test looks in the wrong place")
	}
}

// eachCall visits every call in a package's files, with where it is.
func eachCall(t *testing.T, p listed, visit func(at string, call *ast.CallExpr)) {
	t.Helper()
	for _, name := range p.GoFiles {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				at := fmt.Sprintf("%s:%d", filepath.ToSlash(filepath.Join(p.short(), name)), files.Position(call.Pos()).Line)
				visit(at, call)
			}
			return true
		})
	}
}

// calleeName is "pkg.Name" or "Name", as it is written.
func calleeName(call *ast.CallExpr) string {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// TestOnlyTheAppIsTheApp: a part of the screen is handed what it shows and says
// what it wants. No method of one takes the app, and none returns a command of
// Bubble Tea's; in packages of their own, nothing does.
func TestOnlyTheAppIsTheApp(t *testing.T) {
	methods := 0
	for _, p := range listPackages(t) {
		short := p.short()
		if !within(short, "tui") || within(short, "tui/screentest") {
			continue
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				f, isFunc := d.(*ast.FuncDecl)
				if !isFunc || f.Recv == nil || written(f.Recv.List[0].Type) == "*App" {
					continue
				}
				methods++
				for _, param := range f.Type.Params.List {
					if strings.Contains(written(param.Type), "App") {
						t.Errorf("%s: a method of a part takes the app: %s %s", name, written(f.Recv.List[0].Type), f.Name.Name)
					}
				}
				if f.Type.Results == nil {
					continue
				}
				for _, result := range f.Type.Results.List {
					if strings.Contains(written(result.Type), "tea.Cmd") {
						t.Errorf("%s: a method of a part returns a command: %s %s", name, written(f.Recv.List[0].Type), f.Name.Name)
					}
				}
			}
		}
	}
	if methods < 200 {
		t.Errorf("only %d methods were looked at", methods)
	}
}

// written is a type as it is written.
func written(e ast.Expr) string { return types.ExprString(e) }

// TestSourcesAreListed: a source that can fail is one that metrics and messages
// know.
func TestSourcesAreListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../model/observation.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var made int
	for name := range file.Scope.Objects {
		if strings.HasPrefix(name, "Source") && file.Scope.Objects[name].Kind == ast.Con {
			made++
		}
	}
	if made < 10 || made != len(model.Sources) {
		t.Errorf("model has %d sources, of which model.Sources lists %d", made, len(model.Sources))
	}
}
