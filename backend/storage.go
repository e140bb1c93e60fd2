package backend

import (
	"context"
	"strings"

	"microtui/backend/filesystem"
	"microtui/backend/storage"
	"microtui/model"
)

// readStorage reads what lies behind the paths that runners name. It comes
// after the processes: what a daemon served a moment ago is compared with what
// its source names now, so that a source which moves meanwhile is no news about
// a daemon that was started after it.
func (h *Host) readStorage(ctx context.Context, o *model.Observation, faults *faults) {
	question := storageQuestion(o)
	reading, late := h.flights.storage.read(ctx, func(ctx context.Context) storage.Reading {
		return h.storage.Read(ctx, question)
	})
	faults.late(late, model.SourceStorage)
	o.ShareSources, o.VolumeFiles, o.SecretStores = reading.Sources, reading.Volumes, reading.Secrets
	o.Places, o.StateDir.Above = reading.Places, reading.Above
	o.OtherRoots, o.StateDir.Elsewhere = reading.Roots, reading.Elsewhere
}

// storageQuestion asks about every path that a VM names.
func storageQuestion(o *model.Observation) storage.Question {
	named := model.PathsOf(o)
	question := storage.Question{
		Sources: named.Sources, Volumes: named.Volumes, Places: named.Places,
		StateDir:   []model.Raw{o.StateDir.Path, o.StateDir.Real},
		StateDirID: o.StateDir.ID,
		Remote:     filesystem.IsRemote,
	}
	for at := range o.Runners {
		question.Runners = append(question.Runners, o.Runners[at].Path)
	}
	return question
}

// neighboursOf are the neighbours that are VMs, by the addresses of their
// interfaces. Who else the host knows is nobody's business here.
func neighboursOf(all []model.Neighbour, runners []model.Runner) []model.Neighbour {
	if len(all) == 0 {
		return nil
	}
	ours := make(map[string]bool, 2*len(runners))
	for at := range runners {
		for _, mac := range runners[at].MACs {
			ours[strings.ToLower(string(mac))] = true
		}
		for _, macvtap := range runners[at].Macvtaps {
			ours[strings.ToLower(string(macvtap.MAC))] = true
		}
	}
	var found []model.Neighbour
	for _, n := range all {
		if ours[string(n.MAC)] {
			found = append(found, n)
		}
	}
	return found
}
