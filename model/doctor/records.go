package doctor

import (
	"time"

	"microtui/model"
)

// recordRules are about what microtui itself keeps: its records and its trash.
var recordRules = []Rule{
	{
		ID: "volatile-records", Severity: model.SeverityWarning, Kinds: onHost,
		Title: "microtui's records do not outlive a boot, the VMs do",
		Needs: []model.Source{model.SourceHost, model.SourceStateDir}, find: volatileRecords,
	},
	{
		ID: "older-in-trash", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A VM has a new directory, and its data lies in the trash",
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
		f := g.of(rawf("an older directory of it, with data, lies in the trash: this one was made anew"),
			append(evidence, rawf("%s is another directory", g.dir)), []model.Raw{
				rawf("The older one is wanted: microtui restore %s puts it into the place of this one, which goes into the trash.", newest.ID),
				rawf("This one is: microtui trash empty %s deletes what is left of the other.", newest.ID),
			})
		return []model.Finding{noted(f, "its data lies in the trash: made anew since")}
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
		rawf("Keep it over a boot as well: add %s to what is persisted, or mount a file system there.", home.Path),
		"What is in the trash, and the keep list, are not lost: their records are beside the VMs too. Those of operations are.",
	}
	if home.Volatile {
		return []model.Finding{{
			Subject: h.ref(), Advice: advice,
			Summary: rawf("%s is in memory (%s), and gone with the next boot", home.Path, home.Filesystem),
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
		Summary: rawf("%s may be made anew at each boot: its btrfs subvolume was made at this one", home.Path),
		Evidence: []model.Raw{
			rawf("that subvolume was made at %s, the host booted at %s", moment(home.Made), moment(h.Host.BootedAt)),
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
