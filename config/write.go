package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
)

// TOML is the configuration in the form of its file, with a comment on where
// each value comes from. Read again it gives the same.
func (c Config) TOML() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n", c.origin())
	table := ""
	for _, s := range settings {
		in, name := "", s.key
		if before, after, found := strings.Cut(s.key, "."); found {
			in, name = before, after
		}
		if in != table {
			fmt.Fprintf(&out, "\n[%s]\n", in)
			table = in
		} else {
			out.WriteByte('\n')
		}
		fmt.Fprintf(&out, "# %s\n", s.says)
		c.line(&out, s.key, name, s.value(&c))
	}
	if len(c.commands) > 0 {
		out.WriteString("\n# Key bindings; an empty list leaves a command without a key.\n[keys]\n")
	}
	for _, command := range c.commands {
		if key := dotted([]string{"keys", command.Name}); command.Fixed {
			fmt.Fprintf(&out, "# %s = %s # cannot be changed\n", bareOrQuoted(command.Name), literal(c.Keys[command.Name]))
		} else {
			c.line(&out, key, bareOrQuoted(command.Name), c.Keys[command.Name])
		}
	}
	c.writeSSH(&out)
	return out.String()
}

// origin says where the configuration is from.
func (c Config) origin() text.SafeText {
	switch {
	case c.Path == "":
		return "no place for a file: this user has no home directory"
	case !c.Exists:
		return text.Safef("%s does not exist: these are the defaults", c.Path)
	}
	return text.Safef("from %s", c.Path)
}

// line writes a value with where it comes from.
func (c Config) line(out *strings.Builder, key, name string, value any) {
	from := "default"
	if line := c.Lines[key]; line > 0 {
		from = fmt.Sprintf("line %d", line)
	}
	fmt.Fprintf(out, "%s = %s # %s\n", name, literal(value), from)
}

func (c Config) writeSSH(out *strings.Builder) {
	if len(c.SSH) == 0 {
		out.WriteString("\n# How to reach the guest of a VM without vsock:\n# [ssh.web]\n# address = \"web.lan\"\n# user = \"root\"\n# port = 22\n")
	}
	for _, vm := range slices.Sorted(maps.Keys(c.SSH)) {
		table := dotted([]string{"ssh", string(vm)})
		fmt.Fprintf(out, "\n[%s]\n", table)
		for _, field := range addressFields(c.SSH[vm]) {
			if field.value != nil {
				c.line(out, table+"."+field.name, field.name, field.value)
			}
		}
	}
}

type addressField struct {
	name  string
	value any // nil: not configured
}

func addressFields(a model.Address) []addressField {
	fields := []addressField{{name: "address"}, {name: "user"}, {name: "port"}}
	if a.Host != "" {
		fields[0].value = a.Host
	}
	if a.User != "" {
		fields[1].value = a.User
	}
	if a.Port != 0 {
		fields[2].value = int64(a.Port)
	}
	return fields
}

// JSON is the configuration in the form of its file, with what is not
// configured as null, and the lines where the file sets what it sets.
func (c Config) JSON() map[string]any {
	all := map[string]any{"keys": c.Keys, "lines": c.Lines, "exists": c.Exists, "file": nil}
	if c.Path != "" {
		all["file"] = model.Raw(c.Path)
	}
	for _, s := range settings {
		table, name := all, s.key
		if before, after, found := strings.Cut(s.key, "."); found {
			if all[before] == nil {
				all[before] = map[string]any{}
			}
			table, name = all[before].(map[string]any), after
		}
		table[name] = s.value(&c)
	}
	ssh := map[string]any{}
	for vm, address := range c.SSH {
		fields := map[string]any{}
		for _, field := range addressFields(address) {
			fields[field.name] = field.value
		}
		ssh[string(vm)] = fields
	}
	all["ssh"] = ssh
	return all
}
