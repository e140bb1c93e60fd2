package systemd

import (
	"context"
	"fmt"
	"strings"
	"time"

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
// of the last time a unit changed or systemd read its files again. On a host
// with thousands of units, a first reading leaves the Properties of some nil
// whose line says nearly all: helpers that did their work, and those that had
// none.
func (b *Bus) Units(ctx context.Context) (Reading, error) { return b.units(ctx, onceBudget) }

// UnitsSoon is Units for one who reads again and again: it leaves more to the
// readings to come, and is there sooner.
func (b *Bus) UnitsSoon(ctx context.Context) (Reading, error) { return b.units(ctx, soonBudget) }

func (b *Bus) units(ctx context.Context, budget time.Duration) (Reading, error) {
	s, err := b.connected(ctx)
	if err != nil {
		return Reading{}, fmt.Errorf("list units: %w", err)
	}
	b.reading.Lock()
	defer b.reading.Unlock()
	b.cache.forget(b.takeChanges())

	lines, err := b.list(ctx, s)
	if err != nil {
		return Reading{}, fmt.Errorf("list units: %w", explain(err))
	}
	reading := sortOut(lines)
	reading.Version, _ = s.version.Load().(model.Raw)
	s.explainMounts(ctx, reading.Mounts)
	return reading, b.complete(ctx, s, reading.Units, budget)
}

// Lines reads the units of VMs that systemd has in memory, without properties:
// it is there within milliseconds.
func (b *Bus) Lines(ctx context.Context) ([]model.Unit, error) {
	s, err := b.connected(ctx)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	lines, err := b.list(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", explain(err))
	}
	return sortOut(lines).Units, nil
}

func (b *Bus) list(ctx context.Context, s *session) ([]sd.UnitStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	lines, err := s.conn.ListUnitsByPatternsContext(ctx, nil, patterns)
	b.note(s, err)
	return lines, err
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
