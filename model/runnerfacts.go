package model

import "slices"

// addRunner adds what a VM's runners say: the one it booted first where it
// runs, since that is what is there now.
func (f *Facts) addRunner(vm *VM) {
	if d := vm.Directory; d != nil {
		vm.Current, vm.BootedFrom = f.runner(d.Current), f.runner(d.Booted)
	}
	for _, p := range f.papers(vm.Name, vm.Directory) {
		r := p.Runner
		vm.Hypervisor = firstOf(vm.Hypervisor, r.Hypervisor)
		vm.HostName = firstOf(vm.HostName, r.HostName)
		for _, share := range r.Shares {
			if !slices.Contains(vm.Shares, share) {
				vm.Shares = append(vm.Shares, share)
			}
		}
		f.addInterfaces(vm, r)
		f.addVolumes(vm, r)
	}
	if vm.Directory != nil {
		for _, name := range vm.Directory.InstanceInterfaces {
			f.addInterface(vm, Interface{Name: name, Type: "tap"})
		}
	}
	f.addHeld(vm)
	if d := vm.Directory; d != nil && d.Current != nil && vm.Hypervisor == "" {
		if gone := f.runners[d.Current.Target]; gone != nil { // its store path still names it
			vm.Hypervisor, vm.HostName = gone.Hypervisor, firstOf(vm.HostName, gone.HostName)
		}
	}
}

func firstOf[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

// lastInstalled is the runner that the last generation that declared a VM
// installed; nil where it is not known.
func (f *Facts) lastInstalled(vm Raw) *Runner {
	then := f.then[vm]
	if len(then) == 0 {
		return nil
	}
	return f.runner(&Symlink{Target: then[len(then)-1].Runner})
}

func (f *Facts) addInterfaces(vm *VM, r *Runner) {
	macs := tapMACs(r)
	for i, name := range r.Taps {
		tap := Interface{Name: name, Type: "tap"}
		if macs != nil {
			tap.MAC = macs[i]
		}
		f.addInterface(vm, tap)
	}
	for _, m := range r.Macvtaps {
		f.addInterface(vm, Interface{Name: m.Name, Type: "macvtap", MAC: m.MAC, Link: m.Link, Mode: m.Mode})
	}
}

// tapMACs are the guest's addresses on its TAPs, in their order; nil where the
// runner's other interfaces make the order ambiguous.
func tapMACs(r *Runner) []Raw {
	macs := slices.DeleteFunc(slices.Clone(r.MACs), func(mac Raw) bool {
		return slices.ContainsFunc(r.Macvtaps, func(m MacvtapEntry) bool { return m.MAC == mac })
	})
	if len(macs) != len(r.Taps) {
		return nil
	}
	return macs
}

func (f *Facts) addInterface(vm *VM, i Interface) {
	if slices.ContainsFunc(vm.Interfaces, func(have Interface) bool { return have.Name == i.Name }) {
		return
	}
	i.Namespace = f.namespace(vm.Name, takers[i.Type].role)
	if i.Namespace == hostNamespace && (!f.failed(SourceNetwork) || len(f.Links) > 0) {
		i.Device = f.links[i.Name]
		present := i.Device != nil
		i.Present = &present
	}
	if i.Device != nil && f.linksByID[i.Device.Master] != nil {
		i.Master = f.linksByID[i.Device.Master].Name
	}
	vm.Interfaces = append(vm.Interfaces, i)
}

// addHeld adds interfaces that the VM's processes hold and no runner names: of
// a VM whose directory is gone.
func (f *Facts) addHeld(vm *VM) {
	for _, p := range f.inUnits[vm.Name] {
		for _, name := range p.Holds {
			if link := f.links[name]; link != nil {
				f.addInterface(vm, Interface{Name: name, Type: string(linkType(link))})
			}
		}
	}
}

func linkType(link *Link) Kind {
	kind, _ := link.guestKind()
	return kind
}

func (f *Facts) addVolumes(vm *VM, r *Runner) {
	for _, path := range r.Volumes {
		if slices.ContainsFunc(vm.Volumes, func(have Volume) bool { return have.Path == path }) {
			continue
		}
		volume := Volume{Path: path}
		file := f.volumes[f.onHost(vm.Name, opensVolumes, pathIn(string(f.base()+vm.Name)+"/", path))]
		near := fileOf(vm.Directory, path)
		switch {
		case near != nil:
			volume.Size, volume.Allocated, volume.Modified = &near.Size, &near.Allocated, near.Modified
		case file != nil:
			volume.Size, volume.Allocated = file.Size, file.Allocated
			volume.Elsewhere = vm.Directory == nil || !slices.Contains(file.Through, vm.Directory.ID)
		}
		vm.Volumes = append(vm.Volumes, volume)
	}
}

// addDisk sums what a VM takes on disk: its directory, and images elsewhere. A
// device takes what it takes without the VM.
func (vm *VM) addDisk() {
	if vm.Directory == nil || vm.Directory.Bytes == nil {
		return
	}
	sum := *vm.Directory.Bytes
	for i := range vm.Volumes {
		if v := &vm.Volumes[i]; v.Elsewhere && v.Allocated != nil {
			sum += *v.Allocated
		}
	}
	vm.Disk = &sum
}

func fileOf(d *Directory, path Raw) *File {
	if d == nil {
		return nil
	}
	for i := range d.Files {
		if d.Files[i].Name == path {
			return &d.Files[i]
		}
	}
	return nil
}
