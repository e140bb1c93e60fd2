package cli

import (
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"microtui/model"
)

// newMask collects the names in an observation and gives each a pseudonym.
// Those of one class are numbered in their order, so that what is sorted by
// name stays sorted.
func newMask(o *model.Observation) *mask {
	m := &mask{names: make(map[string]string), macs: make(map[string]string), ips: make(map[string]string)}
	for _, dir := range []model.Raw{o.StateDir.Path, o.StateDir.Real} {
		if dir := strings.TrimRight(string(dir), "/"); dir != "" {
			m.dirs = append(m.dirs, dir)
		}
	}
	m.number(m.vmNames(o), "vm")
	m.number(hostNames(o), "host")
	m.number(interfaceNames(o), "if")
	m.number(systemNames(o), "system")
	m.number(keepers(o), "user")
	m.number(notes(o), "note")
	for i, ref := range flakes(o) {
		scheme, _, _ := strings.Cut(ref, ":")
		if scheme == ref {
			scheme = "path"
		}
		m.names[ref] = fmt.Sprintf("%s:flake-%d", scheme, i+1)
	}
	for i, mac := range addresses(o) {
		m.macs[mac] = fmt.Sprintf("02:00:00:%02x:%02x:%02x", i>>16&0xff, i>>8&0xff, i&0xff)
	}
	for i, ip := range ips(o) {
		m.ips[ip.String()] = pseudonymOf(ip, i+1)
	}
	return m
}

// number gives the names of a class their pseudonyms. One that can be no VM's
// by microvm.nix's rules gets one that cannot either.
func (m *mask) number(names set, class string) {
	sorted := slices.Sorted(maps.Keys(names))
	digits := len(fmt.Sprint(len(sorted)))
	for i, name := range sorted {
		if _, taken := m.names[name]; taken || name == "" {
			continue
		}
		pseudonym := fmt.Sprintf("%s-%0*d", class, digits, i+1)
		if class == "vm" && !model.ParseName(model.Raw(name)) {
			pseudonym += "!"
		}
		m.names[name] = pseudonym
	}
}

type set map[string]bool

func (s set) add(names ...model.Raw) {
	for _, name := range names {
		s[string(name)] = true
	}
}

// vmNames are the names in units and below the state directory, wherever
// those are named, and those that declarations and lists name.
func (m *mask) vmNames(o *model.Observation) set {
	names := make(set)
	eachText(reflect.ValueOf(o).Elem(), "", func(text *model.Raw, field string) {
		if prose[field] || nameless[field] {
			return
		}
		for _, dir := range m.dirs {
			rest, below := strings.CutPrefix(string(*text), dir+"/")
			if vm, _, _ := strings.Cut(rest, "/"); below && vm != "" && vm[0] != '.' {
				names[vm] = true
			}
		}
		for part := range strings.SplitSeq(string(*text), "/") {
			if _, vm, ok := model.ParseUnitName(model.Raw(strings.TrimSuffix(part, ".d"))); ok {
				names.add(vm)
			}
		}
	})
	for _, d := range o.StateDir.Directories {
		names.add(d.Name)
	}
	for _, system := range o.Systems {
		names.add(system.Autostart...)
		for _, declaration := range system.Declared {
			names.add(declaration.Name)
		}
	}
	names.add(o.StateDir.Elsewhere...)
	for _, snapshot := range o.Snapshots {
		names.add(snapshot.VM)
	}
	for _, entry := range o.Keep {
		if entry.Kind == model.KindVM || entry.Kind == model.KindStateDir {
			names.add(entry.Name)
		}
	}
	return names
}

func hostNames(o *model.Observation) set {
	names := make(set)
	names.add(o.Host.Name)
	for _, runner := range o.Runners {
		names.add(runner.HostName)
	}
	for _, process := range o.Processes {
		if host, ok := strings.CutPrefix(string(process.Argv0), hypervisorTitle); ok {
			names[host] = true
		}
	}
	return names
}

func interfaceNames(o *model.Observation) set {
	names := make(set)
	for _, link := range o.Links {
		names.add(link.Name)
	}
	for _, netdev := range o.Netdevs {
		names.add(netdev.Name)
	}
	for _, runner := range o.Runners {
		names.add(runner.Taps...)
		names.add(runner.MacvtapOpens...)
		names.add(runner.NamedInterfaces...)
		for _, macvtap := range runner.Macvtaps {
			names.add(macvtap.Name, macvtap.Link)
		}
	}
	for _, process := range o.Processes {
		names.add(process.Holds...)
	}
	for _, d := range o.StateDir.Directories {
		names.add(d.InstanceInterfaces...)
	}
	return names
}

func systemNames(o *model.Observation) set {
	names := make(set)
	for _, system := range o.Systems {
		names.add(system.Name)
	}
	return names
}

func keepers(o *model.Observation) set {
	names := make(set)
	for _, entry := range o.Keep {
		names.add(entry.By)
	}
	for _, snapshot := range o.Snapshots {
		names.add(snapshot.By)
	}
	for _, account := range o.Host.Accounts {
		names.add(account.Name)
	}
	return names
}

func notes(o *model.Observation) set {
	names := make(set)
	for _, entry := range o.Keep {
		names.add(entry.Note)
	}
	for _, snapshot := range o.Snapshots {
		names.add(snapshot.Note)
	}
	return names
}

// flakes are the references that say where a VM's source is kept. A path in
// the store says nothing.
func flakes(o *model.Observation) []string {
	names := make(set)
	for _, d := range o.StateDir.Directories {
		if d.Flake != nil {
			names.add(d.Flake.Ref)
		}
	}
	for _, system := range o.Systems {
		for _, declaration := range system.Declared {
			names.add(declaration.Flake)
		}
	}
	maps.DeleteFunc(names, func(ref string, _ bool) bool {
		return ref == "" || strings.HasPrefix(ref, "/nix/store/")
	})
	return slices.Sorted(maps.Keys(names))
}

// ips are the addresses of the host and of its guests, in their order. Those of
// the loopback interface say nothing.
func ips(o *model.Observation) []netip.Addr {
	var all []netip.Addr
	add := func(text model.Raw) {
		if ip, err := netip.ParseAddr(string(text)); err == nil && !ip.IsLoopback() {
			all = append(all, ip)
		}
	}
	for _, link := range o.Links {
		for _, address := range link.Addresses {
			ip, _, _ := strings.Cut(string(address), "/")
			add(model.Raw(ip))
		}
	}
	for _, n := range o.Neighbours {
		add(n.IP)
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return slices.Compact(all)
}

// pseudonymOf is an address of those that are nobody's: for measurements
// (RFC 2544), and for documentation (RFC 3849).
func pseudonymOf(ip netip.Addr, number int) string {
	if ip.Is4() {
		return netip.AddrFrom4([4]byte{198, 18, byte(number >> 8), byte(number)}).String()
	}
	return fmt.Sprintf("2001:db8::%x", number)
}

func addresses(o *model.Observation) []string {
	macs := make(set)
	for _, n := range o.Neighbours {
		macs.add(n.MAC)
	}
	for _, link := range o.Links {
		macs.add(link.MAC)
	}
	for _, runner := range o.Runners {
		macs.add(runner.MACs...)
		for _, macvtap := range runner.Macvtaps {
			macs.add(macvtap.MAC)
		}
	}
	lower := make(set, len(macs))
	for mac := range macs {
		lower[strings.ToLower(mac)] = true
	}
	maps.DeleteFunc(lower, func(mac string, _ bool) bool { return strings.Trim(mac, "0:") == "" })
	return slices.Sorted(maps.Keys(lower))
}
