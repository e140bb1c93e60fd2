package cli

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"microtui/model"
)

// mask puts pseudonyms for the names of a host, the same for the same name
// everywhere, so that the masked observation means what the original does. Its
// rules know the places where a name stands; what is in nobody's name (store
// hashes, paths of shares, sizes, times) stays.
type mask struct {
	names map[string]string // pseudonyms by name
	macs  map[string]string
	ips   map[string]string
	dirs  []string // the state directory, as named and as it really is
}

// masked is a copy of an observation with pseudonyms for its names.
func masked(o model.Observation) (model.Observation, error) {
	_, copied, err := maskOf(o)
	return copied, err
}

func maskOf(o model.Observation) (*mask, model.Observation, error) {
	var copied model.Observation
	data, err := json.Marshal(o)
	if err == nil {
		err = json.Unmarshal(data, &copied)
	}
	if err != nil {
		return nil, copied, fmt.Errorf("mask names: %w", err)
	}
	copied.BuiltFrom = nil // the checksum of a name would tell it
	m := newMask(&copied)
	eachText(reflect.ValueOf(&copied).Elem(), "", func(text *model.Raw, field string) {
		*text = model.Raw(m.field(string(*text), field))
	})
	return m, copied, nil
}

// Fields that hold no name, and fields that hold sentences. All others hold a
// name, a unit, a path or something made of those.
var (
	nameless = map[string]bool{
		"Bin": true, "Comm": true, "TapFlags": true, "PCI": true, "USB": true, "Protocol": true, "Filesystem": true, "Pid1": true, "Tag": true,
	}
	prose = map[string]bool{
		"Fault": true, "Error": true, "Strange": true, "Said": true, "StatusText": true, "Switching": true, "Guest": true, "Unparsed": true,
	}
)

// eachText visits every text from outside in a value, with the name of the
// field that it stands in.
func eachText(v reflect.Value, field string, visit func(text *model.Raw, field string)) {
	switch {
	case v.Type() == reflect.TypeFor[model.Raw]():
		visit(v.Addr().Interface().(*model.Raw), field)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		eachText(v.Elem(), field, visit)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), field, visit)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				eachText(v.Field(i), field.Name, visit)
			}
		}
	}
}

func (m *mask) field(text, field string) string {
	switch {
	case nameless[field]:
		return text
	case prose[field]:
		return m.sentence(text)
	case field == "Addresses":
		ip, length, _ := strings.Cut(text, "/")
		return m.ip(ip) + "/" + length
	case field == "IP":
		return m.ip(text)
	case field == "HostPort", field == "GuestPort": // of a forwarded port
		ip, port := text[:strings.LastIndexByte(text, ':')+1], text[strings.LastIndexByte(text, ':')+1:]
		return m.ip(strings.TrimSuffix(ip, ":")) + ip[len(strings.TrimSuffix(ip, ":")):] + port
	}
	return m.address(text)
}

// address masks what is a name, or is made of names.
func (m *mask) address(text string) string {
	if name, ok := m.names[text]; ok {
		return name
	}
	if mac, ok := m.macs[strings.ToLower(text)]; ok {
		return mac
	}
	for _, dir := range m.dirs {
		if text == dir {
			return text
		}
		if rest, ok := strings.CutPrefix(text, dir+"/"); ok {
			vm, rest, deeper := strings.Cut(rest, "/")
			masked := dir + "/" + m.name(vm)
			if deeper {
				masked += "/" + m.path(rest)
			}
			return masked
		}
	}
	return m.path(text)
}

func (m *mask) ip(text string) string {
	if pseudonym, ok := m.ips[text]; ok {
		return pseudonym
	}
	return text
}

func (m *mask) path(text string) string {
	parts := strings.Split(text, "/")
	for i, part := range parts {
		parts[i] = m.component(part)
	}
	return strings.Join(parts, "/")
}

// component masks one part of a path: a unit, or words.
func (m *mask) component(part string) string {
	unit, dropIn := strings.CutSuffix(part, ".d")
	if role, vm, ok := model.ParseUnitName(model.Raw(unit)); ok {
		masked := string(model.UnitName(role, model.Raw(m.name(string(vm)))))
		if dropIn {
			masked += ".d"
		}
		return masked
	}
	if host, ok := strings.CutPrefix(part, hypervisorTitle); ok {
		return hypervisorTitle + m.name(host)
	}
	return m.sentence(part)
}

// hypervisorTitle is what microvm.nix names a hypervisor's process, with the
// guest's host name behind it.
const hypervisorTitle = "microvm@"

// name masks what is known to be a name as a whole.
func (m *mask) name(name string) string {
	if pseudonym, ok := m.names[name]; ok {
		return pseudonym
	}
	return m.sentence(name)
}

// sentence masks the names that stand as words in a text, the longest first.
func (m *mask) sentence(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		end, pseudonym := m.wordAt(text, at)
		if end == at {
			out.WriteByte(text[at])
			at++
			continue
		}
		out.WriteString(pseudonym)
		at = end
	}
	return out.String()
}

// wordAt finds the longest name that begins here and ends where a word does.
// No name is longer than a file's may be.
func (m *mask) wordAt(text string, at int) (end int, pseudonym string) {
	const longest = 255
	if !wordEnds(text, at) {
		return at, ""
	}
	for end := min(len(text), at+longest); end > at; end-- {
		if !wordEnds(text, end) || structural[text[at:end]] {
			continue
		}
		if pseudonym, ok := m.names[text[at:end]]; ok {
			return end, pseudonym
		}
		if mac, ok := m.macs[strings.ToLower(text[at:end])]; ok {
			return end, mac
		}
		if ip, ok := m.ips[text[at:end]]; ok {
			return end, ip
		}
	}
	return at, ""
}

// wordEnds reports whether a word can begin or end at a place.
func wordEnds(text string, at int) bool {
	return at == 0 || at == len(text) || !isWord(text[at-1]) || !isWord(text[at])
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// structural are words that NixOS, systemd and microvm.nix use themselves. A
// thing that has such a name keeps it inside of longer texts: replacing it
// there would change what they mean.
var structural = func() map[string]bool {
	words := make(map[string]bool)
	for word := range strings.FieldsSeq(`nix store var lib etc run proc sys dev srv home root tmp systemd system
		network nixos microvm microvms current booted old toplevel flake share bin instance interfaces tap macvtap
		pci virtiofsd secrets agenix vm set install devices service slice mount netdev qemu crosvm firecracker kvmtool
		stratovirt cloud hypervisor alioth profiles per user gcroots auto img sock d is a`) {
		words[word] = true
	}
	return words
}()
