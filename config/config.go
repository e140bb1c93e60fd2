package config

import (
	"time"

	"microtui/model"
)

// Config is what holds: the file's word where it has one, the default
// elsewhere.
type Config struct {
	Theme   string        // one of [Themes]
	Refresh time.Duration // between two looks at the host
	ASCII   string        // one of [ASCIIs]
	Columns []string      // of the table, in this order
	Sort    string        // one of [Sorts]
	Group   string        // one of [Groups]
	Mouse   bool          // the screen takes clicks and the wheel
	Log     Log
	// GC is what the periodic clean-up may do; that of [HostPath] counts.
	GC model.CollectPolicy
	// Keys are the keys of every command, by its name. None: it has no key.
	Keys map[string][]string
	// SSH is how guests are reached, by the VM's name.
	SSH map[model.Raw]model.Address

	// Path is the file; empty: no place for one is known.
	Path   string
	Exists bool
	// Lines are where the file sets what it sets, by dotted key.
	Lines map[string]int

	commands []Command
}

// Log is how logs look at first.
type Log struct {
	Timestamps string // one of [Timestamps]
	Wrap       bool
	Colours    bool // the guests' own
}

// What can be chosen from. The first is the default.
var (
	Themes     = []string{"auto", "dark", "light", "mono"}
	ASCIIs     = []string{"auto", "on", "off"}
	Timestamps = []string{"time", "date", "none"}
	Sorts      = names(model.SortKeys)
	Groups     = names(model.GroupKeys)
	GCOrphans  = names([]model.CollectOrphans{model.CollectReport, model.CollectClean, model.CollectData})
)

func names[S ~string](keys []S) []string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = string(key)
	}
	return texts
}

// The bounds of refresh, and its default: what a look costs a host with 1,000
// VMs, and what nobody waits for.
const (
	shortestRefresh = 500 * time.Millisecond
	longestRefresh  = time.Hour
	defaultRefresh  = 2 * time.Second
)

// The bounds of gc.grace and gc.most.
const (
	longestGrace = 366 * 24 * time.Hour
	mostMost     = 1000
)

// Names are what the file can name and only a face knows.
type Names struct {
	Columns  []string // of the table, as they are shown where nothing is set
	Commands []Command
}

// Command is something that a key does.
type Command struct {
	Name string
	Keys []string // where nothing is set, as [ParseKey] writes them
	// Places are where it can be given, a bit for each; 0: everywhere. In one
	// place a key does one thing.
	Places uint64
	// Fixed: the file cannot give it other keys.
	Fixed bool
}

// Default is what holds without a file.
func Default(names Names) Config {
	c := Config{
		Theme: Themes[0], Refresh: defaultRefresh, ASCII: ASCIIs[0], Columns: append([]string{}, names.Columns...),
		Sort: Sorts[0], Group: Groups[0],
		Log:  Log{Timestamps: Timestamps[0], Wrap: true},
		GC:   model.DefaultCollectPolicy,
		Keys: make(map[string][]string, len(names.Commands)), SSH: make(map[model.Raw]model.Address),
		Lines: make(map[string]int), commands: names.Commands,
	}
	for _, command := range names.Commands {
		c.Keys[command.Name] = append([]string{}, command.Keys...)
	}
	return c
}
