package backend

import (
	"context"
	"os"
	"time"

	"microtui/backend/network"
	"microtui/model"
)

// namesPatience is how long systemd may take to say how VMs are: a shell waits
// for the answer with the user's key.
const namesPatience = 200 * time.Millisecond

// Where the units of the live system are, and the roots of its VMs.
const (
	liveUnits   = "/etc/systemd/system"
	gcrootLinks = "/nix/var/nix/gcroots/microvm"
)

// Names gives the names of what there is of a kind, without reading what it
// takes to judge it. What cannot be read is left out.
func (h *Host) Names(ctx context.Context, kind model.Kind) []model.Named {
	ctx, cancel := context.WithTimeout(ctx, namesPatience)
	defer cancel()
	switch kind {
	case model.KindVM:
		lines, _ := h.bus.Lines(ctx)
		return model.NamesOfVMs(append(namesIn(h.realStateDir()), declaredNames()...), lines)
	case model.KindStateDir:
		return plain(namesIn(h.realStateDir()))
	case model.KindGCRoot:
		return plain(namesIn(gcrootLinks))
	case model.KindUnit:
		lines, _ := h.bus.Lines(ctx)
		var found []model.Named
		for _, line := range lines {
			found = append(found, model.Named{Name: line.Name, Note: model.Raw(line.Active)})
		}
		return found
	case model.KindTap, model.KindMacvtap:
		return linkNames(kind)
	case model.KindTrash:
		return model.NamesOfTrash(readTrash(model.Raw(h.realStateDir())).entries)
	case model.KindSnapshot:
		return model.NamesOfSnapshots(readTrash(model.Raw(h.realStateDir())).snapshots)
	}
	return nil
}

func plain(names []model.Raw) []model.Named {
	var found []model.Named
	for _, name := range names {
		found = append(found, model.Named{Name: name})
	}
	return found
}

func namesIn(folder string) []model.Raw {
	entries, _ := os.ReadDir(folder)
	var names []model.Raw
	for _, entry := range entries {
		names = append(names, model.Raw(entry.Name()))
	}
	return names
}

// declaredNames are the VMs that the live system installs.
func declaredNames() []model.Raw {
	var names []model.Raw
	for _, file := range namesIn(liveUnits) {
		if role, vm, ok := model.ParseUnitName(file); ok && role == model.RoleInstall {
			names = append(names, vm)
		}
	}
	return names
}

func linkNames(kind model.Kind) []model.Named {
	reading, _ := network.Read()
	var found []model.Named
	for _, link := range reading.Links {
		if link.Tap && kind == model.KindTap || link.Kind == "macvtap" && kind == model.KindMacvtap {
			found = append(found, model.Named{Name: link.Name, Note: model.Raw(link.OperState)})
		}
	}
	return found
}
