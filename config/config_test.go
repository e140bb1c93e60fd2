package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/model"
	"microtui/model/text"
)

const (
	inTable = 1 << iota
	inLog
	inDialog
)

var testNames = Names{
	Columns: []string{"name", "state", "cpu", "notes"},
	Commands: []Command{
		{Name: "start", Keys: []string{"s"}, Places: inTable},
		{Name: "stop", Keys: []string{"S"}, Places: inTable},
		{Name: "filter", Keys: []string{"/"}, Places: inTable},
		{Name: "search", Keys: []string{"/"}, Places: inLog},
		{Name: "redraw", Keys: []string{"ctrl+l"}},
		{Name: "confirm", Keys: []string{"y"}, Places: inDialog, Fixed: true},
	},
}

func TestRead(t *testing.T) {
	const source = `# mine
theme = "mono"
refresh = "1m30s"
columns = [
  "name",
  "cpu",
]
sort = "cpu"
group = "origin"
mouse = true
log.wrap = false

[ssh]
web = { address = "web.lan", user = "eve", port = 2222 }
[ssh.db]
user = "postgres"

[keys]
start = ["Ctrl-S", "pgdown", "+"]
stop = []
search = ["s"]
`
	path := write(t, source)
	got, err := Read(path, testNames)
	if err != nil {
		t.Fatal(err)
	}
	want := Default(testNames)
	want.Path, want.Exists = path, true
	want.Theme, want.Refresh, want.Columns, want.Log.Wrap = "mono", 90*time.Second, []string{"name", "cpu"}, false
	want.Sort, want.Group, want.Mouse = "cpu", "origin", true
	want.SSH = map[model.Raw]model.Address{"web": {Host: "web.lan", User: "eve", Port: 2222}, "db": {User: "postgres"}}
	want.Keys["start"], want.Keys["stop"], want.Keys["search"] = []string{"ctrl+s", "pgdown", "+"}, []string{}, []string{"s"}
	want.Lines = map[string]int{
		"theme": 2, "refresh": 3, "columns": 4, "sort": 8, "group": 9, "mouse": 10, "log.wrap": 11,
		"ssh.web.address": 14, "ssh.web.user": 14, "ssh.web.port": 14,
		"ssh.db.user": 16, "keys.start": 19, "keys.stop": 20, "keys.search": 21,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Error(diff)
	}
	again, err := Read(write(t, got.TOML()), testNames)
	if err != nil {
		t.Fatalf("what is written cannot be read: %v\n%s", err, got.TOML())
	}
	if diff := cmp.Diff(got, again, cmpopts.IgnoreUnexported(Config{}), cmpopts.IgnoreFields(Config{}, "Path", "Lines")); diff != "" {
		t.Errorf("written and read again it is another: %s", diff)
	}
	for line, part := range map[string]string{
		"a value of the file": `theme = "mono" # line 2`, "a default": `ascii = "auto" # default`,
		"a key": `start = ["ctrl+s", "pgdown", "+"] # line 19`, "a fixed key": `# confirm = ["y"] # cannot be changed`, "an address": `address = "web.lan" # line 14`,
	} {
		if !strings.Contains(got.TOML(), part+"\n") {
			t.Errorf("%s is not written:\n%s", line, got.TOML())
		}
	}
	if _, err := json.Marshal(got.JSON()); err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, s string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNoFileIsNoError(t *testing.T) {
	for _, path := range []string{"", filepath.Join(t.TempDir(), "none"), filepath.Join(write(t, ""), "below/a/file")} {
		got, err := Read(path, testNames)
		if err != nil || got.Exists || got.Theme != "auto" || got.Refresh != 2*time.Second || len(got.Columns) != 4 {
			t.Errorf("%q: %+v, %v", path, got, err)
		}
	}
}

func TestErrorsNameLineAndKey(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"theem = 1", `1: theem: unknown setting; did you mean theme?`},
		{"\n\nTheme = 1", `3: Theme: unknown setting; did you mean theme?`},
		{"[LOG]\nwrap = true", `1: LOG: unknown setting; did you mean log?`},
		{"fontsize = 3", `1: fontsize: unknown setting; use one of theme, refresh, ascii, columns, sort, group, mouse, log.timestamps, log.wrap, log.colours, gc.trash, gc.orphans, gc.grace, gc.most, log, gc, keys, ssh`},
		{"[log]\n\nwarp = true", `3: log.warp: unknown setting; did you mean log.wrap?`},
		{"[theme]\ndark = true", `1: theme: must be one of "auto", "dark", "light", "mono", not a table`},
		{"theme = 1", `1: theme: must be one of "auto", "dark", "light", "mono", not 1`},
		{"theme = \"\\u001b[2J\"", `1: theme: must be one of "auto", "dark", "light", "mono", not "\u001b[2J"`},
		{"sort = \"size\"", `1: sort: must be one of "name", "state", "origin", "freshness", "cpu", "memory", "disk", "net", "uptime", not "size"`},
		{"group = \"\"", `1: group: must be one of "none", "origin", "verdict", "state", not ""`},
		{"mouse = \"on\"", `1: mouse: must be true or false, not "on"`},
		{"log.wrap = \"on\"", `1: log.wrap: must be true or false, not "on"`},
		{"log.wrap = 2026-01-01", `1: log.wrap: must be true or false, not a date or time`},
		{"refresh = 2", `1: refresh: must be a duration such as "2s" or "1m30s", not 2`},
		{"refresh = \"soon\"", `1: refresh: must be a duration such as "2s" or "1m30s", not "soon"`},
		{"refresh = \"1ms\"", `1: refresh: 1ms is not between 500ms and 1h`},
		{"refresh = \"2h\"", `1: refresh: 2h is not between 500ms and 1h`},
		{"[gc]\norphans = \"all\"", `2: gc.orphans: must be one of "report", "clean", "clean-data", not "all"`},
		{"[gc]\ngrace = 7", `2: gc.grace: must be a duration such as "168h" and between 0s and 8784h, not 7`},
		{"[gc]\ngrace = \"-1h\"", `2: gc.grace: must be a duration such as "168h" and between 0s and 8784h, not "-1h"`},
		{"[gc]\nmost = 0", `2: gc.most: must be a number from 1 to 1000, not 0`},
		{"[gc]\ntrash = 1", `2: gc.trash: must be true or false, not 1`},
		{"columns = \"name\"", `1: columns: must be a list of columns such as ["name"]: "name" is not a list`},
		{"columns = []", `1: columns: is empty; leave it out to show all columns`},
		{"columns = [\"name\", 3]", `1: columns: must be a list of columns such as ["name"]: 3 is not quoted text`},
		{"columns = [\"nmae\"]", `1: columns: unknown column "nmae"; did you mean name?`},
		{"columns = [\"uptime\"]", `1: columns: unknown column "uptime"; use one of name, state, cpu, notes`},
		{"columns = [\"cpu\", \"cpu\"]", `1: columns: "cpu" is listed twice`},
		{"keys = 3", `1: keys: must be a table, beginning with [keys], not 3`},
		{"[[keys]]\nstart = 3", `1: keys: a table begins with [keys], in single brackets`},
		{"[keys]\nstrat = []", `2: keys.strat: unknown command; did you mean start?`},
		{"[keys]\nfly = []", `2: keys.fly: unknown command; see microtui config`},
		{"[keys]\nstart = \"s\"", `2: keys.start: must be a list of keys such as ["s"]: "s" is not a list`},
		{"[keys]\nstart = [1]", `2: keys.start: must be a list of keys such as ["s"]: 1 is not quoted text`},
		{"[keys]\nstart = [\"s\", \"s\"]", `2: keys.start: "s" is listed twice`},
		{"[keys]\nstart = [\"pagedown\"]", `2: keys.start: unknown key "pagedown"; did you mean pgdown?`},
		{"[keys]\nstart = [\"super+s\"]", `2: keys.start: unknown key "super+s"; a key is a character, or a name such as enter, pgup, f1 or ctrl+l`},
		{"[keys]\nstart = [\"shift+s\"]", `2: keys.start: write "shift+s" as the character it types, such as S`},
		{"[keys]\nstart = [\"ctrl+m\"]", `2: keys.start: most terminals cannot tell "ctrl+m" from enter`},
		{"[keys]\nconfirm = [\"x\"]", `2: keys.confirm: its keys cannot be changed`},
		{"[keys]\nstart = [\"S\"]", `2: keys.start: "S" is also bound to stop: give one of them another key`},
		{"[keys]\nstop = [\"z\"]\nstart = [\"z\"]", `3: keys.start: "z" is also bound to stop: give one of them another key`},
		{"[keys]\nstart = [\"z\"]\n\nstop = [\"z\"]", `4: keys.stop: "z" is also bound to start: give one of them another key`},
		{"[keys]\nredraw = [\"y\"]", `2: keys.redraw: "y" is also bound to confirm: give one of them another key`},
		{"[ssh.web]\nadress = \"x\"", `2: ssh.web.adress: unknown setting; did you mean address?`},
		{"[ssh.web]\naddress = \"root@web\"", `2: ssh.web.address: must be a host name or an IP address, not "root@web"; user and port are separate settings`},
		{"[ssh.web]\naddress = \"-oProxyCommand=evil\"", `2: ssh.web.address: must be a host name or an IP address, not "-oProxyCommand=evil"; user and port are separate settings`},
		{"[ssh.web]\nuser = \"-l\"", `2: ssh.web.user: must be the name of a user in the guest, not "-l"`},
		{"[ssh.web]\nuser = 3", `2: ssh.web.user: must be quoted text, not 3`},
		{"[ssh.web]\nport = 65536", `2: ssh.web.port: must be a number from 1 to 65535, not 65536`},
		{"[ssh.web]\nport = \"22\"", `2: ssh.web.port: must be a number from 1 to 65535, not "22"`},
		{"ssh = { web = { port = 0 } }", `1: ssh.web.port: must be a number from 1 to 65535, not 0`},
		{"[ssh.\"a b\"]\nport = 22", `1: ssh."a b": needs the name of a VM, as in [ssh.web]`},
		{"[ssh]\nweb = 3", `2: ssh.web: must be a table, beginning with [ssh.web], not 3`},
		{"[[ssh.web]]\nport = 3", `1: ssh.web: a table begins with [ssh.web], in single brackets`},
		{"theme = \"mono\"\nascii = ", `2: expected value, not end of input`},
		{"theme = \"mono\"\ntheme = \"dark\"", `2: key theme is already defined`},
	} {
		path := write(t, test.text)
		got, err := Read(path, testNames)
		if err == nil || !strings.HasPrefix(err.Error(), path+":") {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		if said := strings.TrimPrefix(err.Error(), path+":"); said != test.want {
			t.Errorf("%q:\n said %s\n want %s", test.text, said, test.want)
		}
		if got.Theme != "auto" || !got.Exists || len(got.Lines) > 0 {
			t.Errorf("%q: not the defaults: %+v", test.text, got)
		}
	}
}

// A key may do one thing in the table and another in the log.
func TestKeysClashInOnePlaceOnly(t *testing.T) {
	for line, clash := range map[string]bool{
		"search = [\"s\"]": false, "filter = [\"s\"]": true, "redraw = [\"/\"]": true, "start = [\"/\"]\nfilter = []": false, "start = [\"S\"]\nstop = [\"s\"]": false,
	} {
		if _, err := parse([]byte("[keys]\n"+line), testNames); (err != nil) != clash {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, words := range []string{
		"", "theme = \"mono\"", "[keys]\nstart = [\"ctrl+x\"]", "ssh = { web = { address = \"a\" } }", "[[a]]\n[a.b]\nc.d = 1", "a = [{b = 1}]",
		"\"\" = 1", "'\\' = 1", "[ssh.\"\\u0000\"]", "refresh = \"1h\"\nlog = {wrap = true}", "columns = [\n# x\n\"name\"]",
	} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, source string) {
		c, err := parse([]byte(source), testNames)
		if err != nil {
			if said := err.Error(); string(text.Safe(said)) != said {
				t.Fatalf("%q: the error is not safe to show: %q", source, said)
			}
			return
		}
		again, err := parse([]byte(c.TOML()), testNames)
		if err != nil {
			t.Fatalf("%q: written as\n%s\nit is not read again: %v", source, c.TOML(), err)
		}
		if diff := cmp.Diff(c, again, cmpopts.IgnoreUnexported(Config{}), cmpopts.IgnoreFields(Config{}, "Lines")); diff != "" {
			t.Fatalf("%q: written and read again it is another: %s", source, diff)
		}
		for line := range strings.Lines(c.TOML()) {
			if line = strings.TrimSuffix(line, "\n"); string(text.Safe(line)) != line {
				t.Fatalf("%q: a line is not safe to show: %q", source, line)
			}
		}
	})
}
