package doctor

import (
	"slices"
	"strings"

	"microtui/model"
)

var storageRules = []Rule{
	{
		ID: "subvolume-stub", Severity: model.SeverityWarning, Kinds: []model.Kind{model.KindVM, model.KindStateDir},
		Title: "A directory is an empty stub that a btrfs snapshot left in place of a subvolume",
		Needs: []model.Source{model.SourceStateDir}, find: subvolumeStub,
	},
	{
		ID: "volume-not-writable", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM cannot write to its volume",
		Needs: append([]model.Source{model.SourceHost}, needsStorage...), find: volumeNotWritable,
	},
	{
		ID: "directory-not-writable", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM's units cannot write to its directory",
		Needs: []model.Source{model.SourceHost, model.SourceStateDir, model.SourceSystemd}, find: directoryNotWritable,
	},
	{
		ID: "duplicate-volume", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "Two VMs write to the same volume",
		Needs: needsStorage, find: duplicateVolume,
	},
	{
		ID: "disk-low", Severity: model.SeverityWarning, Kinds: onHost,
		Title: "The file system of the state directory is nearly full",
		Needs: []model.Source{model.SourceStateDir}, find: diskLow,
	},
	{
		ID: "large-supervisord-log", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "The log of a VM's virtiofsd processes has grown large",
		Needs: []model.Source{model.SourceStateDir}, find: largeSupervisordLog,
	},
}

// subvolumeStub finds empty folders in the place of subvolumes. One that bears
// the name of a declared VM keeps the switch from installing that.
func subvolumeStub(h *host) []model.Finding {
	var found []model.Finding
	for at := range h.o.StateDir.Directories {
		d := &h.o.StateDir.Directories[at]
		if !d.Stub {
			continue
		}
		path := rawf("%s/%s", strings.TrimRight(string(h.StateDir), "/"), d.Name)
		f := model.Finding{
			Subject: model.Ref{Kind: model.KindStateDir, Name: d.Name},
			Summary: rawf("%s is the empty stub of a btrfs subvolume that the snapshot did not include", path),
			Evidence: []model.Raw{
				rawf("it is inode %d on btrfs, which can be neither written to nor renamed", d.ID.Ino),
			},
			Advice: []model.Raw{
				rawf("Remove it: rmdir %s", path),
				"Its data, if you need it, is in a snapshot of that subvolume: each subvolume has its own.",
			},
		}
		if g := h.byName[d.Name]; g != nil {
			f.Subject, f.VMs = g.Ref(), []model.Raw{g.Name}
			f.Notes = []model.Raw{"its directory is the empty stub of a subvolume"}
			f.Advice = append(f.Advice, "Then nixos-rebuild switch reinstalls the VM; while the stub exists, it does not.")
		}
		found = append(found, f)
	}
	return found
}

// eachVolume visits the volumes that VMs have or would take.
func (h *host) eachVolume(visit func(g *guest, r *model.Runner, image, path model.Raw)) {
	for at := range h.guests {
		g := &h.guests[at]
		if !g.counts() {
			continue
		}
		for _, r := range g.runners {
			for _, image := range r.Volumes {
				visit(g, r, image, g.absolute(image))
			}
		}
	}
}

// duplicateVolume finds one disk under two guests, by whatever names. Two that
// only read it do no harm.
func duplicateVolume(h *host) []model.Finding {
	var found []model.Finding
	h.contested(model.ThingVolume, func(_ model.Thing, all []claim) {
		if !slices.ContainsFunc(all, func(c claim) bool { return !c.ReadOnly }) {
			return
		}
		paths := []model.Raw{}
		for _, c := range all {
			paths = append(paths, rawf("%s has %s", c.Name, c.absolute(c.As)))
		}
		found = append(found, clash(all[0].Ref(), all, rawf("%s share the volume %s: two guests writing to one disk destroy its data", model.Listed(vmNames(all)), all[0].absolute(all[0].As)),
			append(paths, states(all)), []model.Raw{
				"Never run both. Give each its own image; if both only read it, set readOnly = true; in each.",
			}))
	})
	return found
}

func diskLow(h *host) []model.Finding {
	dir := &h.o.StateDir
	var evidence []model.Raw
	if s := dir.Space; s.BytesShort() {
		evidence = append(evidence, rawf("%s of %s are free on the file system of %s", size(s.Free), size(s.Total), dir.Path))
	}
	if f := dir.Files; f.FilesShort() {
		evidence = append(evidence, rawf("%d of %d inodes are free on the file system of %s", f.Free, f.Total, dir.Path))
	}
	if len(evidence) == 0 {
		return nil
	}
	return []model.Finding{{
		Subject: h.ref(), Summary: "the file system of the state directory is nearly full", Evidence: evidence,
		Advice: []model.Raw{
			"A guest whose sparse image cannot grow gets write errors on its disk.",
			rawf("To see what uses the space: du -xh --max-depth=2 %s | sort -h | tail", dir.Path),
			"To free space: microtui purge --orphans, then microtui trash empty",
		},
	}}
}

// largeLog is more than a supervisord that does well writes in years.
const largeLog = 20 << 20

func largeSupervisordLog(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.Directory == nil {
			return nil
		}
		var bytes uint64
		for at := range g.Directory.Files {
			if f := &g.Directory.Files[at]; strings.HasPrefix(string(f.Name), "supervisord.log") {
				bytes += f.Allocated
			}
		}
		if bytes < largeLog {
			return nil
		}
		return []model.Finding{g.of("the log of its virtiofsd processes has grown large", []model.Raw{
			rawf("%s/supervisord.log and its older rotations take %s", g.dir, size(bytes)),
		}, []model.Raw{
			rawf("See what fills it: tail %s/supervisord.log", g.dir),
			rawf("Empty it: truncate -s 0 %s/supervisord.log", g.dir),
		})}
	})
}
