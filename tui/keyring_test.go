package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/dialog"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/keys"
	"microtui/tui/table"
)

// otherKeys are keys that no command has by itself.
var otherKeys = map[string][]string{
	"operations": {"f4"}, "detail": {"f5"}, "next-tab": {"f6"}, "switch-pane": {"f7"}, "problems": {"f8"}, "doctor": {"f9"}, "findings": {"f10"},
	"mend": {"f11"}, "results": {"f12"}, "compare": {"ctrl+e"}, "search": {"ctrl+f"}, "settle": {"ctrl+t"}, "clear": {"ctrl+x"}, "back": {"ctrl+b"}, "quit": {"ctrl+q"},
}

// spoken are what is said about keys: how one gets there, with the keys of a
// keyring, and what is said then, a key's place held by its command's name.
var spoken = map[string]struct {
	show func(th *theatre, key func(string) string)
	says string
}{
	"too small":       {func(th *theatre, _ func(string) string) { th.resizeTo(60, 4) }, "{quit} quits."},
	"nothing matches": {func(th *theatre, _ func(string) string) { th.press("/", "~", "enter") }, "Nothing matches the filter. {clear} clears it."},
	"nothing matches on another page": {func(th *theatre, key func(string) string) { th.press(key("doctor"), "/", "~", "enter") },
		"Nothing matches the filter. {back} clears it."},
	"no notices":  {func(th *theatre, key func(string) string) { th.well(); th.press(key("doctor"), key("problems")) }, "{problems} shows notices too."},
	"a well VM":   {func(th *theatre, key func(string) string) { th.well(); th.press(key("detail"), key("findings")) }, "{doctor} shows findings for the whole host."},
	"overview":    {func(th *theatre, key func(string) string) { th.press("j", key("detail")) }, "findings ({findings})"},
	"evidence":    {func(th *theatre, key func(string) string) { th.press("j", key("detail"), "[", "[", "[") }, "{findings} opens them: the evidence"},
	"generations": {func(th *theatre, key func(string) string) { th.press("j", key("detail"), "[", "[") }, "Not compared yet: {compare} compares closures."},
	"a finding":   {func(th *theatre, key func(string) string) { th.press(key("doctor"), key("detail")) }, "{mend}  restart mail"},
	"not fixed": {func(th *theatre, key func(string) string) {
		th.App.options.Recorded = false
		th.press(key("doctor"), "j", "j", key("mend"))
	},
		"Fix: microtui cannot fix this; {detail} shows what to do"},
	"log below": {func(th *theatre, _ func(string) string) { th.press("j", "j", "l") }, "{switch-pane} to scroll"},
	"no search": {func(th *theatre, _ func(string) string) { th.press("L", "n") }, "nothing to search for; {search} begins"},
	"more to say": {func(th *theatre, _ func(string) string) {
		th.tell(intent.Message{Text: "it failed", More: true})
		th.View()
	},
		"it failed ({results} for all)"},
	"interrupted": {func(th *theatre, _ func(string) string) { th.interrupted() }, "was interrupted: {operations} to settle it"},
	"operations":  {func(th *theatre, key func(string) string) { th.interrupted(); th.press(key("operations")) }, "not being carried out: {settle} settles it"},
	"an operation": {func(th *theatre, key func(string) string) {
		th.interrupted()
		th.press(key("operations"), key("detail"))
	},
		"Press {settle} to settle it: "},
	"a build in vain": {func(th *theatre, _ func(string) string) {
		b := dialog.NewBuild(model.Plan{}, nil)
		b.Begun("1", nil)
		th.openDialog(b)
		th.interrupted()
	},
		"operation's page: {operations}, {detail}, {next-tab}."},
	"an operation that goes on": {func(th *theatre, _ func(string) string) {
		th.openDialog(dialog.NewFollow("1"))
		th.interrupted()
		th.Work.Operations[0].State = model.OperationRunning
		th.View()
	}, "It keeps running when this is closed: {operations} shows it."},
	"its end": {func(th *theatre, _ func(string) string) { th.openDialog(dialog.NewFollow("1")); th.interrupted() },
		"not being carried out: {operations} to settle it."},
}

// well shows a host on which nothing is wrong.
func (th *theatre) well() { th.observe(doctor.Interpret(observe(0, 3))) }

// interrupted shows an operation that nobody works on.
func (th *theatre) interrupted() {
	th.Work.Operations, th.Work.Known = []model.Operation{{ID: "1", State: model.OperationInterrupted, Plan: model.Plan{Action: model.ActionPurge}}}, true
	th.Work.Tick(now)
	th.derive(now)
	th.View()
}

func TestWhatIsSaidAboutKeysFollowsThem(t *testing.T) {
	names := regexp.MustCompile(`\{([a-z-]+)\}`)
	for _, spoken := range spoken {
		for _, wanted := range []map[string][]string{nil, otherKeys} {
			ring := keys.Bound(allCommands(), wanted)
			th := newTheatre(t, 120, 40, Options{Keys: wanted})
			th.observe(sick())
			spoken.show(th, func(name string) string {
				for _, c := range ring {
					if c.Name == name {
						return c.Keys()[0]
					}
				}
				return ""
			})
			th.shows(names.ReplaceAllStringFunc(spoken.says, func(held string) string { return string(ring.Of(strings.Trim(held, "{}"))) }))
		}
	}
}

// What has no key is not spoken of as if it had one.
func TestNothingIsSaidAboutNoKey(t *testing.T) {
	none := map[string][]string{}
	for name := range otherKeys {
		none[name] = []string{}
	}
	ring := keys.Bound(allCommands(), none)
	o := &model.Operation{ID: "1", State: model.OperationInterrupted}
	d := draw.Document{Cells: 80, Sheet: styles.New(styles.Mono).Plain, Glyphs: styles.Unicode(), Keys: ring}
	detail.WriteOperation(&d, detail.Subject{Operation: o})
	if text := plain(d.Lines); !strings.Contains(text, "not being carried out. To settle it: ") {
		t.Errorf("%s", text)
	}
	s := newStage(t, 60, 4, Options{Keys: none})
	s.observe(village())
	s.shows("Too small: needs 20x5. Ctrl-c quits.")
	s.Work.Operations, s.Work.Known = []model.Operation{*o}, true
	s.Work.Tick(now)
	s.page = pageOperations
	s.derive(now)
	if got := s.ops.Rows[0].Cells[table.Notes].Text; got != "not being carried out" {
		t.Errorf("%q", got)
	}
	m := s.withKey(intent.Message{Text: "interrupted", Key: intent.Mention{Before: ": ", Command: "operations", After: " to settle it"}})
	if m.Text != "interrupted" {
		t.Errorf("%q", m.Text)
	}
}

// No text names a key but through the keyring. Those of prompts and of dialogs
// that act cannot be changed.
func TestNoTextNamesAKey(t *testing.T) {
	names := regexp.MustCompile(`\b(Tab|Esc|Enter|Space|PgUp|PgDn|Ctrl-.)\b|(^|[:;,.(] ?)[A-Za-z0-9!*/:?] (to|opens?|shows?|clears?|begins?|settles?|quits?|compares?|for)\b|\b[Pp]ress \S`)
	fixed := map[string]bool{
		" Esc clears it.": true, "   Esc cancel": true, "Esc": true, "Enter ": true, // prompts
		"PgUp": true, "PgDn": true, // how keys are written
		"Press ": true, // and the keyring
	}
	var paths []string
	for _, room := range []string{"*.go", "*/*.go"} {
		found, err := filepath.Glob(room)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	files, seen := token.NewFileSet(), 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "terminal/") || strings.HasPrefix(path, "screentest/") {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				f, isMember := call.Fun.(*ast.SelectorExpr)
				return !isMember || f.Sel.Name != "Bind"
			}
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			seen++
			if text, _ := strconv.Unquote(literal.Value); names.MatchString(text) && !fixed[text] && !strings.HasPrefix(text, "Enter: ") {
				t.Errorf("%s: %q", files.Position(literal.Pos()), text)
			}
			return true
		})
	}
	if seen < 500 {
		t.Errorf("only %d texts were looked at", seen)
	}
}
