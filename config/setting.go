package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"microtui/model"
)

// setting is one that has a name of its own.
type setting struct {
	key  string // dotted
	says string // for whoever reads the file
	// set takes a value over and says what is wrong with it; empty: nothing.
	set func(c *Config, names *Names, value any) string
	// value is what holds, as the file would have it.
	value func(c *Config) any
}

var settings = []setting{
	chosen("theme", "auto follows the terminal, dark and light suit its background, mono uses no colours", Themes, func(c *Config) *string { return &c.Theme }),
	{
		"refresh", fmt.Sprintf("how often the host is read, from %s to %s; it is read sooner when something changes", span(shortestRefresh), span(longestRefresh)),
		setRefresh, func(c *Config) any { return span(c.Refresh) },
	},
	chosen("ascii", "on shows only ASCII, auto follows the locale", ASCIIs, func(c *Config) *string { return &c.ASCII }),
	{"columns", "the columns of the table of VMs, in this order", setColumns, func(c *Config) any { return c.Columns }},
	chosen("sort", "what VMs are sorted by at first; numbers from high to low", Sorts, func(c *Config) *string { return &c.Sort }),
	chosen("group", "what VMs are grouped by at first", Groups, func(c *Config) *string { return &c.Group }),
	switched("mouse", "let microtui handle clicks and the wheel; most terminals then select text with Shift", func(c *Config) *bool { return &c.Mouse }),
	chosen("log.timestamps", "what is shown before each log line", Timestamps, func(c *Config) *string { return &c.Log.Timestamps }),
	switched("log.wrap", "wrap long log lines", func(c *Config) *bool { return &c.Log.Wrap }),
	switched("log.colours", "keep guests' colours in logs, where the terminal supports them", func(c *Config) *bool { return &c.Log.Colours }),
	switched("gc.trash", "whether microtui gc deletes what has expired in the trash", func(c *Config) *bool { return &c.GC.Trash }),
	{
		"gc.orphans", "one of " + strings.Join(GCOrphans, ", ") + ": what microtui gc does with proven leftovers; set it in " + HostPath,
		setGCOrphans, func(c *Config) any { return string(c.GC.Orphans) },
	},
	{"gc.grace", "how long something must have been a leftover before microtui gc removes it", setGCGrace, func(c *Config) any { return span(c.GC.Grace) }},
	{"gc.most", "how many leftovers microtui gc removes per run", setGCMost, func(c *Config) any { return int64(c.GC.Most) }},
}

// chosen is a setting with one of some values.
func chosen(key, says string, values []string, field func(*Config) *string) setting {
	says = "one of " + strings.Join(values, ", ") + ": " + says
	return setting{key, says, func(c *Config, _ *Names, value any) string {
		text, is := value.(string)
		if !is || !slices.Contains(values, text) {
			return fmt.Sprintf("must be one of %s, not %s", quotedList(values), literal(value))
		}
		*field(c) = text
		return ""
	}, func(c *Config) any { return *field(c) }}
}

// switched is a setting that is on or off.
func switched(key, says string, field func(*Config) *bool) setting {
	return setting{key, says, func(c *Config, _ *Names, value any) string {
		on, is := value.(bool)
		if !is {
			return "must be true or false, not " + literal(value)
		}
		*field(c) = on
		return ""
	}, func(c *Config) any { return *field(c) }}
}

func setRefresh(c *Config, _ *Names, value any) string {
	text, is := value.(string)
	if !is {
		return `must be a duration such as "2s" or "1m30s", not ` + literal(value)
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return `must be a duration such as "2s" or "1m30s", not ` + literal(value)
	case d < shortestRefresh || d > longestRefresh:
		return fmt.Sprintf("%s is not between %s and %s", span(d), span(shortestRefresh), span(longestRefresh))
	}
	c.Refresh = d
	return ""
}

// span writes a length of time without what is zero: 1h, not 1h0m0s.
func span(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func setColumns(c *Config, names *Names, value any) string {
	columns, wrong := texts(value)
	switch {
	case wrong != "":
		return "must be a list of columns such as [\"name\"]: " + wrong
	case len(columns) == 0:
		return "is empty; leave it out to show all columns"
	}
	for i, column := range columns {
		switch {
		case !slices.Contains(names.Columns, column):
			return fmt.Sprintf("unknown column %s; %s", quoted(column), instead(column, names.Columns, ""))
		case slices.Contains(columns[:i], column):
			return quoted(column) + " is listed twice"
		}
	}
	c.Columns = columns
	return ""
}

// texts is a list of texts; wrong says what of it is none.
func texts(value any) (list []string, wrong string) {
	all, is := value.([]any)
	if !is {
		return nil, literal(value) + " is not a list"
	}
	list = make([]string, len(all))
	for i, one := range all {
		if list[i], is = one.(string); !is {
			return nil, literal(one) + " is not quoted text"
		}
	}
	return list, ""
}

func setGCOrphans(c *Config, _ *Names, value any) string {
	text, is := value.(string)
	if !is || !slices.Contains(GCOrphans, text) {
		return fmt.Sprintf("must be one of %s, not %s", quotedList(GCOrphans), literal(value))
	}
	c.GC.Orphans = model.CollectOrphans(text)
	return ""
}

func setGCGrace(c *Config, _ *Names, value any) string {
	text, is := value.(string)
	d, err := time.ParseDuration(text)
	if !is || err != nil || d < 0 || d > longestGrace {
		return fmt.Sprintf(`must be a duration such as "168h" and between 0s and %s, not %s`, span(longestGrace), literal(value))
	}
	c.GC.Grace = d
	return ""
}

func setGCMost(c *Config, _ *Names, value any) string {
	number, is := value.(int64)
	if !is || number < 1 || number > mostMost {
		return fmt.Sprintf("must be a number from 1 to %d, not %s", mostMost, literal(value))
	}
	c.GC.Most = int(number)
	return ""
}
