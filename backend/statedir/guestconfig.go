package statedir

import (
	"slices"
	"strconv"
	"strings"

	"microtui/model"
)

// optionNames are how a hypervisor calls something: by an option, whose value
// is it, or has it under a key (microvm.nix lib/runners at 71beea0).
type optionNames struct {
	options []string
	keys    []string
}

var memoryOptions = map[string]optionNames{
	"qemu":             {[]string{"-m"}, []string{"size"}},
	"stratovirt":       {[]string{"-m"}, []string{"size"}},
	"cloud-hypervisor": {[]string{"--memory"}, []string{"size"}},
	"crosvm":           {[]string{"-m", "--mem"}, []string{"size"}},
	"kvmtool":          {[]string{"-m", "--mem"}, nil},
	"alioth":           {[]string{"--memory", "--mem-size"}, []string{"size"}},
}

var cpuOptions = map[string]optionNames{
	"qemu":             {[]string{"-smp"}, []string{"cpus"}},
	"stratovirt":       {[]string{"-smp"}, []string{"cpus"}},
	"cloud-hypervisor": {[]string{"--cpus"}, []string{"boot"}},
	"crosvm":           {[]string{"-c", "--cpus"}, []string{"num-cores"}},
	"kvmtool":          {[]string{"-c", "--cpus"}, nil},
	"alioth":           {[]string{"--num-cpu", "--cpu"}, []string{"count"}},
}

var cidOptions = map[string]optionNames{
	"qemu":             {[]string{"-device"}, []string{"guest-cid"}},
	"cloud-hypervisor": {[]string{"--vsock"}, []string{"cid"}},
	"crosvm":           {[]string{"--vsock", "--cid"}, []string{"cid"}},
	"kvmtool":          {[]string{"--vsock"}, nil},
	"alioth":           {[]string{"--vsock"}, []string{"cid"}},
}

// parseGuest finds what the command gives its guest.
func parseGuest(words []string, runner *model.Runner, guest *model.GuestConfig) {
	if text, ok := memoryOptions[runner.Hypervisor].value(words); ok {
		guest.Memory = parseMemory(text, runner.Hypervisor)
	}
	if text, ok := cpuOptions[runner.Hypervisor].value(words); ok {
		guest.VCPUs = parseCount(text)
	}
	if text, ok := cidOptions[runner.Hypervisor].value(words); ok && runner.VsockCID == nil {
		runner.VsockCID = parseCount(text)
	}
	guest.NineP = parseNineP(words, runner.Hypervisor)
	for _, value := range optionValues(words, "-netdev") {
		if kind, rest, _ := strings.Cut(value, ","); kind == "user" {
			guest.Forwards = append(guest.Forwards, parseForwards(rest)...)
		}
	}
	guest.Credentials = parseCredentials(words)
}

// optionValues are the values of an option: the words after it, or behind an
// equals sign.
func optionValues(words []string, option string) (found []string) {
	for i, word := range words {
		if word == option && i+1 < len(words) {
			found = append(found, words[i+1])
		} else if value, ok := strings.CutPrefix(word, option+"="); ok {
			found = append(found, value)
		}
	}
	return found[:min(len(found), maxEntries)]
}

// value is the first that the command gives: under one of the keys, or before
// all keys.
func (n optionNames) value(words []string) (string, bool) {
	for _, option := range n.options {
		for _, value := range optionValues(words, option) {
			if found, ok := n.within(value); ok {
				return found, true
			}
		}
	}
	return "", false
}

func (n optionNames) within(value string) (string, bool) {
	first, _, _ := strings.Cut(value, ",")
	for part := range strings.SplitSeq(value, ",") {
		if key, text, ok := strings.Cut(part, "="); ok && slices.Contains(n.keys, key) {
			return text, true
		}
	}
	return first, first != "" && !strings.Contains(first, "=") && first[0] >= '0' && first[0] <= '9'
}

// parseMemory reads an amount of memory. Without a unit it is MiB, but bytes
// with cloud-hypervisor and alioth.
func parseMemory(text, hypervisor string) *uint64 {
	digits := strings.TrimRight(text, "BbiKkMmGgTt")
	number, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || number == 0 {
		return nil
	}
	shift := map[byte]uint{'k': 10, 'm': 20, 'g': 30, 't': 40}
	by, known := uint(20), true
	if unit := strings.ToLower(text[len(digits):]); unit != "" {
		by, known = shift[unit[0]], shift[unit[0]] != 0 || unit == "b"
	} else if hypervisor == "cloud-hypervisor" || hypervisor == "alioth" {
		by = 0
	}
	if !known || number > 1<<63>>by {
		return nil
	}
	bytes := number << by
	return &bytes
}

func parseCount(text string) *uint32 {
	number, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return nil
	}
	count := uint32(number)
	return &count
}

// parseNineP reads the shares over 9p: of qemu a file system and the device
// that shows it, of kvmtool and crosvm one option.
func parseNineP(words []string, hypervisor string) (found []model.NineP) {
	switch hypervisor {
	case "kvmtool":
		for _, value := range optionValues(words, "--9p") {
			source, tag, _ := strings.Cut(value, ",")
			found = append(found, model.NineP{Tag: model.Raw(tag), Source: model.Raw(source)})
		}
	case "crosvm":
		for _, value := range optionValues(words, "--shared-dir") {
			if parts := strings.Split(value, ":"); len(parts) > 1 && slices.Contains(parts[2:], "type=p9") {
				found = append(found, model.NineP{Tag: model.Raw(parts[1]), Source: model.Raw(parts[0])})
			}
		}
	default:
		tags := make(map[string]string)
		for _, value := range optionValues(words, "-device") {
			if o := parseOptions(value); strings.HasPrefix(o[""], "virtio-9p-") {
				tags[o["fsdev"]] = o["mount_tag"]
			}
		}
		for _, value := range optionValues(words, "-fsdev") {
			if o := parseOptions(value); o["path"] != "" {
				found = append(found, model.NineP{
					Tag: model.Raw(tags[o["id"]]), Source: model.Raw(o["path"]), ReadOnly: o["readonly"] == "true" || o["readonly"] == "on",
				})
			}
		}
	}
	return found
}

// parseOptions takes a list of KEY=VALUE apart as qemu does: a comma in a value
// is written twice. What has no key is under the empty one.
func parseOptions(list string) map[string]string {
	const comma = "\x00"
	options := make(map[string]string)
	for part := range strings.SplitSeq(strings.ReplaceAll(list, ",,", comma), ",") {
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			key, value = "", part
		}
		options[key] = strings.ReplaceAll(value, comma, ",")
	}
	return options
}

// parseForwards reads hostfwd=PROTOCOL:[ADDRESS]:PORT-[ADDRESS]:PORT of qemu's
// user network.
func parseForwards(list string) (found []model.Forward) {
	for part := range strings.SplitSeq(list, ",") {
		rule, ok := strings.CutPrefix(part, "hostfwd=")
		host, guest, whole := strings.Cut(rule, "-")
		protocol, host, named := strings.Cut(host, ":")
		if !ok || !whole || !named {
			continue
		}
		if protocol == "" {
			protocol = "tcp" // as qemu has it
		}
		found = append(found, model.Forward{Protocol: model.Raw(protocol), HostPort: model.Raw(host), GuestPort: model.Raw(guest)})
	}
	return found
}

// parseCredentials reads what systemd in the guest takes for credentials: of
// qemu files of its firmware configuration, of cloud-hypervisor strings of the
// firmware, which hold the secret itself.
func parseCredentials(words []string) (found []model.Credential) {
	const file, text, binary = "opt/io.systemd.credentials/", "io.systemd.credential:", "io.systemd.credential.binary:"
	for _, value := range optionValues(words, "-fw_cfg") {
		o := parseOptions(value)
		if name, ok := strings.CutPrefix(o["name"], file); ok {
			found = append(found, model.Credential{Name: model.Raw(name), File: model.Raw(o["file"])})
		}
	}
	for _, value := range slices.Concat(optionValues(words, "--platform"), optionValues(words, "-smbios")) {
		for _, marker := range []string{text, binary} {
			for rest := value; ; {
				_, after, ok := strings.Cut(rest, marker)
				name, _, named := strings.Cut(after, "=")
				if !ok || !named {
					break
				}
				found = append(found, model.Credential{Name: model.Raw(name)})
				rest = after
			}
		}
	}
	return found
}
