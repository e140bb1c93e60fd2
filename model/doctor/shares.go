package doctor

import (
	"slices"
	"strings"
	"time"

	"microtui/model"
)

var shareRules = []Rule{
	{
		ID: "stale-share", Severity: model.SeverityError, Kinds: onVM,
		Title: "A share shows a directory that its source path no longer points to",
		Needs: append([]model.Source{model.SourceSystemd, model.SourceProcesses}, needsRunners...),
		Root:  true, find: staleShare,
	},
	{
		ID: "secrets-share", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "A share's source is a link that changes, usually to secrets",
		Needs: needsStorage, find: secretsShare,
	},
	{
		ID: "share-source-missing", Severity: model.SeverityError, Kinds: onVM,
		Title: "The source of a share does not exist",
		Needs: needsStorage, Root: true, find: shareSourceMissing,
	},
}

// staleShare compares what each virtiofsd serves with what its source names.
// virtiofsd resolves the path once, when it starts.
func staleShare(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		helper := g.Unit(model.RoleVirtiofsd)
		if !g.up || !helper.IsActive() || helper.IsChanging() || g.main.IsChanging() {
			return nil
		}
		var found []model.Finding
		var known []model.Raw
		for p := range h.serving(g) {
			path := g.absolute(p.Serves.Source)
			if !h.canCompare(p.Serves, path) || slices.Contains(known, path) {
				continue
			}
			known = append(known, path)
			if f, stale := h.servesOther(g, p, path); stale {
				found = append(found, f)
			}
		}
		if len(g.runners) == 0 {
			return found
		}
		for _, share := range g.runners[0].Shares {
			path := g.absolute(share.Source)
			if f, stale := h.movedSince(g, helper, share, path); stale && !slices.Contains(known, path) {
				found = append(found, f)
			}
		}
		return found
	})
}

// servesOther is the exact test: by device and inode, and by the mark of the
// kernel on a directory that has no name any more.
func (h *host) servesOther(g *guest, p *model.Process, path model.Raw) (f model.Finding, stale bool) {
	now, served := h.o.ShareSource(path), p.Serves
	known := now != nil && now.Fault == ""
	if !served.Deleted && now.Exists && now.ID == served.ID {
		return f, false
	}
	evidence := []model.Raw{rawf("virtiofsd (process %d) serves %s", p.PID, describe(served))}
	if served.Deleted {
		evidence = append(evidence, rawf("the root of / in /proc/%d/mountinfo ends in //deleted: that directory was removed", p.PID))
	}
	if known && !now.Exists {
		evidence = append(evidence, rawf("%s no longer exists", path))
	} else if known {
		evidence = append(evidence, rawf("%s is now device %d inode %d%s", path, now.ID.Dev, now.ID.Ino, leadsTo(now)))
	}
	evidence = append(evidence, h.generationOf(served)...)
	f = h.stale(g, path, evidence)
	if !served.Deleted && h.isKept(served) {
		f.Severity = model.SeverityWarning // the guest sees old values, not none
	}
	return f, true
}

// canCompare reports whether enough is known for the exact test. Below /tmp the
// daemon has directories of its own (microvm-virtiofsd@ has PrivateTmp).
func (h *host) canCompare(s *model.Served, path model.Raw) bool {
	now := h.o.ShareSource(path)
	if isAt(path, "/tmp") || isAt(path, "/var/tmp") {
		return s.Deleted
	}
	return s.Deleted || s.ID != (model.FileID{}) && now != nil && now.Fault == ""
}

func describe(s *model.Served) model.Raw {
	if s.Path == "" {
		return rawf("device %d inode %d", s.ID.Dev, s.ID.Ino)
	}
	return rawf("device %d inode %d, %s in its file system", s.ID.Dev, s.ID.Ino, s.Path)
}

func leadsTo(s *model.ShareSource) model.Raw {
	if len(s.Links) == 0 {
		return ""
	}
	return ": " + s.Real
}

// movedSince is the fallback for where the daemon cannot be looked at: a link
// on the way to the source that was set after the daemon started.
func (h *host) movedSince(g *guest, helper *model.Unit, share model.Share, path model.Raw) (f model.Finding, stale bool) {
	now, started := h.o.ShareSource(path), helper.Known().ActiveEnter
	if now == nil || started.IsZero() {
		return f, false
	}
	for _, link := range now.Links {
		if link.Modified.After(started) {
			return h.stale(g, path, []model.Raw{
				rawf("%s was set to %s on %s", link.Path, link.Target, moment(link.Modified)),
				rawf("%s, which serves it as %s, has been running since %s and resolves the path only at its start", helper.Name, share.Tag, moment(started)),
			}), true
		}
	}
	return f, false
}

func (h *host) stale(g *guest, path model.Raw, evidence []model.Raw) model.Finding {
	advice := []model.Raw{rawf("Restart the VM to make it see the new content: microtui restart %s", g.Name)}
	words := rawf("its share of %s is stale", path)
	if store := h.storeOf(path); store != nil {
		advice = append(advice, adviceOn(store))
		words = "its secrets are from an older generation"
	}
	f := g.of(rawf("sees an old version of %s, from when it was started", path), evidence, advice)
	return noted(fixedBy(f, model.ActionRestart, g.Ref()), words)
}

// storeOf is the secrets' store that a path is in.
func (h *host) storeOf(path model.Raw) *model.SecretStore {
	for at := range h.o.SecretStores {
		store := &h.o.SecretStores[at]
		if isAt(path, store.Link) || isAt(path, store.Folder) {
			return store
		}
	}
	for _, link := range []model.Raw{"/run/secrets", "/run/agenix"} {
		if isAt(path, link) {
			return &model.SecretStore{Link: link, Folder: link + ".d"}
		}
	}
	return nil
}

// isAt reports whether a path is a folder, or below it.
func isAt(path, folder model.Raw) bool {
	rest, ok := strings.CutPrefix(string(path), string(folder))
	return ok && (rest == "" || rest[0] == '/')
}

func adviceOn(store *model.SecretStore) model.Raw {
	if strings.Contains(string(store.Link), "agenix") {
		return "agenix removes the previous generation at every switch: share a directory of secrets with symlink = false, which stay in place."
	}
	return "To keep old secrets across switches: sops.keepGenerations = 0; all generations then stay in memory until the next reboot."
}

// generationOf says which generation of secrets a daemon still serves.
func (h *host) generationOf(s *model.Served) []model.Raw {
	for at := range h.o.SecretStores {
		store := &h.o.SecretStores[at]
		if kept := keptAs(store, s); kept != nil {
			return []model.Raw{rawf("that is generation %d of %s, from %s; the newest is %d", kept.Number, store.Link, moment(kept.Made), store.Current)}
		}
	}
	return nil
}

func (h *host) isKept(s *model.Served) bool {
	return slices.ContainsFunc(h.o.SecretStores, func(store model.SecretStore) bool { return keptAs(&store, s) != nil })
}

// keptAs is the generation that a daemon serves, itself or a folder in it; nil:
// the store does not keep it.
func keptAs(store *model.SecretStore, s *model.Served) *model.SecretGeneration {
	number, _, _ := strings.Cut(strings.TrimPrefix(string(s.Path), "/"), "/")
	at := slices.IndexFunc(store.Kept, func(g model.SecretGeneration) bool {
		return s.ID != (model.FileID{}) && (g.ID == s.ID || g.ID.Dev == s.ID.Dev && number == string(rawf("%d", g.Number)))
	})
	if at < 0 {
		return nil
	}
	return &store.Kept[at]
}

// secretsShare names the shares that a switch can empty, with what the secrets'
// store keeps: its number of generations decides.
func secretsShare(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if !g.counts() {
			return nil
		}
		var found []model.Finding
		for _, share := range g.Shares {
			path := g.absolute(share.Source)
			store, moves := h.storeOf(path), h.movingLink(path)
			switch {
			case store != nil:
				found = append(found, g.of(rawf("its share %s holds secrets (%s) that the next switch replaces", share.Tag, path),
					h.keptIn(store, share, path), []model.Raw{
						"A running guest keeps seeing the generation it started with, as long as that is kept.",
						adviceOn(store),
					}))
			case moves != nil:
				found = append(found, g.of(rawf("its share %s goes through a link that changes, %s", share.Tag, moves.Path),
					[]model.Raw{rawf("%s points to %s, since %s", moves.Path, moves.Target, moment(moves.Modified))},
					[]model.Raw{"When the link changes, a running guest keeps seeing its old target until the VM is restarted."}))
			}
		}
		return found
	})
}

// movingLink is a link on the way to a source that was set since the host
// booted: somebody sets it again and again. One that is older is part of how
// the host's folders are laid out.
func (h *host) movingLink(path model.Raw) *model.SourceLink {
	now := h.o.ShareSource(path)
	if now == nil || h.Host.BootedAt.IsZero() {
		return nil
	}
	for at := range now.Links {
		if link := &now.Links[at]; link.Modified.After(h.Host.BootedAt.Add(settleTime)) {
			return link
		}
	}
	return nil
}

// settleTime is how long a host that boots sets up its links.
const settleTime = 5 * time.Minute

func (h *host) keptIn(store *model.SecretStore, share model.Share, path model.Raw) []model.Raw {
	evidence := []model.Raw{rawf("share/microvm/virtiofs/%s/source of its runner is %s", share.Tag, share.Source)}
	if now := h.o.ShareSource(path); now != nil && len(now.Links) > 0 {
		evidence = append(evidence, rawf("%s points to %s, since %s", now.Links[0].Path, now.Links[0].Target, moment(now.Links[0].Modified)))
	}
	if len(store.Kept) == 0 {
		return evidence
	}
	var bytes uint64
	for _, kept := range store.Kept {
		if kept.Bytes != nil {
			bytes += *kept.Bytes
		}
	}
	oldest := slices.MinFunc(store.Kept, func(a, b model.SecretGeneration) int { return a.Made.Compare(b.Made) })
	return append(evidence, rawf("%s keeps %s (%s of memory), the oldest from %s", store.Folder,
		model.Counted(len(store.Kept), "generation"), size(bytes), moment(oldest.Made)))
}

func shareSourceMissing(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.Current == nil || !g.counts() {
			return nil
		}
		var found []model.Finding
		for _, share := range g.Current.Shares {
			path := g.absolute(share.Source)
			now := h.o.ShareSource(path)
			if now == nil || now.Fault != "" || now.Exists && (now.Type == "dir" || now.Type == "") {
				continue
			}
			why := rawf("%s does not exist", path)
			if now.Exists {
				why = rawf("%s is a %s, not a directory", path, now.Type)
			}
			f := g.of(rawf("the source of its share %s is missing: %s", share.Tag, path), []model.Raw{why, h.virtiofsdSays(g)},
				[]model.Raw{
					rawf("Create it: install -d -m 0755 '%s' (but check first whether a mount is missing there).", path),
					madeBy(g, share),
				})
			found = append(found, noted(f, rawf("%s is missing", path)))
		}
		return found
	})
}

// madeBy says whether microvm.nix would make the folder of a share.
func madeBy(g *guest, share model.Share) model.Raw {
	switch {
	case g.Declared == nil:
		return "microvm.nix creates such directories only for declared VMs."
	case !strings.HasPrefix(string(share.Source), "/"):
		return "microvm.nix does not create it: systemd-tmpfiles rejects the rule, as the source is not an absolute path."
	}
	return "Since 2026-06-24 microvm.nix creates such directories for declared VMs itself."
}

func (h *host) virtiofsdSays(g *guest) model.Raw {
	switch helper := g.Unit(model.RoleVirtiofsd); {
	case helper.IsFailed(), helper.AwaitsRestart():
		return rawf("%s fails: %s", helper.Name, ending(helper))
	case g.up:
		return "the VM is running; its next start will fail"
	}
	return rawf("%s will fail, and the VM with it", model.UnitName(model.RoleVirtiofsd, g.Name))
}
