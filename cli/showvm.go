package cli

import (
	"fmt"
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

// vmFacts is everything about a VM, most important first.
func (s *session) vmFacts(vm model.VM, i model.Inventory) []fact {
	facts := []fact{
		{"state", one(wording.Of(vm.State))},
		{"origin", one(wording.Of(vm.Origin))},
		{"freshness", one(wording.Of(vm.Freshness))},
		{"notes", otherNotes(vm)},
		{"verdict", one(wording.Verdict(vm.Verdict, verdictWhy(vm)))},
		{"evidence", safe(vm.Evidence)},
		{"declared by", safe(vm.DeclaredBy)},
		{"autostart", one(wording.YesNo(vm.Autostart))},
		{"time limits", wording.TimeLimits(vm.MainUnit().Known())},
		{"up", one(wording.Up(&vm, i.At))},
		{"hypervisor", one(text.Safe(vm.Hypervisor))},
		{"host name", one(text.Safe(vm.HostName))},
	}
	facts = append(facts, usageFacts(vm)...)
	for _, trait := range wording.GuestTraits(vm.Running()) {
		facts = append(facts, fact{trait.Name, trait.Values})
	}
	if vm.Declared != nil && vm.Freshness == model.FreshnessDrifted {
		facts = append(facts, fact{"declared", one(text.Safe(vm.Declared.Runner))})
	}
	facts = append(facts, directoryFacts(vm, i.StateDir)...)
	return append(facts,
		fact{"interfaces", convert(vm.Interfaces, interfaceLine)},
		fact{"units", convert(vm.Units, unitLine)},
		fact{"outside", convert(vm.Outside, func(p model.Process) text.SafeText {
			return text.Safef("process %d: %s", p.PID, p.Argv0)
		})},
		fact{"shares", convert(vm.Shares, func(share model.Share) text.SafeText {
			return text.Safef("%s from %s", share.Tag, share.Source)
		})},
		fact{"volumes", convert(vm.Volumes, volumeLine)},
		fact{"path", pathLines(i, vm.Name)},
		fact{"findings", findingLines(i, vm.Name)},
	)
}

// otherNotes are those that are not the reason of the verdict, which has a line
// of its own.
func otherNotes(vm model.VM) []text.SafeText {
	why := verdictWhy(vm)
	return safe(slices.DeleteFunc(slices.Clone(vm.Notes), func(note model.Raw) bool { return why != "" && note == why }))
}

// verdictWhy is the note behind a verdict. Of a kept VM it is one of the notes.
func verdictWhy(vm model.VM) model.Raw {
	if vm.Verdict == model.VerdictKept {
		return ""
	}
	return vm.Why
}

func usageFacts(vm model.VM) []fact {
	var facts []fact
	if vm.Memory != nil {
		facts = append(facts, fact{"memory", one(model.FormatBytes(*vm.Memory))})
	}
	if vm.CPUUsec != nil {
		facts = append(facts, fact{"CPU time", one(text.Safef("%.1f s", float64(*vm.CPUUsec)/1e6))})
	}
	if vm.RxBytes != nil && vm.TxBytes != nil {
		facts = append(facts, fact{"traffic", one(text.Safef("%s in, %s out", model.FormatBytes(*vm.RxBytes), model.FormatBytes(*vm.TxBytes)))})
	}
	if vm.Restarts != nil {
		facts = append(facts, fact{"restarts", one(text.Safef("%d", *vm.Restarts))})
	}
	return facts
}

func directoryFacts(vm model.VM, stateDir model.Raw) []fact {
	d := vm.Directory
	if d == nil {
		return []fact{{"directory", one("none")}}
	}
	place := string(stateDir) + "/" + string(d.Name)
	if d.Bytes != nil {
		place += fmt.Sprintf(", %s on disk", model.FormatBytes(*d.Bytes))
	}
	if d.Fault != "" {
		place += ", not read: " + string(d.Fault)
	}
	facts := []fact{
		{"directory", one(text.Safe(place))},
		{"current", one(linkLine(d.Current))}, {"booted", one(linkLine(d.Booted))}, {"old", one(linkLine(d.Old))},
		{"unexpected", safe(d.Strange)},
	}
	if d.Flake != nil {
		facts = append(facts, fact{"flake", one(text.Safe(model.MaskedFlake(d.Flake.Ref)))})
	}
	return facts
}

func linkLine(link *model.Symlink) text.SafeText {
	switch {
	case link == nil:
		return ""
	case link.Dangling:
		return text.Safef("%s (missing)", link.Target)
	}
	return text.Safe(link.Target)
}

func interfaceLine(i model.Interface) text.SafeText {
	parts := []string{string(i.Name), i.Type}
	for _, part := range []struct{ before, text string }{
		{"", string(i.MAC)}, {"on ", string(i.Link)}, {"mode ", string(i.Mode)}, {"port of ", string(i.Master)}, {"in network namespace ", string(i.Namespace)},
	} {
		if part.text != "" {
			parts = append(parts, part.before+part.text)
		}
	}
	switch {
	case i.Present == nil && i.Namespace != "":
	case i.Present == nil:
		parts = append(parts, "presence unknown")
	case !*i.Present:
		parts = append(parts, "not present")
	}
	return text.Safe(strings.Join(parts, ", "))
}

func unitLine(u model.VMUnit) text.SafeText {
	line := fmt.Sprintf("%s, %s (%s)", u.Unit.Name, u.Unit.Active, u.Unit.Sub)
	if u.Unit.Job != nil {
		line += fmt.Sprintf(", %s queued", u.Unit.Job.Type)
	}
	if p := u.Unit.Properties; p != nil && p.MainPID != 0 {
		line += fmt.Sprintf(", process %d", p.MainPID)
	}
	return text.Safe(line)
}

func volumeLine(v model.Volume) text.SafeText {
	if v.Size == nil || v.Allocated == nil {
		return text.Safe(v.Path)
	}
	return text.Safef("%s, %s of %s on disk", v.Path, model.FormatBytes(*v.Allocated), model.FormatBytes(*v.Size))
}
