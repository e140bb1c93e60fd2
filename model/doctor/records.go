package doctor

import (
	"time"

	"microtui/model"
)

// recordRules are about what microtui itself keeps: its records and its trash.
var recordRules = []Rule{
	{
		ID: "volatile-records", Severity: model.SeverityWarning, Kinds: onHost,
		Title: "microtui's records are lost at a reboot, but the VMs are not",
		Needs: []model.Source{model.SourceHost, model.SourceStateDir}, find: volatileRecords,
	},
	{
		ID: "older-in-trash", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A VM has a new directory, and its data is in the trash",
		Needs: []model.Source{model.SourceStateDir, model.SourceTrash}, Root: true, find: olderInTrash,
	},
}

func olderInTrash(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if len(g.Older) == 0 {
			return nil
		}
		newest := &g.Older[len(g.Older)-1]
		var evidence []model.Raw
		for at := range g.Older {
			evidence = append(evidence, rawf("%s was purged at %s, with data, and is in %s", g.Older[at].ID, moment(g.Older[at].PurgedAt), g.Older[at].Place))
		}
		f := g.of(rawf("its directory was recreated; an older one, with data, is in the trash"),
			append(evidence, rawf("%s is a different directory", g.dir)), []model.Raw{
				rawf("If you want the older one: microtui restore %s swaps it with this one, which goes to the trash.", newest.ID),
				rawf("If you want this one: microtui trash empty %s deletes the older one.", newest.ID),
			})
		return []model.Finding{noted(f, "recreated; its older data is in the trash")}
	})
}

// volatileRecords compares where the records are with where the VMs are: what
// goes together is no trouble.
func volatileRecords(h *host) []model.Finding {
	home := h.Host.Home
	if home == nil || !h.o.StateDir.Exists || home.Device == h.o.StateDir.ID.Dev {
		return nil
	}
	advice := []model.Raw{
		rawf("Make it persistent: add %s to what survives a reboot, or mount a file system there.", home.Path),
		"The trash and the keep list survive: they are also recorded next to the VMs. Records of operations are lost.",
	}
	if home.Volatile {
		return []model.Finding{{
			Subject: h.ref(), Advice: advice,
			Summary: rawf("%s is in memory (%s) and lost at the next reboot", home.Path, home.Filesystem),
			Evidence: []model.Raw{
				rawf("%s is on %s, %s on %s", home.Path, home.Filesystem, h.StateDir, h.o.StateDir.Filesystem),
			},
		}}
	}
	if !madeAtBoot(home.Made, h.Host.BootedAt) {
		return nil
	}
	return []model.Finding{{
		Severity: model.SeverityInfo, Subject: h.ref(), Advice: advice,
		Summary: rawf("%s may be recreated at each boot: its btrfs subvolume was created at this one", home.Path),
		Evidence: []model.Raw{
			rawf("that subvolume was created at %s, the host booted at %s", moment(home.Made), moment(h.Host.BootedAt)),
		},
	}}
}

// bootTakes is how long after the kernel's start an initrd may replace the root,
// and how far a clock may be off that is set meanwhile.
const bootTakes = 5 * time.Minute

func madeAtBoot(made, booted time.Time) bool {
	if made.IsZero() || booted.IsZero() {
		return false
	}
	after := made.Sub(booted)
	return after > -bootTakes && after < bootTakes
}
