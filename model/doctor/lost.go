package doctor

import (
	"slices"

	"microtui/model"
)

// lossRules are about what was deleted under a VM that runs.
var lossRules = []Rule{
	{
		ID: "deleted-while-open", Severity: model.SeverityError, Kinds: onVM,
		Title: "A disk or a share of a running VM was deleted, and only its processes hold it",
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
			advice = append(advice, rawf("Copy it out, to a disk with room for it: %s", loss.Command()))
		}
		advice = append(advice, rawf("Until then leave it running: stop, restart, kill and purge ask for its name (--confirm %s).", g.Name))
		return []model.Finding{noted(g.of(rawf("its stop loses %s: only its processes still hold it", g.lost()), evidence, advice),
			"its stop loses deleted files that it has open")}
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
		summary, advice := rawf("its directory was removed while it runs"), []model.Raw{
			rawf("Is it in the trash? microtui trash; microtui restore %s", g.Name),
		}
		switch {
		case g.Directory != nil:
			summary = "its directory was removed while it runs, and another one made: its next start runs from that"
		case len(g.DeclaredBy) > 0:
			advice = append(advice, "Else nixos-rebuild switch makes it anew, empty; the VM has to be stopped first.")
		default:
			advice = append(advice, "Else stop it while nothing else is lost, and make it anew.")
		}
		return []model.Finding{noted(g.of(summary, []model.Raw{
			rawf("its hypervisor works in %s, which was deleted", g.dir), "no deleted file of it is open for writing",
		}, advice), "its directory was removed while it runs")}
	})
}

// worksInDeleted reports whether a VM's hypervisor works in a directory that was
// deleted.
func (h *host) worksInDeleted(g *guest) bool {
	return slices.ContainsFunc(h.o.Processes, func(p model.Process) bool {
		role, vm := unitOfProcess(&p)
		return role == model.RoleVM && vm == g.Name && p.Cwd != nil && p.Cwd.Deleted
	})
}
