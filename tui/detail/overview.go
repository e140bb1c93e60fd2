package detail

import (
	"path"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/wording"
)

// writeOverview is the first tab of a VM: what it is, how it is, what it runs.
func writeOverview(d *draw.Document, about Subject) {
	vm := about.VM
	d.Field("state", tone.State(vm.State), wording.Of(vm.State))
	for _, note := range vm.Notes {
		d.Field("", tone.Note(vm.State), text.Safe(note))
	}
	writeVerdict(d, about)
	d.Field("origin", tone.Origin(vm.Origin), wording.Of(vm.Origin))
	d.Field("freshness", tone.Freshness(vm.Freshness), wording.Of(vm.Freshness))
	d.Field("declared by", styles.Text, wording.Joined(vm.DeclaredBy))
	if vm.RemovedIn != nil {
		d.Field("removed in", styles.Text, text.Safef("generation %d", *vm.RemovedIn))
	}
	d.Field("autostart", styles.Text, wording.YesNo(vm.Autostart))
	label := text.SafeText("time limits")
	for _, limit := range wording.TimeLimits(vm.MainUnit().Known()) {
		d.Field(label, styles.Text, limit)
		label = ""
	}
	for at, f := range about.Shot.Concerning(vm.Name) {
		var label text.SafeText
		if at == 0 {
			label = "findings" + d.Keys.Mention(" (", "findings", ")")
		}
		d.Signed(label, tone.Severity(f.Severity), tone.SeveritySign(f.Severity, d.Glyphs), wording.Of(f.Severity)+": "+text.Safe(f.Summary))
	}
	d.Blank()
	writeFigures(d, about)
	d.Blank()
	writeSoftware(d, about)
	writeGuest(d, about.VM.Running())
}

// writeGuest tells what the guest is given.
func writeGuest(d *draw.Document, runner *model.Runner) {
	for at, trait := range wording.GuestTraits(runner) {
		if at == 0 {
			d.Blank()
		}
		label := trait.Name
		for _, value := range trait.Values {
			d.Field(label, styles.Text, value)
			label = ""
		}
	}
}

// writeVerdict says the verdict and, of what is not simply wanted, why.
func writeVerdict(d *draw.Document, about Subject) {
	verdict := about.verdict()
	role := tone.Verdict(verdict)
	d.Field("verdict", role, wording.VerdictMeaning(verdict))
	if verdict == model.VerdictKept {
		return
	}
	for _, fact := range about.evidence() {
		d.Fact(styles.Text, text.Safe(fact))
	}
}

func writeFigures(d *draw.Document, about Subject) {
	vm, rate := about.VM, about.Shot.Rates[about.VM.Name]
	d.Field("active since", styles.Text, wording.Moment(vm.Since))
	d.Field("CPU", styles.Text, wording.CPU(rate))
	writeCurve(d, about.Usage, func(p scene.UsageSample) float64 { return p.CPU }, model.FormatPercent)
	d.Field("memory", styles.Text, wording.Bytes(vm.Memory))
	if net := wording.Net(rate); net != "" {
		d.Field("network", styles.Text, net+" received/sent a second")
		writeCurve(d, about.Usage, func(p scene.UsageSample) float64 { return p.Traffic }, model.FormatRate)
	}
	if vm.RxBytes != nil && vm.TxBytes != nil {
		d.Field("traffic", styles.Text, model.FormatBytes(*vm.RxBytes)+" received, "+model.FormatBytes(*vm.TxBytes)+" sent")
	}
	if vm.Restarts != nil && *vm.Restarts > 0 {
		d.Field("restarts", styles.Text, text.Safef("%d by systemd", *vm.Restarts))
	}
	for _, p := range vm.Outside {
		d.Field("runs outside", styles.Warn, text.Safef("process %d, %s, in %s", p.PID, p.ProgramName(), p.Cgroup))
	}
}

func writeSoftware(d *draw.Document, about Subject) {
	vm := about.VM
	d.Field("hypervisor", styles.Text, text.Safe(vm.Hypervisor))
	d.Field("host name", styles.Text, text.Safe(vm.HostName))
	writeCurrent(d, vm)
	if vm.BootedFrom != nil {
		d.Field("booted", styles.Text, text.Safe(vm.BootedFrom.Path))
	}
	if vm.Declared != nil && vm.Freshness == model.FreshnessDrifted {
		d.Field("declared", styles.Warn, text.Safe(vm.Declared.Runner))
	}
	dir := vm.Directory
	if dir == nil {
		return
	}
	if dir.Flake != nil {
		d.Field("flake", styles.Text, text.Safe(model.MaskedFlake(dir.Flake.Ref)))
	}
	d.Field("directory", styles.Text, text.Safe(about.directory()))
	if dir.Bytes != nil {
		d.Field("", styles.Text, model.FormatBytes(*dir.Bytes)+" on disk")
	}
	if dir.Fault != "" {
		d.Field("", styles.Fault, "not read: "+text.Safe(dir.Fault))
	}
}

// writeCurrent tells what the next start runs, also where that is gone.
func writeCurrent(d *draw.Document, vm *model.VM) {
	link := (*model.Symlink)(nil)
	if vm.Directory != nil {
		link = vm.Directory.Current
	}
	switch {
	case link != nil && link.Dangling:
		d.Field("current", styles.Bad, text.Safe(link.Target)+", which is not there")
	case vm.Current != nil:
		d.Field("current", styles.Text, text.Safe(vm.Current.Path))
	case link != nil:
		d.Field("current", styles.Text, text.Safe(link.Target))
	}
}

// directory is the path of the VM's directory; empty: it has none.
func (s Subject) directory() model.Raw {
	if s.VM == nil || s.VM.Directory == nil || s.Shot.Inventory.StateDir == "" {
		return ""
	}
	return model.Raw(path.Join(string(s.Shot.Inventory.StateDir), string(s.VM.Directory.Name)))
}

// absolute is a path of the VM's, which may be relative to its directory.
func (s Subject) absolute(of model.Raw) model.Raw {
	dir := s.directory()
	if path.IsAbs(string(of)) || dir == "" {
		return of
	}
	return model.Raw(path.Join(string(dir), string(of)))
}

// writeLeftover is the first tab of a leftover.
func writeLeftover(d *draw.Document, about Subject) {
	l := about.Leftover
	d.Field("kind", styles.Text, wording.Of(l.Ref.Kind))
	d.Field("name", styles.Text, text.Safe(l.Ref.Name))
	writeVerdict(d, about)
	if l.Bytes != nil {
		d.Field("size", styles.Text, model.FormatBytes(*l.Bytes)+" on disk")
	}
	d.Field("points to", styles.Text, text.Safe(l.Stamp.Target))
	if l.Stamp.Index > 0 {
		d.Field("interface", styles.Text, text.Safef("index %d, %s", l.Stamp.Index, l.Stamp.LinkKind))
	}
	if l.Stamp.Owner != nil {
		d.Field("owner", styles.Text, text.Safef("user %d", *l.Stamp.Owner))
	}
	if l.Stamp.PID > 0 {
		d.Field("process", styles.Text, text.Safef("%d", l.Stamp.PID))
	}
}
