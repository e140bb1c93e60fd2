package config

import (
	"fmt"
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
)

// reader makes a configuration of what a file sets.
type reader struct {
	Config
	names Names
}

// parse reads the text of a file. Its error is "LINE: KEY: what is wrong".
func parse(source []byte, names Names) (Config, error) {
	all, wrong := parseTOML(source)
	r := reader{Default(names), names}
	for i := 0; i < len(all) && wrong == nil; i++ {
		wrong = r.take(all[i])
	}
	if wrong == nil {
		wrong = r.clash()
	}
	if wrong != nil {
		return Config{}, fmt.Errorf("%d: %s", wrong.line, text.Safe(wrong.text))
	}
	return r.Config, nil
}

// take takes over one thing that a file sets.
func (r *reader) take(w written) *problem {
	key := dotted(w.path)
	words := ""
	switch {
	case w.list:
		words = fmt.Sprintf("a table begins with [%s], in single brackets", key)
	case r.isTable(w.path) && w.value == nil:
		return nil
	case r.isTable(w.path):
		words = fmt.Sprintf("must be a table, beginning with [%s], not %s", key, literal(w.value))
	default:
		words = r.set(w)
	}
	if words != "" {
		return &problem{w.line, key + ": " + words}
	}
	r.Lines[key] = w.line
	return nil
}

// isTable reports whether a table can have this name.
func (r *reader) isTable(path []string) bool {
	switch len(path) {
	case 1:
		return path[0] == "log" || path[0] == "gc" || path[0] == "keys" || path[0] == "ssh"
	case 2:
		return path[0] == "ssh" && model.ParseName(model.Raw(path[1]))
	}
	return false
}

// set takes over a value; the text says what is wrong with it.
func (r *reader) set(w written) string {
	switch {
	case w.path[0] == "keys" && len(w.path) == 2:
		return r.setKeys(w.path[1], w.value)
	case w.path[0] == "ssh" && len(w.path) == 2:
		return "needs the name of a VM, as in [ssh.web]"
	case w.path[0] == "ssh" && len(w.path) == 3:
		return r.setSSH(w.path[1], w.path[2], w.value)
	}
	key := dotted(w.path)
	at := slices.IndexFunc(settings, func(s setting) bool { return s.key == key })
	if at < 0 {
		return "unknown setting; " + instead(key, settingNames(), "")
	}
	return settings[at].set(&r.Config, &r.names, w.value)
}

func settingNames() []string {
	var names []string
	for _, s := range settings {
		names = append(names, s.key)
	}
	return append(names, "log", "gc", "keys", "ssh")
}

// dotted writes a path as the file would.
func dotted(path []string) string {
	parts := make([]string, len(path))
	for i, part := range path {
		parts[i] = bareOrQuoted(part)
	}
	return strings.Join(parts, ".")
}

func (r *reader) setSSH(vm, field string, value any) string {
	address := r.SSH[model.Raw(vm)]
	switch s, isText := value.(string); {
	case !model.ParseName(model.Raw(vm)):
		return "not a valid VM name"
	case field == "port":
		number, isNumber := value.(int64)
		if !isNumber || number < 1 || number > 65535 {
			return "must be a number from 1 to 65535, not " + literal(value)
		}
		address.Port = uint16(number)
	case field != "address" && field != "user":
		return "unknown setting; " + instead(field, []string{"address", "user", "port"}, "")
	case !isText:
		return "must be quoted text, not " + literal(value)
	case field == "address" && !model.IsHost(s):
		return fmt.Sprintf("must be a host name or an IP address, not %s; user and port are separate settings", literal(value))
	case field == "address":
		address.Host = s
	case !model.IsUser(s):
		return fmt.Sprintf("must be the name of a user in the guest, not %s", literal(value))
	default:
		address.User = s
	}
	r.SSH[model.Raw(vm)] = address
	return ""
}
