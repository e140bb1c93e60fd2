package doctor

import (
	"slices"
	"strings"

	"microtui/model"
)

const (
	write uint32 = 2
	enter uint32 = 1
)

// volumeNotWritable judges by owner, group and mode for whom the VM's unit runs
// as. What has an access control list is left alone, as its mode does not tell,
// and so is what the unit sees otherwise than the host; and a hypervisor that
// has it open for writing has shown that it may.
func volumeNotWritable(h *host) []model.Finding {
	var found []model.Finding
	var seen []model.Raw
	h.eachVolume(func(g *guest, r *model.Runner, image, path model.Raw) {
		file := h.o.VolumeFile(path)
		who, known := h.RunsAs(g.Name, model.RoleVM)
		settings := h.Settings(g.Name, model.RoleVM)
		if !known || file == nil || file.Fault != "" || slices.Contains(seen, path) || slices.Contains(r.ReadOnlyVolumes, image) ||
			settings.SeesOtherwise(path) || h.isWriting(g.Name, file.ID) {
			return
		}
		why := cannotWrite(who, file)
		if setting := settings.Protects(path); why == "" && setting != "" {
			why = rawf("%s of %s prevents writing to %s", setting, model.UnitName(model.RoleVM, g.Name), path)
		}
		if why == "" {
			return
		}
		seen = append(seen, path)
		found = append(found, noted(g.of(rawf("cannot write to its volume %s", image), []model.Raw{
			why, rawf("%s runs as user %s", model.UnitName(model.RoleVM, g.Name), who.Name),
		}, writeAdvice(who, file, path)), rawf("cannot write to %s", image)))
	})
	return found
}

func writeAdvice(who model.Identity, file *model.VolumeFile, path model.Raw) []model.Raw {
	if file.Type == "device" {
		return []model.Raw{rawf("In the host's configuration: services.udev.extraRules, or users.users.%s.extraGroups = [ \"disk\" ];", who.Name)}
	}
	owner := who.Name
	if owner == "microvm" {
		owner = "microvm:kvm"
	}
	return []model.Raw{rawf("Make that user the owner: chown %s %s", owner, path)}
}

// isWriting reports whether a process of a VM's own unit has a file open for
// writing.
func (h *host) isWriting(vm model.Raw, id model.FileID) bool {
	if id == (model.FileID{}) {
		return false
	}
	for p := range h.o.ProcessesIn(vm, model.RoleVM) {
		if slices.Contains(p.Writes, id) {
			return true
		}
	}
	return false
}

// cannotWrite says why somebody can neither write a volume nor make it; empty:
// he can, or that is not known.
func cannotWrite(who model.Identity, v *model.VolumeFile) model.Raw {
	if v.Exists {
		return denies(who, v.Path, &v.Access, write)
	}
	parent := v.Path[:strings.LastIndexByte(string(v.Path), '/')+1]
	if !v.Parent.Exists {
		return rawf("neither %s nor the directory it would be created in exists", v.Path)
	}
	if why := denies(who, parent, &v.Parent, write|enter); why != "" {
		return rawf("%s does not exist and cannot be created: %s", v.Path, why)
	}
	return ""
}

// denies says why a file's mode keeps somebody from it; empty: it does not, or
// that is not known.
func denies(who model.Identity, path model.Raw, a *model.Access, want uint32) model.Raw {
	switch {
	case a.ReadOnly:
		return rawf("%s is on a file system mounted read-only", path)
	case a.ACL, !a.Exists, who.May(a, want):
		return ""
	}
	return rawf("%s belongs to user ID %d and group ID %d, mode %04o", path, a.UID, a.GID, a.Mode)
}

// directoryNotWritable finds VMs whose units cannot write their directory: the
// link booted, sockets and new volumes are made there.
func directoryNotWritable(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		d := g.Directory
		if !g.counts() || d == nil || d.Fault != "" || d.ACL || d.ID == (model.FileID{}) {
			return nil
		}
		access := model.Access{Exists: true, UID: d.UID, GID: d.GID, Mode: d.Mode}
		for _, role := range []model.Role{model.RoleSetBooted, model.RoleVM} {
			settings := h.Settings(g.Name, role)
			who, known := h.RunsAs(g.Name, role)
			if settings == nil || !known || settings.SeesOtherwise(g.dir) {
				continue
			}
			why := denies(who, g.dir, &access, write|enter)
			if setting := settings.Protects(g.dir); why == "" && setting != "" {
				why = rawf("%s of %s prevents writing to %s", setting, settings.Name, g.dir)
			}
			if why != "" {
				return []model.Finding{noted(g.of(rawf("%s cannot write to the VM's directory", settings.Name), []model.Raw{
					why, rawf("%s runs as user %s, and creates links, sockets and volumes there", settings.Name, who.Name),
				}, directoryAdvice(who, g)), "its directory is not writable")}
			}
		}
		return nil
	})
}

// directoryAdvice keeps what microvm.nix itself sets: a VM of the microvm
// command belongs to who made it, and its group may write.
func directoryAdvice(who model.Identity, g *guest) []model.Raw {
	switch {
	case who.Name != "microvm":
		return []model.Raw{rawf("Make that user the owner: chown %s %s", who.Name, g.dir)}
	case g.Origin == model.OriginImperative:
		return []model.Raw{rawf("As microvm -c creates it: chgrp kvm %[1]s && chmod 0775 %[1]s", g.dir)}
	}
	return []model.Raw{rawf("As microvm.nix creates it: chown microvm:kvm %[1]s && chmod 0755 %[1]s", g.dir)}
}

// cannotWriteDirectory reports whether another rule says why a helper of a VM
// failed, and what is to be done before the next start.
func (h *host) cannotWriteDirectory(vm model.Raw) bool {
	return slices.ContainsFunc(directoryNotWritable(h), func(f model.Finding) bool { return slices.Contains(f.VMs, vm) })
}
