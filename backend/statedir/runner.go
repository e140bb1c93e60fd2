package statedir

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"microtui/backend/filesystem"
	"microtui/model"
)

// Limits of what is read of a runner. microvm.nix writes far less; a `current`
// that points out of the store may lead to anything.
const (
	maxShareFile = 64 << 10
	maxScript    = 1 << 20
	maxEntries   = 256 // lines, shares, scripts
)

// readRunner reads a runner in the layout of any microvm.nix since 2024-04:
// share/microvm/ has grown since, and the scripts beside microvm-run came with
// 2024-12. A path that leads to no folder is a missing runner.
func readRunner(path model.Raw, store string) (model.Runner, error) {
	runner := named(path)
	tree, err := openTree(string(path), store)
	if isAbsent(err) {
		runner.Missing = true
		return runner, nil
	}
	if err != nil {
		return runner, fmt.Errorf("open runner %s: %w", path, err)
	}
	defer tree.close()
	runner.Trusted = tree.trusted()
	readShare(&tree, &runner)
	for _, name := range tree.names("bin") {
		runner.Bin = append(runner.Bin, model.Raw(name))
	}
	readScripts(tree, &runner)
	return runner, nil
}

// named is a runner as far as its path tells.
func named(path model.Raw) model.Runner {
	hypervisor, host := parseStoreName(string(path))
	return model.Runner{Path: path, Hypervisor: hypervisor, HostName: host}
}

// readShare reads share/microvm/.
func readShare(tree *tree, runner *model.Runner) {
	const share = "share/microvm/"
	tree.has = tree.names(share[:len(share)-1])
	if names := readLines(*tree, share+"hypervisor"); len(names) == 1 && isWord(string(names[0])) {
		runner.Hypervisor = string(names[0])
	}
	if target, err := filesystem.ReadLinkAt(tree.fd, share+"system"); err == nil {
		runner.System = model.Raw(target)
	}
	runner.Taps = readLines(*tree, share+"tap-interfaces")
	runner.TapFlags = readLines(*tree, share+"tap-flags")
	runner.PCI = readLines(*tree, share+"pci-devices")
	for _, line := range readLines(*tree, share+"macvtap-interfaces") {
		runner.Macvtaps = append(runner.Macvtaps, parseMacvtap(string(line)))
	}
	for _, tag := range tree.names(share + "virtiofs") {
		runner.Shares = append(runner.Shares, model.Share{
			Tag:    model.Raw(tag),
			Source: readLine(*tree, share+"virtiofs/"+tag+"/source"),
			Socket: readLine(*tree, share+"virtiofs/"+tag+"/socket"),
		})
	}
	if cid, err := strconv.ParseUint(string(readLine(*tree, share+"vsock-cid")), 10, 32); err == nil {
		short := uint32(cid)
		runner.VsockCID = &short
	}
}

// readLines returns the lines of a file that are not blank.
func readLines(tree tree, name string) []model.Raw {
	text, _ := tree.read(name, maxShareFile)
	var lines []model.Raw
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && len(lines) < maxEntries {
			lines = append(lines, model.Raw(line))
		}
	}
	return lines
}

// readLine returns the one line of a file. It may hold spaces, also at its end.
func readLine(tree tree, name string) model.Raw {
	text, _ := tree.read(name, maxShareFile)
	line, _, _ := strings.Cut(string(text), "\n")
	return model.Raw(line)
}

// parseMacvtap takes a line "ID MAC LINK MODE" apart. Before 2024-12-03 LINK
// and MODE could be unset; the line was left out then.
func parseMacvtap(line string) model.MacvtapEntry {
	fields := append(strings.Fields(line), "", "", "", "")
	return model.MacvtapEntry{
		Name: model.Raw(fields[0]), MAC: model.Raw(fields[1]),
		Link: model.Raw(fields[2]), Mode: model.Raw(fields[3]),
	}
}

// hypervisors are those that microvm.nix has runners for.
var hypervisors = []string{
	"qemu", "cloud-hypervisor", "firecracker", "crosvm", "kvmtool", "stratovirt", "alioth", "vfkit",
}

// parseStoreName takes the name of a runner in the store apart, which is all
// that runners before 2026-03-08 say: HASH-microvm-HYPERVISOR-HOST.
func parseStoreName(path string) (hypervisor string, host model.Raw) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	const hash = 32
	if len(name) > hash && name[hash] == '-' {
		name = name[hash+1:]
	}
	rest, found := strings.CutPrefix(name, "microvm-")
	for _, known := range hypervisors {
		if host, ok := strings.CutPrefix(rest, known+"-"); ok && found {
			return known, model.Raw(host)
		}
	}
	return "", ""
}

func isWord(s string) bool {
	return s != "" && len(s) <= 32 && !slices.ContainsFunc([]byte(s), func(c byte) bool {
		return c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z')
	})
}
