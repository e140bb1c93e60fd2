package statedir

import (
	"path"
	"slices"
	"strings"

	"microtui/model"
)

// readScripts reads the scripts of a runner that say what it uses: what they
// name beside the lists in share/microvm is all that tells of an interface that
// somebody else makes, or of a path in another VM's directory.
func readScripts(tree tree, runner *model.Runner) {
	run, ok := tree.read("bin/microvm-run", maxScript)
	switch {
	case ok:
		parseRun(string(run), tree, runner)
	case slices.Contains(runner.Bin, "microvm-run"):
		runner.Unparsed = "bin/microvm-run could not be read"
		return
	}
	shutdown, _ := tree.read("bin/microvm-shutdown", maxScript)
	runner.Shutdown = parseShutdown(string(shutdown))
	n := names{store: tree.store}
	n.addScript(tree, string(run), maxNested)
	n.add(string(shutdown))
	for _, script := range []model.Raw{"tap-up", "macvtap-up"} {
		if text, ok := tree.read("bin/"+string(script), maxScript); ok {
			n.add(string(text))
		}
	}
	if runner.Unparsed == "" && len(run) > 0 {
		runner.Unparsed = n.unparsed
	}
	n.interfaces = append(n.interfaces, runner.NamedInterfaces...)
	runner.NamedInterfaces, runner.NamedPaths = n.beside(runner)
}

// names are what the text of scripts names.
type names struct {
	interfaces, paths []model.Raw
	unparsed          model.Raw
	store             string
}

// maxNested is how many scripts may call one another: a wrapper, and one more.
const maxNested = 3

// addScript adds what microvm-run names. Where the command that it becomes is
// a script itself, that says the rest.
func (n *names) addScript(tree tree, text string, nested int) {
	n.add(text)
	words := commandWords(text)
	if len(words) == 0 && text != "" && nested == maxNested { // one that is called may be a tool: unbuffer
		n.unparsed = "bin/microvm-run does not end in a command"
		return
	}
	for _, word := range words {
		if !strings.HasPrefix(word, tree.store+"/") {
			continue
		}
		called, ok := tree.readScript(word, maxScript)
		if !ok {
			continue
		}
		if nested == 0 {
			n.unparsed = "bin/microvm-run calls too many scripts"
			return
		}
		n.addScript(tree, string(called), nested-1)
	}
}

// interfaceKeys are how options of hypervisors name a TAP: qemu and stratovirt
// (ifname), cloud-hypervisor (tap), crosvm (tap-name), kvmtool (tapif), alioth
// (if_name), firecracker (host_dev_name).
var interfaceKeys = map[string]bool{
	"ifname": true, "tap": true, "tap-name": true, "tapif": true, "if_name": true, "host_dev_name": true,
}

// add adds what a text names: by keys, by the words that stand before a name in
// the commands of ip(8), and by a leading slash.
func (n *names) add(text string) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.FieldsFunc(line, isBreak)
		isIP := slices.ContainsFunc(words, func(w string) bool {
			return path.Base(w) == "ip" || path.Base(w) == "tunctl" || path.Base(w) == "bridge"
		})
		for i, word := range words {
			key, value, isPair := strings.Cut(word, "=")
			switch {
			case isPair && interfaceKeys[strings.TrimLeft(key, "-")]:
				n.addInterface(value)
			case isIP && i > 0 && (words[i-1] == "dev" || words[i-1] == "name" || words[i-1] == "-t"):
				n.addInterface(word)
			}
			n.addPath(word)
			if isPair {
				n.addPath(value)
			}
		}
	}
}

// isBreak separates words of a script, and parts of options. Quotes do, too:
// what is between them may be words again.
func isBreak(r rune) bool { return strings.ContainsRune(" \t\n\r,;|&()<>'\"{}[]`:", r) }

func (n *names) addInterface(name string) {
	switch {
	case name == "" || strings.Contains(name, "/") || len(n.interfaces) == maxEntries: // a macvtap is named by its device
	case strings.Contains(name, "$"):
		n.unparsed = "bin/microvm-run uses an interface whose name is known only when it runs"
	case len(name) <= maxInterfaceName:
		n.interfaces = append(n.interfaces, model.Raw(name))
	}
}

// addPath adds an absolute path, up to where it only shows when it runs.
func (n *names) addPath(word string) {
	word, _, _ = strings.Cut(word, "$")
	if !strings.HasPrefix(word, "/") || len(n.paths) == maxEntries {
		return
	}
	for _, uninteresting := range []string{n.store + "/", "/nix/store/", "/dev/", "/proc/", "/sys/", "/run/wrappers/", "/run/current-system/", "/bin/", "/usr/"} {
		if strings.HasPrefix(word+"/", uninteresting) {
			return
		}
	}
	if word = path.Clean(word); word != "/" {
		n.paths = append(n.paths, model.Raw(word))
	}
}

// beside are the names, once each, other than those that the runner's lists
// have.
func (n *names) beside(r *model.Runner) (interfaces, paths []model.Raw) {
	listed := slices.Clone(r.Taps)
	for _, m := range r.Macvtaps {
		listed = append(listed, m.Name, m.Link)
	}
	listed = append(listed, r.MacvtapOpens...)
	known := slices.Clone(r.Volumes)
	for _, share := range r.Shares {
		known = append(known, share.Source)
	}
	return without(n.interfaces, listed), without(n.paths, known)
}

func without(all, known []model.Raw) []model.Raw {
	slices.Sort(all)
	all = slices.Compact(all)
	all = slices.DeleteFunc(all, func(name model.Raw) bool { return slices.Contains(known, name) })
	if len(all) == 0 {
		return nil
	}
	return all
}
