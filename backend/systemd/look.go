package systemd

import (
	"context"
	"fmt"

	"microtui/model"
)

// sight is what one look at a VM's units gave, in the order of a start, the
// VM's own with its properties, and those of helpers that failed.
type sight struct{ units []model.VMUnit }

// main is microvm@NAME.service; nil: systemd does not have it in memory.
func (s sight) main() *model.Unit { return model.UnitOf(s.units, model.RoleVM) }

// helpers are the others.
func (s sight) helpers() []model.VMUnit {
	var helpers []model.VMUnit
	for _, u := range s.units {
		if u.Role != model.RoleVM {
			helpers = append(helpers, u)
		}
	}
	return helpers
}

// look reads a VM's units as they are, past the cache.
func (b *Bus) look(ctx context.Context, vm model.Raw) (sight, error) {
	s, err := b.connected(ctx)
	if err != nil {
		return sight{}, fmt.Errorf("read the units of %s: %w", vm, err)
	}
	seen, err := s.look(ctx, vm)
	b.note(s, err)
	if err != nil {
		return sight{}, fmt.Errorf("read the units of %s: %w", vm, explain(err))
	}
	return seen, nil
}

// lookTwice is how often list and properties may disagree before the last
// ones are taken as they are.
const lookTwice = 5

// lookSteady is look for an outcome: the properties are those of the state
// that the list says.
func (b *Bus) lookSteady(ctx context.Context, vm model.Raw) (sight, error) {
	seen, err := b.look(ctx, vm)
	for range lookTwice {
		if err != nil {
			break
		}
		var again sight
		if again, err = b.look(ctx, vm); err == nil && again.sameAs(seen) {
			return again, nil
		}
		seen = again
	}
	return seen, err
}

// sameAs reports whether the VM's own unit is in the same state and life.
func (s sight) sameAs(other sight) bool {
	a, b := s.main(), other.main()
	if a == nil || b == nil {
		return a == b
	}
	return a.Active == b.Active && a.Sub == b.Sub && (a.Job == nil) == (b.Job == nil) && a.Invocation() == b.Invocation()
}

func (s *session) look(ctx context.Context, vm model.Raw) (sight, error) {
	listing, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	roles := append([]model.Role{model.RoleInstall}, model.Roles...)
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = string(model.UnitName(role, vm))
	}
	// (ListUnitsByNames would load what is not in memory.)
	lines, err := s.conn.ListUnitsByPatternsContext(listing, nil, names)
	if err != nil {
		return sight{}, err
	}
	known := make(map[string]model.Unit, len(lines))
	for _, line := range lines {
		known[line.Name] = unitOf(line)
	}
	var seen sight
	for i, role := range roles {
		if unit, ok := known[names[i]]; ok {
			seen.units = append(seen.units, model.VMUnit{Role: role, Unit: unit})
		}
	}
	return seen, s.complete(ctx, seen.units)
}

// complete reads the properties that an outcome rests on.
func (s *session) complete(ctx context.Context, units []model.VMUnit) error {
	for i := range units {
		unit := &units[i].Unit
		if units[i].Role != model.RoleVM && unit.Active != "failed" {
			continue
		}
		properties, err := s.caller.ask(ctx, asked{unit: unit, wanted: everything(unit.Name)}).answer()
		if err != nil {
			return err
		}
		unit.Properties = properties
	}
	return nil
}
