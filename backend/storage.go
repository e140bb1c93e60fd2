package backend

import (
	"context"
	"strings"

	"microtui/backend/statedir"
	"microtui/backend/storage"
	"microtui/model"
)

// readStorage reads what lies behind the paths that runners name. It comes
// after the processes: what a daemon served a moment ago is compared with what
// its source names now, so that a source which moves meanwhile is no news about
// a daemon that was started after it.
func (h *Host) readStorage(ctx context.Context, o *model.Observation, faults *faults) {
	question := storageQuestion(o)
	reading, late := h.lanes.storage.read(ctx, func(ctx context.Context) storage.Reading {
		return h.storage.Read(ctx, question)
	})
	faults.late(late, model.SourceStorage)
	o.ShareSources, o.VolumeFiles, o.SecretStores = reading.Sources, reading.Volumes, reading.Secrets
	o.OtherRoots, o.StateDir.Elsewhere = reading.Roots, reading.Elsewhere
}

// storageQuestion gathers the paths that the runners of every VM name: of the
// one that it booted, and of the one that its next start runs.
func storageQuestion(o *model.Observation) storage.Question {
	question := storage.Question{
		StateDir:   []model.Raw{o.StateDir.Path, o.StateDir.Real},
		StateDirID: o.StateDir.ID,
		Remote:     statedir.IsRemote,
	}
	runners := make(map[model.Raw]*model.Runner, len(o.Runners))
	for at := range o.Runners {
		runner := &o.Runners[at]
		runners[runner.Path] = runner
		question.Runners = append(question.Runners, runner.Path)
	}
	base := model.Raw(strings.TrimRight(string(o.StateDir.Path), "/") + "/")
	for at := range o.StateDir.Directories {
		d := &o.StateDir.Directories[at]
		within := base + d.Name + "/"
		for _, link := range [...]*model.Symlink{d.Booted, d.Current} {
			if link == nil || runners[link.Target] == nil {
				continue
			}
			runner := runners[link.Target]
			for _, share := range runner.Shares {
				question.Sources = append(question.Sources, absolute(within, share.Source))
			}
			for _, image := range runner.Volumes {
				question.Volumes = append(question.Volumes, absolute(within, image))
			}
		}
	}
	return question
}

// absolute is a path that may be relative to a directory, whose path ends in a
// slash.
func absolute(directory, path model.Raw) model.Raw {
	if strings.HasPrefix(string(path), "/") {
		return path
	}
	return directory + path
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
