package model

import "microtui/model/text"

// TakenDown is an interface that the stop of a VM takes down by itself:
// tap-down and macvtap-down of the runner that it booted delete what has the
// name, whosever it is.
type TakenDown struct {
	Ref Ref `json:"ref"`
	// Though says what speaks against that; mostly empty.
	Though Raw `json:"though,omitempty"`
}

// Text says it as a part of what the stop does.
func (t TakenDown) Text() text.SafeText {
	line := text.Safef("stopping it also removes interface %s", t.Ref.Name)
	if t.Though != "" {
		line += text.Safef(", although %s", t.Though)
	}
	return line
}

// takers are the units that take interfaces down, by the interfaces' types,
// and the scripts by which they do it.
var takers = map[string]struct {
	role   Role
	script Raw
}{
	string(KindTap):     {RoleTap, "tap-down"},
	string(KindMacvtap): {RoleMacvtap, "macvtap-down"},
}

func (p *purging) interfaces() []Interface {
	if p.vm == nil {
		return nil
	}
	return p.vm.Interfaces
}

// goesWithStop reports whether the stop takes an interface down. A VM that is
// being restarted may be between two lives: there it is what its next life
// makes.
func (p *purging) goesWithStop(own Interface) bool {
	taker, known := takers[own.Type]
	if !known || !p.stops || p.vm == nil || p.Template.DropsBooted() {
		return false
	}
	takes := func(r *Runner) bool {
		return r != nil && r.claims(own.Name) && (r.Has(taker.script) || p.Template != nil && !p.Template.RunnerScripts)
	}
	if !p.isSteady() {
		return takes(p.vm.BootedFrom) || takes(p.vm.Current)
	}
	unit := p.units[p.name][taker.role]
	return unit.IsUp() && takes(p.vm.BootedFrom)
}

// takesDown are the interfaces that go with the stop and that no step deletes:
// those of a VM that is being restarted, and those that are not beyond doubt
// its own.
func (p *purging) takesDown() []TakenDown {
	var taken []TakenDown
	for _, own := range p.interfaces() {
		link := own.Device
		if !p.goesWithStop(own) || link == nil && p.isSteady() {
			continue
		}
		t := TakenDown{Ref: Ref{Kind(own.Type), own.Name}}
		if link != nil {
			t.Though = p.notItsOwn(link)
		}
		if t.Though != "" || !p.isSteady() {
			taken = append(taken, t)
		}
	}
	return taken
}
