package model

import (
	"path"
	"slices"
)

// PlanSnapshot copies the volumes of VMs that are at rest.
func PlanSnapshot(i Inventory, names []Raw, note Raw) Plan {
	return i.planEach(ActionSnapshot, KindVM, names, func(name Raw) (Item, blocker) {
		vm, block := i.vmNamed(name)
		if block.why == "" {
			block = i.unrestBlocker(vm)
		}
		if block.why != "" {
			return Item{}, block
		}
		files, left, block := i.volumesToCopy(vm)
		step := Step{Action: StepSnapshot, Ref: vm.Ref(), VM: name, Harmless: true, Volumes: files, Note: note}
		item := Item{Ref: vm.Ref(), Left: left, Steps: []Step{i.resting(step, FactState, FactDirectory, FactCurrent, FactVolumes)}}
		for _, file := range files {
			item.Evidence = append(item.Evidence, "volume "+file.Path)
		}
		item.Bytes = volumeBytes(vm, files)
		return item, block
	})
}

// volumeBytes is what volumes take on disk; nil: it is not known of all.
func volumeBytes(vm *VM, files []SnapshotFile) *uint64 {
	var sum uint64
	known := 0
	for _, volume := range vm.Volumes {
		at := slices.IndexFunc(files, func(f SnapshotFile) bool {
			return f.Path == volume.Path || f.Path == Raw(path.Join(string(vm.Name), string(volume.Path)))
		})
		if at >= 0 && volume.Allocated != nil {
			sum += *volume.Allocated
			known++
		}
	}
	if known < len(files) {
		return nil
	}
	return &sum
}

// unrestBlocker blocks what is done to the volumes of a VM that may be writing
// to them, or that another one has.
func (i *Inventory) unrestBlocker(vm *VM) blocker {
	switch {
	case vm.State == StateUnknown:
		return refused("cannot determine whether %s is running: %s", vm.Name, firstOf(i.Facts().faults[SourceSystemd], "systemd could not be read"))
	case len(vm.Outside) > 0:
		return vm.outsideBlocker()
	case vm.holdsThings():
		return refused("%s is %s: stop it first; what its guest has not written yet would be missing", vm.Name, vm.State)
	}
	for _, conflict := range i.clashes(vm) {
		if conflict.Kind == ConflictVolume {
			return refused("%s has volume %s open: stop it first", conflict.Other, conflict.What)
		}
	}
	return blocker{}
}

// volumesToCopy are the volumes that a VM's guest can write to, and what is left
// out; blocked where one of them cannot be copied: without it the others would
// be half of what the VM needs.
func (i *Inventory) volumesToCopy(vm *VM) (files []SnapshotFile, left []Raw, block blocker) {
	switch {
	case vm.Current == nil || vm.Current.Missing:
		return nil, nil, refused("the runner of %s cannot be read, and it names the volumes", vm.Name)
	case vm.Current.Unparsed != "":
		return nil, nil, refused("the volumes of %s are not known: %s", vm.Name, vm.Current.Unparsed)
	}
	for _, image := range vm.Current.Volumes {
		if slices.Contains(vm.Current.ReadOnlyVolumes, image) {
			left = append(left, rawf("volume %s: its guest cannot write to it", image))
			continue
		}
		file, why := i.volumeToCopy(vm, image)
		if why != "" {
			return nil, nil, refused("volume %s %s", image, why)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, nil, refused("%s has no volume that its guest can write to", vm.Name)
	}
	return files, left, blocker{}
}

// volumeToCopy is a volume as it is now, or why it cannot be copied.
func (i *Inventory) volumeToCopy(vm *VM, image Raw) (file SnapshotFile, why Raw) {
	at, seen := i.Facts().volumeOf(vm.Name, image)
	switch {
	case seen == nil:
		return file, firstOf("could not be looked at: "+i.Facts().faults[SourceStorage], "could not be looked at")
	case seen.Fault != "":
		return file, "could not be looked at: " + seen.Fault
	case seen.Remote:
		return file, "is on a file system that another machine serves: make its snapshot there"
	case !seen.Exists:
		return file, "does not exist: the first start makes it"
	case seen.Type == "device":
		return file, "is a device: make its snapshot with what made it (LVM, ZFS)"
	case seen.Type != "file":
		return file, rawf("is not a file (%s)", seen.Type)
	}
	return SnapshotFile{Path: at, ID: seen.ID}, ""
}

// volumeOf is where a volume of a VM is, as [SnapshotFile.Path] has it, and what
// was found there; nil: nothing was looked at.
func (f *Facts) volumeOf(vm, image Raw) (at Raw, seen *VolumeFile) {
	named := f.onHost(vm, opensVolumes, pathIn(path.Clean(string(f.StateDir.Path))+"/"+string(vm)+"/", image))
	seen = f.VolumeFile(named)
	at = Raw(path.Clean(string(named)))
	if rest, ok := f.below(at); ok {
		at = Raw(rest)
	}
	return at, seen
}

// volumes says which file each volume of a VM is.
func (t subject) volumes() Raw {
	vm := t.i.VM(t.vm)
	if vm == nil || vm.Current == nil {
		return t.absent(SourceStateDir, SourceRunners)
	}
	var all []Raw
	for _, image := range vm.Current.Volumes {
		switch at, seen := t.volumeOf(vm.Name, image); {
		case seen == nil || seen.Fault != "":
			return unknownAs + "volume " + at
		case !seen.Exists:
			all = append(all, at+" none")
		default:
			all = append(all, rawf("%s %s", at, seen.ID.words()))
		}
	}
	return joined(all)
}

// snapshot says which snapshot it is.
func (t subject) snapshot() Raw {
	s := t.i.snapshotWith(t.ref.Name)
	switch {
	case s == nil:
		return t.absent(SourceSnapshots)
	case s.Deleting:
		return "being deleted"
	}
	return s.words()
}

// PlanRevert puts what snapshots hold in the place of their VMs' volumes, by id,
// or by a VM's name: its newest one. What is there now becomes a snapshot itself,
// the newest one, so that the same command brings it back.
func PlanRevert(i Inventory, names []Raw) Plan {
	taken := make(map[Raw]bool)
	return i.planEach(ActionRevert, KindSnapshot, names, func(name Raw) (Item, blocker) {
		s, block := i.snapshotNamed(name)
		if block.why == "" {
			block = i.revertBlocker(s)
		}
		if block.why == "" && taken[s.VM] {
			block = refused("another snapshot of %s is being restored: name only one", s.VM)
		}
		if block.why != "" {
			return Item{}, block
		}
		taken[s.VM] = true
		step := Step{Action: StepRevert, Ref: Ref{KindSnapshot, Raw(s.ID)}, VM: s.VM, Undo: "microtui snapshots restore " + s.VM}
		item := snapshotItem(s)
		item.Steps = []Step{i.resting(step, FactSnapshot, FactState, FactDirectory, FactVolumes)}
		item.Cautions = i.unusedVolumes(s)
		return item, block
	})
}

func (i *Inventory) revertBlocker(s *Snapshot) blocker {
	vm := i.VM(s.VM)
	switch {
	case s.Deleting:
		return refused("its deletion has begun")
	case vm == nil || vm.Directory == nil:
		return refused("%s has no directory to restore its volumes to: see microtui trash", s.VM)
	}
	return i.unrestBlocker(vm)
}

// unusedVolumes names the volumes in a snapshot that the VM does not use now.
func (i *Inventory) unusedVolumes(s *Snapshot) []Raw {
	vm := i.VM(s.VM)
	if vm.Current == nil {
		return nil
	}
	var used, unused []Raw
	for _, image := range vm.Current.Volumes {
		at, _ := i.Facts().volumeOf(vm.Name, image)
		used = append(used, at)
	}
	for _, file := range s.Files {
		if !slices.Contains(used, file.Path) {
			unused = append(unused, rawf("the present runner of %s does not use %s", s.VM, file.Path))
		}
	}
	return unused
}

// PlanForget deletes snapshots for good, by id or by a VM's name, which means all
// of that VM.
func PlanForget(i Inventory, names []Raw) Plan {
	var ids []Raw
	for _, name := range names {
		of := i.snapshotsOf(name)
		if i.snapshotWith(name) != nil || len(of) == 0 {
			ids = append(ids, name)
		}
		for _, s := range of {
			ids = append(ids, Raw(s.ID))
		}
	}
	return i.planEach(ActionForget, KindSnapshot, ids, func(id Raw) (Item, blocker) {
		s, block := i.snapshotNamed(id)
		if block.why != "" {
			return Item{}, block
		}
		bytes := s.Bytes()
		step := Step{Action: StepForget, Ref: Ref{KindSnapshot, Raw(s.ID)}, VM: s.VM, Bytes: &bytes}
		item := snapshotItem(s)
		item.Steps, item.ConfirmWord = []Step{i.resting(step, FactSnapshot)}, s.VM
		return item, block
	})
}

func snapshotItem(s *Snapshot) Item {
	bytes := s.Bytes()
	item := Item{Ref: Ref{KindSnapshot, Raw(s.ID)}, Evidence: []Raw{s.words()}, Data: true, Bytes: &bytes}
	if from := s.Origin(); from != "" {
		item.Evidence = append(item.Evidence, from)
	}
	return item
}
