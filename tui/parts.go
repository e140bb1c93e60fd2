package tui

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/styles"
)

// The tabs that list what belongs to a VM.

func none(d *document, text model.SafeText) { d.paragraph(styles.Dim, text, 1) }

func writeUnits(d *document, about subject) {
	if len(about.vm.Units) == 0 {
		none(d, "systemd has none of its units in memory.")
	}
	for _, u := range about.vm.Units {
		d.heading(model.Safe(u.Unit.Name))
		state := model.Safef("%s (%s)", u.Unit.Active, u.Unit.Sub)
		d.field("state", activeRole(u.Unit.Active), state)
		if u.Unit.Load != "" && u.Unit.Load != "loaded" {
			d.field("load", styles.Warn, model.Safe(model.Raw(u.Unit.Load)))
		}
		if u.Unit.Job != nil {
			d.field("job", styles.Busy, model.Safef("%s, number %d", u.Unit.Job.Type, u.Unit.Job.ID))
		}
		if p := u.Unit.Properties; p != nil {
			writeProperties(d, u.Unit.Active, p)
		}
	}
}

func writeProperties(d *document, active string, p *model.UnitProperties) {
	d.field("since", styles.Text, timeText(sinceOf(active, p)))
	if text := resultText(p); text != "" {
		d.field("result", resultRole(p), text)
	}
	if p.Restarts > 0 {
		d.field("restarts", styles.Warn, model.Safef("%d by systemd", p.Restarts))
	}
	if !p.ConditionAt.IsZero() && !p.Condition {
		d.field("condition", styles.Warn, "not met: systemd skipped it")
	}
	if active != "active" {
		d.field("last active", styles.Text, timeText(p.ActiveEnter))
	}
	if p.MainPID > 0 {
		d.field("process", styles.Text, model.Safef("%d", p.MainPID))
	}
	d.field("says", styles.Text, model.Safe(p.StatusText))
	d.field("unit file", styles.Dim, model.Safe(p.Fragment))
	d.field("drop-ins", styles.Dim, joined(p.DropIns))
}

// sinceOf is when a unit came into the state that it is in.
func sinceOf(active string, p *model.UnitProperties) time.Time {
	switch active {
	case "active":
		return p.ActiveEnter
	case "inactive", "failed":
		return p.InactiveEnter
	case "activating":
		return p.InactiveExit
	case "deactivating":
		return p.ActiveExit
	}
	return time.Time{}
}

// resultText is how the last run ended, as systemd says it and as the process
// did.
func resultText(p *model.UnitProperties) model.SafeText {
	if p.Result == "" {
		return ""
	}
	text := model.Safe(model.Raw(p.Result))
	switch {
	case p.ExecMainCode == 0:
	case p.ExecMainCode == exited:
		text += model.Safef(", exit code %d", p.ExecMainStatus)
	default:
		text += model.Safef(", killed by signal %d", p.ExecMainStatus)
	}
	return text
}

// exited is CLD_EXITED of waitid(2): the status is an exit code.
const exited = 1

func resultRole(p *model.UnitProperties) styles.Role {
	if p.Result == "success" {
		return styles.Dim
	}
	return styles.Bad
}

func activeRole(active string) styles.Role {
	switch active {
	case "active":
		return styles.Good
	case "failed":
		return styles.Bad
	case "activating", "deactivating", "reloading":
		return styles.Busy
	}
	return styles.Idle
}

func writeInterfaces(d *document, about subject) {
	if len(about.vm.Interfaces) == 0 {
		none(d, "Its runner names no TAP or macvtap interface.")
	}
	for _, name := range opened(about.vm) {
		d.item(styles.Warn, d.glyphs.Attention, "Its runner opens the macvtap "+model.Safe(name)+", and leaves it to something else to make it.")
	}
	for _, i := range about.vm.Interfaces {
		d.heading(model.Safe(i.Name))
		if path := pathOf(about.ways.ofInterfaces(), i.Name); path != nil {
			writePath(d, path)
			d.blank()
		} else {
			writePresence(d, &i)
		}
		d.field("lower link", styles.Text, model.Safe(i.Link))
		d.field("mode", styles.Text, model.Safe(i.Mode))
		if i.Device != nil {
			writeDevice(d, i.Device)
		}
	}
}

// opened are macvtaps that a VM's runner opens and does not make.
func opened(vm *model.VM) []model.Raw {
	if vm.Current == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(vm.Current.MacvtapOpens), func(name model.Raw) bool {
		return slices.ContainsFunc(vm.Interfaces, func(i model.Interface) bool { return i.Name == name })
	})
}

// writePresence tells of an interface whose way is not known.
func writePresence(d *document, i *model.Interface) {
	d.field("type", styles.Text, model.Safe(model.Raw(i.Type)))
	d.field("guest MAC", styles.Text, model.Safe(i.MAC))
	d.field("bridge", styles.Text, model.Safe(i.Master))
	if i.Present == nil {
		d.field("present", styles.Unclear, "unknown: links could not be read")
		return
	}
	d.field("present", styles.Text, yesNo(*i.Present))
}

func writeDevice(d *document, link *model.Link) {
	d.field("up", styles.Text, yesNo(link.Up))
	if link.Carrier != nil {
		d.field("carrier", styles.Text, yesNo(*link.Carrier))
	}
	if link.Owner != nil {
		d.field("owner", styles.Text, model.Safef("user %d", *link.Owner))
	}
	d.field("index", styles.Dim, model.Safef("%d", link.Index))
	d.field("traffic", styles.Text, model.FormatBytes(link.TxBytes)+" to the guest, "+model.FormatBytes(link.RxBytes)+" from it")
}

func writeVolumes(d *document, about subject) {
	if len(about.vm.Volumes) == 0 {
		none(d, "Its runner names no volumes.")
	}
	for _, v := range about.vm.Volumes {
		d.heading(model.Safe(v.Path))
		d.field("path", styles.Text, model.Safe(about.absolute(v.Path)))
		if v.Size == nil {
			d.field("size", styles.Unclear, "unknown: it is not there, or could not be looked at")
		}
		d.field("size", styles.Text, memoryText(v.Size))
		d.field("on disk", styles.Text, memoryText(v.Allocated))
		d.field("last written", styles.Text, timeText(v.Modified))
	}
}
