package systemd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/coreos/go-systemd/v22/unit"

	"microtui/model"
	"microtui/model/order"
)

const (
	targetUnit      = "microvms.target"
	switchUnit      = "nixos-rebuild-switch-to-configuration.service"
	mountSuffix     = ".mount"
	automountSuffix = ".automount"
	netdevSuffix    = "-netdev.service"
)

// patterns are those of the one list call.
var patterns = func() []string {
	all := []string{targetUnit, switchUnit, "*" + mountSuffix, "*" + automountSuffix, "*" + netdevSuffix,
		string(model.UnitName(model.RoleInstall, "*"))}
	for _, role := range model.Roles {
		all = append(all, string(model.UnitName(role, "*")))
	}
	return all
}()

// Units reads all units of microvm.nix that systemd has in memory, with their
// properties, and what else systemd alone knows. Every call has a limit of two
// seconds; the whole ends with ctx. An error may come with a reading: the
// units are right then, and the Properties of some are nil or as they were.
//
// Properties are kept between calls, see [cache]. NeedReload is therefore as
// of the last time a unit changed or systemd read its files again.
//
// Where the Bus has not been connected so far, since nobody waits for hints or
// asked for a job, systemd is asked without it if that is possible.
func (b *Bus) Units(ctx context.Context) (Reading, error) {
	p, s, err := b.peer(ctx)
	if err != nil {
		return Reading{}, fmt.Errorf("list units: %w", err)
	}
	defer p.done()
	b.reading.Lock()
	defer b.reading.Unlock()
	b.cache.forget(b.takeChanges())

	lines, err := b.list(ctx, p, s)
	if err != nil {
		return Reading{}, fmt.Errorf("list units: %w", explain(err))
	}
	reading := sortOut(lines)
	if reading.Version, err = b.version(ctx, p, s); err != nil {
		return Reading{}, fmt.Errorf("list units: %w", explain(err))
	}
	p.explainMounts(ctx, reading.Mounts)
	return reading, b.complete(ctx, p, reading.Units, b.isClose())
}

// Lines reads the units of VMs that systemd has in memory, without properties:
// it is there within milliseconds.
func (b *Bus) Lines(ctx context.Context) ([]model.Unit, error) {
	p, s, err := b.peer(ctx)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	defer p.done()
	lines, err := b.list(ctx, p, s)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", explain(err))
	}
	return sortOut(lines).Units, nil
}

// ReadWhole gives some units of a reading all their properties, however plain they
// are. One that is gone keeps what it had.
func (b *Bus) ReadWhole(ctx context.Context, units []model.Unit) error {
	p, _, err := b.peer(ctx)
	if err != nil {
		return fmt.Errorf("read unit properties: %w", err)
	}
	defer p.done()
	b.reading.Lock()
	defer b.reading.Unlock()
	wanted := make([]asked, 0, len(units))
	buf := make([]byte, 64)
	for at := range units {
		unit := &units[at]
		wanted = append(wanted, asked{unit: unit, line: lineOf(unit, buf), wanted: everything(unit.Name)})
	}
	if err := b.readProperties(ctx, p, wanted); err != nil {
		return fmt.Errorf("read unit properties: %w", explain(err))
	}
	return nil
}

// peer is whom to ask: systemd itself as long as nobody needs the bus, and then
// there is no session; else the session's.
func (b *Bus) peer(ctx context.Context) (peer, *session, error) {
	if !b.isWanted() {
		p, err := dialDirect(ctx, b.outgoing)
		if !errors.Is(err, errNoSocket) {
			return p, nil, explain(err)
		}
	}
	s, err := b.connected(ctx)
	if err != nil {
		return peer{}, nil, err
	}
	return s.caller, s, nil
}

// list lists the units. That of a session counts what was not answered.
func (b *Bus) list(ctx context.Context, p peer, s *session) ([]sd.UnitStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	lines, err := p.list(ctx, patterns)
	if s != nil {
		b.note(s, err)
	}
	return lines, err
}

// version is systemd's, which a session knows.
func (b *Bus) version(ctx context.Context, p peer, s *session) (model.Raw, error) {
	if s != nil {
		version, _ := s.version.Load().(model.Raw)
		return version, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return p.version(ctx)
}

// Closely makes the units of some VMs be read with all their properties from
// now on, however plain they are.
func (b *Bus) Closely(vms []model.Raw) {
	closely := make(map[model.Raw]bool, len(vms))
	for _, vm := range vms {
		closely[vm] = true
	}
	b.state.Lock()
	defer b.state.Unlock()
	b.closely = func(vm model.Raw) bool { return closely[vm] }
}

// AllClosely is Closely for every VM.
func (b *Bus) AllClosely() {
	b.state.Lock()
	defer b.state.Unlock()
	b.closely = func(model.Raw) bool { return true }
}

// isClose tells of a unit whether it is one of those.
func (b *Bus) isClose() func(unit model.Raw) bool {
	b.state.Lock()
	defer b.state.Unlock()
	closely := b.closely
	return func(unit model.Raw) bool {
		_, vm, ours := model.ParseUnitName(unit)
		return ours && closely(vm)
	}
}

// takeChanges is what signals told since it was last asked.
func (b *Bus) takeChanges() changes {
	b.state.Lock()
	defer b.state.Unlock()
	taken := b.changed
	b.changed = changes{units: make(map[string]bool)}
	return taken
}

// sortOut turns the list into a reading without properties.
func sortOut(lines []sd.UnitStatus) Reading {
	order.By(lines, func(a, b *sd.UnitStatus) int { return strings.Compare(a.Name, b.Name) })
	reading := Reading{}
	waiting := make(map[string]bool) // the mounts that are made when somebody looks there
	for _, line := range lines {
		_, _, ours := model.ParseUnitName(model.Raw(line.Name))
		switch {
		case ours, line.Name == targetUnit:
			reading.Units = append(reading.Units, unitOf(line))
		case line.Name == switchUnit:
			if line.ActiveState != "inactive" && line.ActiveState != "failed" {
				reading.Switching = model.Raw(line.Name)
			}
		case strings.HasSuffix(line.Name, automountSuffix):
			waiting[strings.TrimSuffix(line.Name, automountSuffix)+mountSuffix] = line.ActiveState == "active"
		case strings.HasSuffix(line.Name, mountSuffix):
			if mount, ok := mountOf(line); ok {
				reading.Mounts = append(reading.Mounts, mount)
			}
		case line.LoadState == "loaded":
			name := strings.TrimSuffix(line.Name, netdevSuffix)
			reading.Netdevs = append(reading.Netdevs,
				model.Netdev{Name: model.Raw(unit.UnitNameUnescape(name)), By: model.Raw(line.Name)})
		}
	}
	for at := range reading.Mounts {
		reading.Mounts[at].Automount = waiting[string(reading.Mounts[at].Unit)]
	}
	return reading
}

func unitOf(line sd.UnitStatus) model.Unit {
	u := model.Unit{
		Name:   model.Raw(line.Name),
		Load:   line.LoadState,
		Active: line.ActiveState,
		Sub:    line.SubState,
	}
	if line.JobId != 0 {
		u.Job = &model.Job{ID: line.JobId, Type: line.JobType}
	}
	return u
}
