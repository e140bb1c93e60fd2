package detail

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/wording"
)

// The tabs that list what belongs to a VM.

// None says, in a tab, that there is nothing to list.
func None(d *draw.Document, s text.SafeText) { d.Paragraph(styles.Dim, s, 1) }

func writeUnits(d *draw.Document, about Subject) {
	if len(about.VM.Units) == 0 {
		None(d, "None of its units are loaded.")
	}
	for _, u := range about.VM.Units {
		d.Heading(text.Safe(u.Unit.Name))
		state := text.Safef("%s (%s)", u.Unit.Active, u.Unit.Sub)
		d.Field("state", activeRole(u.Unit.Active), state)
		if u.Unit.Load != "" && u.Unit.Load != "loaded" {
			d.Field("load", styles.Warn, text.Safe(u.Unit.Load))
		}
		if u.Unit.Job != nil {
			d.Field("job", styles.Busy, text.Safef("%s, number %d", u.Unit.Job.Type, u.Unit.Job.ID))
		}
		if p := u.Unit.Properties; p != nil {
			writeProperties(d, u.Unit.Active, p)
		}
	}
}

func writeProperties(d *draw.Document, active string, p *model.UnitProperties) {
	d.Field("since", styles.Text, wording.Moment(sinceOf(active, p)))
	if line := resultText(p); line != "" {
		d.Field("result", resultRole(p), line)
	}
	if p.Restarts > 0 {
		d.Field("restarts", styles.Warn, text.Safef("%d by systemd", p.Restarts))
	}
	if !p.ConditionAt.IsZero() && !p.Condition {
		d.Field("condition", styles.Warn, "not met; systemd skipped the unit")
	}
	if active != "active" {
		d.Field("last active", styles.Text, wording.Moment(p.ActiveEnter))
	}
	if p.MainPID > 0 {
		d.Field("process", styles.Text, text.Safef("%d", p.MainPID))
	}
	d.Field("says", styles.Text, text.Safe(p.StatusText))
	d.Field("unit file", styles.Dim, text.Safe(p.Fragment))
	d.Field("drop-ins", styles.Dim, wording.Joined(p.DropIns))
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
func resultText(p *model.UnitProperties) text.SafeText {
	if p.Result == "" {
		return ""
	}
	how := text.Safe(p.Result)
	switch {
	case p.ExecMainCode == 0:
	case p.ExecMainCode == exited:
		how += text.Safef(", exit code %d", p.ExecMainStatus)
	default:
		how += text.Safef(", killed by signal %d", p.ExecMainStatus)
	}
	return how
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

func writeInterfaces(d *draw.Document, about Subject) {
	if len(about.VM.Interfaces) == 0 {
		None(d, "Its runner names no TAP or macvtap interface.")
	}
	for _, name := range opened(about.VM) {
		d.Item(styles.Warn, d.Glyphs.Attention, "Its runner opens macvtap "+text.Safe(name)+" and expects something else to create it.")
	}
	for _, i := range about.VM.Interfaces {
		d.Heading(text.Safe(i.Name))
		if path := pathOf(about.Connectivity.Interfaces(), i.Name); path != nil {
			writePath(d, path)
			d.Blank()
		} else {
			writePresence(d, &i)
		}
		d.Field("lower link", styles.Text, text.Safe(i.Link))
		d.Field("mode", styles.Text, text.Safe(i.Mode))
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
func writePresence(d *draw.Document, i *model.Interface) {
	d.Field("type", styles.Text, text.Safe(i.Type))
	d.Field("guest MAC", styles.Text, text.Safe(i.MAC))
	d.Field("bridge", styles.Text, text.Safe(i.Master))
	if i.Namespace != "" {
		d.Field("namespace", styles.Text, text.Safe(i.Namespace))
	}
	if i.Present == nil && i.Namespace != "" {
		d.Field("present", styles.Unclear, "unknown: it is in another network namespace")
		return
	}
	if i.Present == nil {
		d.Field("present", styles.Unclear, "unknown: the interfaces could not be read")
		return
	}
	d.Field("present", styles.Text, wording.YesNo(*i.Present))
}

func writeDevice(d *draw.Document, link *model.Link) {
	d.Field("up", styles.Text, wording.YesNo(link.Up))
	if link.Carrier != nil {
		d.Field("carrier", styles.Text, wording.YesNo(*link.Carrier))
	}
	if link.Owner != nil {
		d.Field("owner", styles.Text, text.Safef("user %d", *link.Owner))
	}
	d.Field("index", styles.Dim, text.Safef("%d", link.Index))
	d.Field("traffic", styles.Text, model.FormatBytes(link.TxBytes)+" to the guest, "+model.FormatBytes(link.RxBytes)+" from it")
}

func writeVolumes(d *draw.Document, about Subject) {
	if len(about.VM.Volumes) == 0 {
		None(d, "Its runner names no volumes.")
	}
	for _, v := range about.VM.Volumes {
		d.Heading(text.Safe(v.Path))
		d.Field("path", styles.Text, text.Safe(about.absolute(v.Path)))
		if v.Size == nil {
			d.Field("size", styles.Unclear, "unknown: missing, or could not be read")
		}
		d.Field("size", styles.Text, wording.Bytes(v.Size))
		d.Field("on disk", styles.Text, wording.Bytes(v.Allocated))
		d.Field("last written", styles.Text, wording.Moment(v.Modified))
	}
}
