package statedir

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"microtui/model"
)

// parseRun finds in the text of bin/microvm-run what no other file of a runner
// says: the guest's addresses, its volumes, and the macvtaps it opens.
func parseRun(text string, tree tree, runner *model.Runner) {
	runner.MacvtapOpens = parseMacvtapOpens(text)
	words := commandWords(text)
	runner.Program = programOf(words, tree.store)
	if runner.HostName == "" {
		runner.HostName = parseTitle(words)
	}
	runner.MACs = parseMACs(words)
	parseVolumes(words, runner)
	guest := &model.GuestConfig{USB: readLines(tree, "share/microvm/usb-devices")}
	parseGuest(words, runner, guest)
	if runner.Hypervisor == "firecracker" {
		readFirecracker(words, tree, runner, guest)
	}
	if !guest.IsZero() {
		runner.Guest = guest
	}
}

// parseTitle finds HOST in exec -a "microvm@HOST" (since 2024-02).
func parseTitle(words []string) model.Raw {
	for _, word := range words {
		if host, found := strings.CutPrefix(word, "microvm@"); found {
			return model.Raw(host)
		}
	}
	return ""
}

// parseMacvtapOpens finds the interfaces whose character device is opened, as
//
//	/dev/tap$(< /sys/class/net/ID/ifindex)
func parseMacvtapOpens(text string) []model.Raw {
	const before, after = "/dev/tap$(< /sys/class/net/", "/ifindex)"
	var names []model.Raw
	for {
		_, rest, found := strings.Cut(text, before)
		if !found || len(names) == maxEntries {
			return names
		}
		text = rest
		name, _, found := strings.Cut(rest, after)
		if found && len(name) <= maxInterfaceName && !slices.Contains(names, model.Raw(name)) {
			names = append(names, model.Raw(name)) // once for each of its queues
		}
	}
}

// parseMACs finds the addresses in a hypervisor's options, which all write
// them as mac=ADDRESS or guest_mac=ADDRESS within a list.
func parseMACs(words []string) []model.Raw {
	var macs []model.Raw
	for _, word := range words {
		for part := range strings.SplitSeq(word, ",") {
			key, value, _ := strings.Cut(part, "=")
			if (key == "mac" || key == "guest_mac") && isMAC(value) {
				macs = append(macs, model.Raw(value))
			}
		}
	}
	return macs[:min(len(macs), maxEntries)]
}

func isMAC(s string) bool {
	if len(s) != len("00:00:00:00:00:00") {
		return false
	}
	for i, c := range []byte(s) {
		if isHex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'; isHex == (i%3 == 2) || !isHex && c != ':' {
			return false
		}
	}
	return true
}

// volumeOption is how a hypervisor is told of a disk: an option, and the key
// that names the image in its value; where the value has no such key, the
// image comes first in it.
type volumeOption struct {
	option, key string
	many        bool // takes several values
}

// Firecracker has a file of settings, and vfkit does not run on Linux.
var volumeOptions = map[string][]volumeOption{
	"qemu":             {{option: "-drive", key: "file"}},
	"stratovirt":       {{option: "-drive", key: "file"}},
	"cloud-hypervisor": {{option: "--disk", key: "path", many: true}},
	"crosvm":           {{option: "--block", key: "path"}, {option: "--rwdisk", key: "path"}}, // --rwdisk in 2024-04
	"kvmtool":          {{option: "-d", key: "path"}},
	"alioth":           {{option: "--blk", key: "path"}}, // without the key before 2024-10
}

func parseVolumes(words []string, runner *model.Runner) {
	for i, word := range words {
		for _, option := range volumeOptions[runner.Hypervisor] {
			if word != option.option {
				continue
			}
			for _, value := range values(words[i+1:], option.many) {
				addVolume(runner, option.image(value), isReadOnly(value))
			}
		}
	}
}

// isReadOnly reads what each hypervisor calls it: read-only=on (qemu),
// readonly=on (cloud-hypervisor, stratovirt), readOnly=true (alioth), ro=true
// (crosvm), ro (kvmtool).
func isReadOnly(value string) bool {
	for part := range strings.SplitSeq(value, ",") {
		switch key, set, _ := strings.Cut(part, "="); strings.ToLower(key) {
		case "read-only", "readonly", "ro":
			return set == "on" || set == "true" || set == ""
		}
	}
	return false
}

// values are the words that belong to an option.
func values(words []string, many bool) []string {
	end := slices.IndexFunc(words, func(word string) bool { return strings.HasPrefix(word, "-") })
	if end < 0 {
		end = len(words)
	}
	if !many {
		end = min(end, 1)
	}
	return words[:end]
}

func (o volumeOption) image(value string) string {
	first := ""
	for i, part := range strings.Split(value, ",") {
		key, image, hasKey := strings.Cut(part, "=")
		if hasKey && key == o.key {
			return image
		}
		if i == 0 {
			first = part
		}
	}
	if o.option == "-drive" {
		return ""
	}
	return first
}

// addVolume leaves out what is in the store: the disk that a guest without a
// share of the host's store boots from. An image that is there twice can be
// written if it can be once.
func addVolume(runner *model.Runner, image string, readOnly bool) {
	name := model.Raw(image)
	switch known := slices.Contains(runner.Volumes, name); {
	case image == "" || strings.HasPrefix(image, "/nix/store/") || len(runner.Volumes) == maxEntries:
	case known && !readOnly:
		runner.ReadOnlyVolumes = slices.DeleteFunc(runner.ReadOnlyVolumes, func(r model.Raw) bool { return r == name })
	case !known:
		runner.Volumes = append(runner.Volumes, name)
		if readOnly {
			runner.ReadOnlyVolumes = append(runner.ReadOnlyVolumes, name)
		}
	}
}

// firecracker's settings are a file in the store.
type firecracker struct {
	Drives []struct {
		Path     string `json:"path_on_host"`
		ReadOnly bool   `json:"is_read_only"`
	} `json:"drives"`
	Machine struct {
		Memory uint64  `json:"mem_size_mib"`
		VCPUs  *uint32 `json:"vcpu_count"`
	} `json:"machine-config"`
	Vsock *struct {
		CID *uint32 `json:"guest_cid"`
	} `json:"vsock"`
	Interfaces []struct {
		MAC  string `json:"guest_mac"`
		Name string `json:"host_dev_name"`
	} `json:"network-interfaces"`
}

func readFirecracker(words []string, tree tree, runner *model.Runner, guest *model.GuestConfig) {
	at := slices.Index(words, "--config-file")
	if at < 0 || at+1 == len(words) {
		return
	}
	text, ok := tree.readStore(words[at+1], maxScript)
	if !ok {
		return
	}
	var config firecracker
	var kind *json.UnmarshalTypeError // what is of another kind is left out, the rest is read
	if err := json.Unmarshal(text, &config); err != nil && !errors.As(err, &kind) {
		return
	}
	if mebibytes := config.Machine.Memory; mebibytes > 0 && mebibytes < 1<<32 {
		bytes := mebibytes << 20
		guest.Memory = &bytes
	}
	guest.VCPUs = config.Machine.VCPUs
	if config.Vsock != nil && runner.VsockCID == nil {
		runner.VsockCID = config.Vsock.CID
	}
	for _, drive := range config.Drives {
		addVolume(runner, drive.Path, drive.ReadOnly)
	}
	for _, i := range config.Interfaces {
		if name := model.Raw(i.Name); i.Name != "" && len(i.Name) <= maxInterfaceName && !slices.Contains(runner.Taps, name) {
			runner.NamedInterfaces = append(runner.NamedInterfaces, name)
		}
		if isMAC(i.MAC) && len(runner.MACs) < maxEntries {
			runner.MACs = append(runner.MACs, model.Raw(i.MAC))
		}
	}
}
