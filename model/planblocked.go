package model

import "slices"

// blocker is a reason for which something is not planned. The zero value is
// none.
type blocker struct {
	why  Raw
	kind error // one of the kinds of errors; nil: there is nothing to do
}

func refused(format string, args ...any) blocker { return blocker{rawf(format, args...), ErrRefused} }

// whileSwitching are the operations that nobody begins while a NixOS system
// switches: what is declared, and what its switch installs, changes then.
var whileSwitching = []Action{ActionPurge, ActionCleanUp, ActionRestore, ActionBuild, ActionUpdate, ActionRollback, ActionCreate, ActionSnapshot, ActionRevert}

// blocked says what stands against an operation as a whole.
func (i *Inventory) blocked(action Action) blocker {
	switch {
	case i.ReadOnly != "":
		return blocker{i.ReadOnly, ErrRefused}
	case !i.Host.Privileged:
		return blocker{"not permitted: run as root", ErrDenied}
	case i.Host.Switching != "" && slices.Contains(whileSwitching, action):
		return blocker{rawf("%s: wait until it is done", WhileSwitching(i.Host)), ErrBusy}
	}
	return blocker{}
}

// planEach plans for each of some names, once, in their order.
func (i *Inventory) planEach(action Action, kind Kind, names []Raw, plan func(name Raw) (Item, blocker)) Plan {
	p := i.newPlan(action)
	against := i.blocked(action)
	for at, name := range names {
		if slices.Contains(names[:at], name) {
			continue
		}
		item, block := Item{}, against
		if block.why == "" {
			item, block = plan(name)
		}
		if block.why != "" {
			p.Refused = append(p.Refused, Blocked{Ref{kind, name}, block.why, block.kind})
			continue
		}
		item.Ticked = true
		p.Items = append(p.Items, item)
	}
	return p
}

func (i *Inventory) newPlan(action Action) Plan {
	return Plan{Action: action, StateDir: i.StateDir, Items: []Item{}, Refused: []Blocked{}}
}

// vmNamed finds the VM that an operation is asked for.
func (i *Inventory) vmNamed(name Raw) (*VM, blocker) {
	vm := i.VM(name)
	switch {
	case !ParseName(name):
		return nil, refused("%q is not a valid VM name", string(name))
	case vm == nil:
		return nil, i.unknownVM(name)
	}
	return vm, blocker{}
}

// outsideBlocker blocks what must not happen to a VM that runs outside its
// unit.
func (v *VM) outsideBlocker() blocker {
	if len(v.Outside) == 0 {
		return blocker{}
	}
	return refused("%s is running outside its unit: end process %d first", v.Name, v.Outside[0].PID)
}

// resting puts facts, as they are now, under a step as its conditions.
func (i *Inventory) resting(s Step, on ...Fact) Step {
	s.Conditions = make([]Condition, 0, len(on))
	for _, fact := range on {
		s.Conditions = append(s.Conditions, Condition{fact, i.Now(s, fact)})
	}
	return s
}

// ReasonFor says in one line why an action, an operation too, cannot be done
// to a thing of that name now; empty: it can.
func ReasonFor(i Inventory, action Action, name Raw) Raw {
	plan, names := Plan{}, []Raw{name}
	switch action {
	case ActionPurge:
		plan = PlanPurge(i, names, PurgeOptions{})
	case ActionBuild, ActionUpdate:
		plan = PlanBuild(i, names)
	case ActionRollback:
		plan = PlanRollback(i, names, false)
	case ActionRestore:
		plan = PlanRestore(i, names)
	case ActionEmpty:
		plan = PlanEmpty(i, names)
	case ActionReset:
		plan = PlanReset(i, names)
	case ActionSnapshot:
		plan = PlanSnapshot(i, names, "")
	case ActionRevert:
		plan = PlanRevert(i, names)
	case ActionForget:
		plan = PlanForget(i, names)
	case ActionCleanUp:
		return i.blocked(action).why
	case ActionCreate:
		if name == "" { // whatever its name
			return i.blocked(action).why
		}
		return firstOf(i.blocked(action).why, i.nameBlocker(name).why)
	default:
		return Reason(i, action, name)
	}
	if len(plan.Refused) > 0 {
		return plan.Refused[0].Reason
	}
	return ""
}
