package tui

import (
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
			writeProperties(d, p)
		}
	}
}

func writeProperties(d *document, p *model.UnitProperties) {
	if p.Result != "" && p.Result != "success" {
		d.field("result", styles.Bad, model.Safef("%s, status %d", p.Result, p.ExecMainStatus))
	}
	if p.Restarts > 0 {
		d.field("restarts", styles.Warn, model.Safef("%d", p.Restarts))
	}
	if !p.ConditionAt.IsZero() && !p.Condition {
		d.field("condition", styles.Warn, "not met: systemd skipped it")
	}
	d.field("active since", styles.Text, timeText(p.ActiveEnter))
	if p.MainPID > 0 {
		d.field("process", styles.Text, model.Safef("%d", p.MainPID))
	}
	d.field("says", styles.Text, model.Safe(p.StatusText))
	d.field("unit file", styles.Dim, model.Safe(p.Fragment))
	d.field("drop-ins", styles.Dim, joined(p.DropIns))
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
	for _, i := range about.vm.Interfaces {
		d.heading(model.Safe(i.Name))
		d.field("type", styles.Text, model.Safe(model.Raw(i.Type)))
		d.field("guest MAC", styles.Text, model.Safe(i.MAC))
		d.field("lower link", styles.Text, model.Safe(i.Link))
		d.field("mode", styles.Text, model.Safe(i.Mode))
		if i.Present == nil {
			d.field("present", styles.Unclear, "unknown: links could not be read")
		} else {
			d.field("present", styles.Text, yesNo(*i.Present))
		}
		d.field("bridge", styles.Text, model.Safe(i.Master))
		if i.Device != nil {
			writeDevice(d, i.Device)
		}
	}
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

func writeShares(d *document, about subject) {
	if len(about.vm.Shares) == 0 {
		none(d, "It has no virtiofs shares.")
	}
	for _, s := range about.vm.Shares {
		d.heading(model.Safe(s.Tag))
		d.field("source", styles.Text, model.Safe(s.Source))
		d.field("socket", styles.Dim, model.Safe(s.Socket))
	}
}

func writeVolumes(d *document, about subject) {
	if len(about.vm.Volumes) == 0 {
		none(d, "Its runner names no volumes.")
	}
	for _, v := range about.vm.Volumes {
		d.heading(model.Safe(v.Path))
		d.field("size", styles.Text, memoryText(v.Size))
		d.field("on disk", styles.Text, memoryText(v.Allocated))
		d.field("last written", styles.Text, timeText(v.Modified))
	}
}
