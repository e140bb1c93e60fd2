package model

// WorthAsking names the units whose properties are brief and of which a rule
// tells more: an install unit that left its VM without a runner, when it last
// ran.
func WorthAsking(o *Observation) []Raw {
	hasRunner := make(map[Raw]bool, len(o.StateDir.Directories))
	for at := range o.StateDir.Directories {
		d := &o.StateDir.Directories[at]
		hasRunner[d.Name] = d.Current != nil
	}
	var found []Raw
	for at := range o.Units {
		unit := &o.Units[at]
		role, vm, _ := ParseUnitName(unit.Name)
		if role == RoleInstall && unit.Known().Brief && !hasRunner[vm] {
			found = append(found, unit.Name)
		}
	}
	return found
}
