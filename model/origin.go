package model

// origin says where a VM comes from, by the tests of docs/facts.md, "Where a VM
// comes from". The gcroot test comes before the tests on what NixOS leaves in a
// directory, since a deployment can go over a declared VM.
func (f *Facts) origin(vm Raw, d *Directory) Origin {
	if decl := f.declared[vm]; decl != nil {
		if decl.Flake != "" {
			return OriginDeclaredFlake
		}
		return OriginDeclared
	}
	switch {
	case f.hasRoot(vm, "old"):
		return OriginDeployed
	case f.hasRoot(vm, "current") && (d == nil || d.Flake != nil):
		return OriginImperative
	case f.hasRoot(vm, "current"), d != nil && d.Old != nil && d.Flake == nil && d.Toplevel == nil:
		return OriginDeployed // beside `flake`, `old` says nothing: an update of ours leaves it too
	case d == nil && len(f.then[vm]) > 0:
		return OriginUndeclared
	case d == nil || d.Fault != "" || len(d.Strange) > 0:
		return OriginUnknown
	case d.Toplevel != nil, d.Flake != nil && d.Flake.Newline && f.IsMicrovm(d.UID):
		return OriginUndeclared
	case d.Flake == nil && len(f.then[vm]) > 0:
		return OriginUnknown
	case d.Flake == nil:
		return OriginManual
	}
	return OriginUnknown
}

func (f *Facts) hasRoot(vm Raw, link string) bool {
	for _, root := range f.roots[vm] {
		if root.link == link {
			return true
		}
	}
	return false
}
