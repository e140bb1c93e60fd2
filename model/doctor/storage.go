package doctor

import (
	"slices"
	"strings"

	"microtui/model"
)

var storageRules = []Rule{
	{
		ID: "subvolume-stub", Severity: model.SeverityWarning, Kinds: []model.Kind{model.KindVM, model.KindStateDir},
		Title: "A directory is an empty stub that a btrfs snapshot left of a subvolume",
		Needs: []model.Source{model.SourceStateDir}, find: subvolumeStub,
	},
	{
		ID: "volume-not-writable", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM may not write its volume",
		Needs: append([]model.Source{model.SourceHost}, needsStorage...), find: volumeNotWritable,
	},
	{
		ID: "directory-not-writable", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM's units cannot write to its directory",
		Needs: []model.Source{model.SourceHost, model.SourceStateDir, model.SourceSystemd}, find: directoryNotWritable,
	},
	{
		ID: "duplicate-volume", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "Two VMs write the same volume",
		Needs: needsStorage, find: duplicateVolume,
	},
	{
		ID: "disk-low", Severity: model.SeverityWarning, Kinds: onHost,
		Title: "The file system of the state directory is nearly full",
		Needs: []model.Source{model.SourceStateDir}, find: diskLow,
	},
	{
		ID: "large-supervisord-log", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "The log of a VM's virtiofsds has grown large",
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
			Summary: rawf("%s is empty: it stands for a btrfs subvolume that the snapshot did not hold", path),
			Evidence: []model.Raw{
				rawf("it is inode %d on btrfs, which nothing can be written to, and which cannot be renamed", d.ID.Ino),
			},
			Advice: []model.Raw{
				rawf("Remove it: rmdir %s", path),
				"Its data, if it is wanted, is in a snapshot of that subvolume: each is taken by itself.",
			},
		}
		if g := h.byName[d.Name]; g != nil {
			f.Subject, f.VMs = g.Ref(), []model.Raw{g.Name}
			f.Notes = []model.Raw{"its directory is the empty stub of a subvolume"}
			f.Advice = append(f.Advice, "Then nixos-rebuild switch installs it anew: until then it takes the folder for the VM.")
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
		found = append(found, clash(all[0].Ref(), all, rawf("%s have the same volume %s: two guests on one disk destroy it", model.Listed(vmNames(all)), all[0].absolute(all[0].As)),
			append(paths, states(all)), []model.Raw{
				"Never start both. Give each its own image; a disk that all only read: readOnly = true; in each.",
			}))
	})
	return found
}

// A file system is nearly full below this share of free space, or below this
// much where it is not a small one.
const (
	lowPercent = 5
	lowBytes   = 1 << 30
)

func diskLow(h *host) []model.Finding {
	dir := &h.o.StateDir
	var evidence []model.Raw
	if s := dir.Space; s != nil && s.Total > 0 && (s.Free < s.Total/100*lowPercent || s.Free < lowBytes && s.Free < s.Total/5) {
		evidence = append(evidence, rawf("%s of %s are free on the file system of %s", size(s.Free), size(s.Total), dir.Path))
	}
	if f := dir.Files; f != nil && f.Total > 0 && f.Free < f.Total/100*lowPercent {
		evidence = append(evidence, rawf("%d of %d inodes are free on the file system of %s", f.Free, f.Total, dir.Path))
	}
	if len(evidence) == 0 {
		return nil
	}
	return []model.Finding{{
		Subject: h.ref(), Summary: "the file system of the state directory is nearly full", Evidence: evidence,
		Advice: []model.Raw{
			"A guest whose sparse image can grow no more sees write errors on its disk.",
			rawf("What takes the space: du -xh --max-depth=2 %s | sort -h | tail", dir.Path),
			"What microtui can free: microtui purge --orphans, then microtui trash empty",
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
		return []model.Finding{g.of("the log of its virtiofsds has grown large", []model.Raw{
			rawf("%s/supervisord.log and the older ones beside it take %s", g.dir, size(bytes)),
		}, []model.Raw{
			rawf("See what it is full of: tail %s/supervisord.log", g.dir),
			rawf("Empty it: truncate -s 0 %s/supervisord.log", g.dir),
		})}
	})
}
