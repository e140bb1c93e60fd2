package doctor_test

import (
	"time"

	"microtui/model"
)

func shareTroubles() []trouble {
	const stale, secrets, missing = "stale-share", "secrets-share", "share-source-missing"
	web := func() *host { return newHost().declared("web").running("web").secrets("web") }
	unseen := func(h *host) {
		for i := range h.o.Processes {
			h.o.Processes[i].Serves = nil
		}
	}
	of := func(lines ...string) []string { return append(lines, "info secrets-share vm web") }
	return []trouble{
		{stale, "an older generation that is kept", web().do(func(h *host) { h.generation(8, switched) }),
			of("warning stale-share vm web")},
		{stale, "an older generation that was removed", web().do(func(h *host) {
			store := h.generation(8, switched)
			store.Kept = store.Kept[1:]
			h.o.Processes[len(h.o.Processes)-1].Serves.Deleted = true
		}), of("error stale-share vm web")},
		{stale, "a folder that was replaced", one().do(func(h *host) { h.source("/nix/store").ID = model.FileID{Dev: 2, Ino: 7} }),
			[]string{"error stale-share vm db"}},
		{stale, "by the time of the link alone", web().do(func(h *host) { h.generation(8, switched) }).do(unseen),
			of("error stale-share vm web")},
		{stale, "by the time of the link, where the daemon's root is not known", web().do(func(h *host) {
			h.generation(8, switched)
			h.o.Processes[len(h.o.Processes)-1].Serves.ID = model.FileID{}
		}), of("error stale-share vm web")},
		{stale, "two daemons of one share", one().do(func(h *host) {
			h.serve("db", "/nix/store")
			h.source("/nix/store").ID = model.FileID{Dev: 2, Ino: 7}
		}), []string{"error stale-share vm db"}},
		{stale, "fresh", web(), of()},
		{stale, "without a look at the daemon, fresh", web().do(unseen), of()},
		{stale, "while it restarts", one().do(func(h *host) {
			h.source("/nix/store").ID = model.FileID{Dev: 2, Ino: 7}
			h.unit(model.RoleVirtiofsd, "db").Job = &model.Job{ID: 1, Type: "restart"}
		}), nil},

		{secrets, "sops-nix", web(), of()},
		{secrets, "another link that moves", one().do(func(h *host) {
			h.source("/nix/store").Links = []model.SourceLink{{Path: "/srv/site", Target: "/srv/site-7", Modified: started.Add(-time.Hour)}}
		}), []string{"info secrets-share vm db"}},
		{secrets, "a link as old as the host's boot", one().do(func(h *host) {
			h.source("/nix/store").Links = []model.SourceLink{{Path: "/var/run", Target: "/run", Modified: booted.Add(time.Second)}}
		}), nil},

		{missing, "gone", newHost().imperative("lab").do(func(h *host) { h.source("/nix/store").Exists = false }),
			[]string{"error share-source-missing vm lab"}},
		{missing, "a file", newHost().imperative("lab").do(func(h *host) { h.source("/nix/store").Type = "file" }),
			[]string{"error share-source-missing vm lab"}},
		{missing, "not looked at", newHost().imperative("lab").do(func(h *host) {
			s := h.source("/nix/store")
			s.Exists, s.Fault = false, "on a network file system (nfs4)"
		}), nil},
	}
}
