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
