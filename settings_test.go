package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"microtui/config"
	"microtui/model"
)

func TestKeysAreWrittenAsTheConfigurationReadsThem(t *testing.T) {
	names := configurable()
	if len(names.Commands) < 50 || len(names.Columns) < 9 {
		t.Fatalf("%d commands, %d columns", len(names.Commands), len(names.Columns))
	}
	for _, c := range names.Commands {
		for _, key := range c.Keys {
			if got, wrong := config.ParseKey(key); got != key {
				t.Errorf("%s: %q is read as %q: %s", c.Name, key, got, wrong)
			}
		}
	}
}

func TestKeysOfTheScreenInTheFile(t *testing.T) {
	for text, want := range map[string]string{
		`stop = ["F5"]`:                   "",
		`help = ["f2"]`:                   "",
		`stop = ["y"]`:                    `"y" is also bound to confirm`,
		`redraw = ["Ctrl-C"]`:             `also bound to quit-at-once`,
		`confirm = ["F5"]`:                `its keys cannot be changed`,
		`stop = ["K"]`:                    `also bound to power-off`,
		`mark = ["f"]`:                    "", // that follows a log, elsewhere
		`stop = ["s"]`:                    `also bound to start`,
		`search = ["x"]`:                  "also bound to menu",
		`settle = ["F5"]`:                 "",
		`quit-at-once = ["F5"]`:           "its keys cannot be changed",
		`next-match = ["n"]`:              "",
		"stop = [\"s\"]\nstart = [\"S\"]": "",
	} {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte("[keys]\n"+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Read(path, configurable())
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v", text, err)
		case err == nil && !c.Log.Wrap:
			t.Error("lines of a log are cut where nothing is said about it")
		}
	}
}

func TestScreenTakesTheConfiguration(t *testing.T) {
	c := config.Default(configurable())
	c.Keys["stop"], c.Columns, c.Log = []string{"Z"}, []string{"name"}, config.Log{Timestamps: "date", Colours: true}
	c.Sort, c.Group, c.Mouse = "cpu", "origin", true
	o := screenOf(nil, c)
	if o.Keys["stop"][0] != "Z" || len(o.Columns) != 1 || !o.Log.Cut || !o.Log.Colours || o.Log.Timestamps != "date" || o.Interval != c.Refresh ||
		o.Sort != model.SortCPU || o.Group != model.GroupOrigin || !o.Mouse {
		t.Errorf("%+v", o)
	}
}
