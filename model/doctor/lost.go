package doctor

import (
	"microtui/model"
)

// lossRules are about what was deleted under a VM that runs.
var lossRules = []Rule{
	{
		ID: "deleted-while-open", Severity: model.SeverityError, Kinds: onVM,
		Title: "A disk or share of a running VM was deleted, and only its processes still hold it",
		Needs: []model.Source{model.SourceStateDir, model.SourceProcesses, model.SourceHolders}, Root: true, find: deletedWhileOpen,
	},
	{
		ID: "directory-removed", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "The directory of a running VM was removed",
		Needs: needsVerdicts, find: directoryRemoved,
	},
}

func deletedWhileOpen(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if len(g.Losses) == 0 {
			return nil
		}
		var evidence, advice []model.Raw
		for _, loss := range g.Losses {
			evidence = append(evidence, loss.Words())
			advice = append(advice, rawf("Copy it to a disk with enough space: %s", loss.Command()))
		}
		advice = append(advice, rawf("Until then, leave it running: stop, restart, kill and purge ask for its name (--confirm %s).", g.Name))
		return []model.Finding{noted(g.of(rawf("stopping it loses %s: only its processes still hold it", g.lost()), evidence, advice),
			"stopping it loses deleted files it has open")}
	})
}

// lost names what is lost in a few words.
func (g *guest) lost() model.Raw {
	if len(g.Losses) == 1 {
		return g.Losses[0].Path
	}
	return rawf("%s and %d more", g.Losses[0].Path, len(g.Losses)-1)
}

// directoryRemoved finds what runs in a directory that was deleted: it is gone,
// or another one was made in its place. Of a VM that nothing wants, and of one
// that loses files, other rules tell.
func directoryRemoved(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if !g.up || g.leftBehind() || len(g.Losses) > 0 || !h.worksInDeleted(g) {
			return nil
		}
		summary, advice := rawf("its directory was removed while it is running"), []model.Raw{
			rawf("If it is in the trash (microtui trash): microtui restore %s", g.Name),
		}
		switch {
		case g.Directory != nil:
			summary = "its directory was removed and recreated while it is running: its next start uses the new one"
		case len(g.DeclaredBy) > 0:
			advice = append(advice, "Otherwise nixos-rebuild switch recreates it, empty; stop the VM first.")
		default:
			advice = append(advice, "Otherwise stop the VM, which loses nothing else, and create it again.")
		}
		return []model.Finding{noted(g.of(summary, []model.Raw{
			rawf("its hypervisor's working directory is %s, which was deleted", g.dir), "it has no deleted file open for writing",
		}, advice), "its directory was removed while it is running")}
	})
}

// worksInDeleted reports whether a VM's hypervisor works in a directory that was
// deleted.
func (h *host) worksInDeleted(g *guest) bool {
	for p := range h.o.ProcessesIn(g.Name, model.RoleVM) {
		if p.Cwd != nil && p.Cwd.Deleted {
			return true
		}
	}
	return false
}
