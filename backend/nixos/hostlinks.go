package nixos

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"microtui/backend/filesystem"
	"microtui/backend/unitfile"
	"microtui/model"
)

// maxUnits is how many units of a folder are read: a NixOS host has some 300.
const maxUnits = 8 << 10

// addHostUnits lists the interfaces that other units of the host make, or wait
// for: those are theirs, whoever's they look like.
func (r *Reader) addHostUnits(reading *Reading) {
	for _, folder := range append([]string{r.paths.Units}, r.paths.UnitFolders...) {
		real, err := filepath.EvalSymlinks(folder)
		if err != nil {
			continue // there is none
		}
		found, err := r.hostUnits.get(real, func() ([]model.Netdev, error) { return r.readHostUnits(real) })
		reading.Netdevs = append(reading.Netdevs, found...)
		if err != nil {
			reading.Faults = append(reading.Faults, fault(model.SourceNetdevs, err))
		}
	}
}

func (r *Reader) readHostUnits(folder string) ([]model.Netdev, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []model.Netdev
	for _, entry := range entries[:min(len(entries), maxUnits)] {
		unit := strings.TrimSuffix(entry.Name(), ".d")
		if !isReadUnit(unit) {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		files := dropInsIn(path)
		if files == nil && !isMicrovms(unit) {
			files = []string{path}
		}
		for _, file := range files {
			found = append(found, r.unitLinks.get(file, func(text string) []model.Netdev { return r.linksOf(unit, text) })...)
		}
	}
	return found, nil
}

// isMicrovms: microvm.nix's own units, and their templates, make what runners
// list.
func isMicrovms(unit string) bool {
	_, _, ours := model.ParseUnitName(model.Raw(strings.Replace(unit, "@.", "@any.", 1)))
	return ours
}

// isReadUnit: a service or a socket runs commands, a device or a target may be
// waited for by any.
func isReadUnit(name string) bool {
	return strings.HasSuffix(name, ".service") || strings.HasSuffix(name, ".socket")
}

// dropInsIn are a unit's drop-ins in a folder; of what is none, none.
func dropInsIn(folder string) []string {
	if !strings.HasSuffix(folder, ".d") {
		return nil
	}
	var files []string
	for _, name := range namesIn(folder) {
		if strings.HasSuffix(name, ".conf") {
			files = append(files, filepath.Join(folder, name))
		}
	}
	return files
}

// linksOf are the interfaces that a unit's text names: in its commands, in the
// scripts that those are, and as devices that it needs.
func (r *Reader) linksOf(unit, text string) []model.Netdev {
	var n linkNames
	for s := range unitfile.Assignments(text) {
		switch {
		case s.Section == "Unit":
			n.addDevices(s.Value)
		case strings.HasPrefix(s.Key, "Exec"):
			n.addCommands(s.Value)
			for _, script := range r.scriptsOf(s.Value) {
				n.addCommands(script)
			}
		}
	}
	var found []model.Netdev
	for _, name := range n.names() {
		found = append(found, model.Netdev{Name: model.Raw(name), By: model.Raw(unit)})
	}
	if n.unknown {
		found = append(found, model.Netdev{By: model.Raw(unit)})
	}
	return found
}

// scriptsOf are the texts of the scripts that a command line runs: NixOS writes
// a unit's script into the store.
func (r *Reader) scriptsOf(command string) []string {
	var texts []string
	for _, word := range strings.FieldsFunc(command, isBreak) {
		if word = strings.TrimLeft(word, "@-:+!|"); !filepath.IsAbs(word) {
			continue
		}
		if text, err := filesystem.ReadScript(word, maxScript); err == nil && len(text) > 0 {
			texts = append(texts, string(text))
		}
	}
	return texts
}

// linkNames are the interfaces that commands name.
type linkNames struct {
	all     []string
	unknown bool // and others, whose names only show when they run
}

func (n *linkNames) names() []string {
	slices.Sort(n.all)
	return slices.Compact(n.all)
}

// addDevices adds those of the device units that a unit needs or waits for.
func (n *linkNames) addDevices(value string) {
	for word := range strings.FieldsSeq(value) {
		device, ok := strings.CutPrefix(word, "sys-subsystem-net-devices-")
		if name, isDevice := strings.CutSuffix(device, ".device"); ok && isDevice {
			n.add(unescapeUnit(name))
		}
	}
}

// unescapeUnit undoes systemd-escape(1).
func unescapeUnit(name string) string {
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '-':
			out.WriteByte('/')
		case c == '\\' && i+3 < len(name) && name[i+1] == 'x':
			high, low := strings.IndexByte(hexDigits, name[i+2]), strings.IndexByte(hexDigits, name[i+3])
			if high < 0 || low < 0 {
				out.WriteByte(c)
				continue
			}
			out.WriteByte(byte(high<<4 | low))
			i += 3
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

const hexDigits = "0123456789abcdef"

// addCommands adds the names in the commands of a text that make a TAP or a
// macvtap, and what is set up by name.
func (n *linkNames) addCommands(text string) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		words := strings.FieldsFunc(line, isBreak)
		makes := slices.ContainsFunc(words, func(w string) bool { return makers[filepath.Base(w)] })
		named := false
		for i, word := range words {
			before := ""
			if i > 0 {
				before = words[i-1]
			}
			isName := before == "dev" || before == "name" || makes && namesLink(before, word)
			if isName {
				named = true
				n.add(word)
			}
		}
		if makes && !named {
			n.unknown = true
		}
	}
}

// makers are the words of commands that make such interfaces: ip tuntap, ip
// link … type macvtap, tunctl, openvpn --mktun.
var makers = map[string]bool{"tuntap": true, "macvtap": true, "tunctl": true, "--mktun": true, "mktun": true}

// namesLink: the name stands after add, or after tunctl's -t.
func namesLink(before, word string) bool {
	return before == "add" && word != "dev" && word != "name" && word != "mode" && word != "link" || before == "-t" || before == "--dev"
}

// add adds a name. The kernel has none of more than 15 bytes.
func (n *linkNames) add(name string) {
	const longest = 15
	switch {
	case strings.ContainsAny(name, "$%"):
		n.unknown = true
	case name != "" && len(name) <= longest && !strings.Contains(name, "/"):
		n.all = append(n.all, name)
	}
}

func isBreak(r rune) bool { return strings.ContainsRune(" \t\n\r;|&()<>'\"{}`=", r) }
