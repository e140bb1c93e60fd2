package doctor

import (
	"strings"

	"microtui/model"
)

// rootRules are about where VMs lie and what keeps their runners in the store.
var rootRules = []Rule{
	{
		ID: "no-gcroot", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "Nothing protects a VM's runner from garbage collection",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems, model.SourceGCRoots, model.SourceStorage}, absent: true, find: noGCRoot,
	},
	{
		ID: "wrong-state-dir", Severity: model.SeverityWarning, Kinds: onHost,
		Title: "VMs are in a directory that the units do not use",
		Needs: []model.Source{model.SourceSystemd, model.SourceStateDir, model.SourceStorage}, find: wrongStateDir,
	},
}

// noGCRoot finds runners that nothing is known to keep: none of nix's roots
// leads to them, and no system declares them. What the closure of another root
// holds would take a query of the whole store; a runner that a process runs is
// kept by that only in part.
func noGCRoot(h *host) []model.Finding {
	if h.o.OtherRoots == nil {
		return nil
	}
	for at := range h.o.Systems {
		if s := &h.o.Systems[at]; s.Counts() && s.Fault != "" {
			return []model.Finding{h.unchecked(rawf("the declarations of %s could not be read: %s", title(s), s.Fault))}
		}
	}
	rooted := h.rooted()
	return h.eachVM(func(g *guest) []model.Finding {
		d := g.Directory
		if d == nil || !g.counts() {
			return nil
		}
		var loose []model.Raw
		for _, link := range []struct {
			name model.Raw
			*model.Symlink
		}{{"current", d.Current}, {"booted", d.Booted}} {
			if link.Symlink == nil || link.Dangling || link.name == "booted" && !g.up || !strings.HasPrefix(string(link.Target), "/nix/store/") {
				continue
			}
			if !rooted[link.Target] {
				loose = append(loose, rawf("%s points to %s", link.name, link.Target))
			}
		}
		if len(loose) == 0 {
			return nil
		}
		return []model.Finding{noted(g.of("nothing is known to protect its runner from garbage collection", append(loose,
			"no link in /nix/var/nix/gcroots or /nix/var/nix/profiles leads there, and no system generation names it",
			"whether it is in the closure of another root was not checked",
		), g.rootIt()), "its runner may have no gcroot")}
	})
}

// rootIt says how a VM's runner is kept. A link in gcroots/microvm would make
// a declared VM look like one of microvm -c.
func (g *guest) rootIt() []model.Raw {
	if g.Declared != nil {
		return []model.Raw{
			"Do not collect garbage until it runs what the host declares, which has a gcroot.",
			rawf("To get there: systemctl start %s, then microtui restart %s", model.UnitName(model.RoleInstall, g.Name), g.Name),
		}
	}
	return []model.Raw{
		rawf("Add a gcroot: ln -s %s/current /nix/var/nix/gcroots/microvm/%s", g.dir, g.Name),
		"microtui update adds a gcroot by itself.",
	}
}

// rooted are the paths in the store that something keeps. A root that names a
// link keeps what that link names: not the link, which others may name as well.
func (h *host) rooted() map[model.Raw]bool {
	rooted := make(map[model.Raw]bool, len(h.o.Runners)+len(h.o.GCRoots)+len(h.o.OtherRoots))
	for _, roots := range [][]model.GCRoot{h.o.GCRoots, h.o.OtherRoots} {
		for _, root := range roots {
			rooted[root.Target] = true
		}
	}
	for at := range h.guests {
		if d := h.guests[at].Directory; d != nil {
			for name, link := range map[model.Raw]*model.Symlink{"current": d.Current, "booted": d.Booted, "old": d.Old} {
				if link != nil && rooted[h.guests[at].dir+"/"+name] {
					rooted[link.Target] = true
				}
			}
		}
	}
	for at := range h.o.Systems {
		for _, d := range h.o.Systems[at].Declared {
			rooted[d.Runner] = true
		}
	}
	return rooted
}

func wrongStateDir(h *host) []model.Finding {
	dir, found := &h.o.StateDir, []model.Finding{}
	if t := h.Template; t != nil && t.StateDir != "" && !sameDir(t.StateDir, dir.Path) && !sameDir(t.StateDir, dir.Real) {
		found = append(found, model.Finding{
			Subject: h.ref(), Summary: rawf("the units use %s, but microtui is reading %s", t.StateDir, dir.Path),
			Evidence: []model.Raw{rawf("WorkingDirectory= of microvm@.service is %s/%%i", t.StateDir)},
			Advice:   []model.Raw{rawf("To read that one: microtui --state-dir %s", t.StateDir)},
		})
	}
	if len(dir.Elsewhere) > 0 {
		found = append(found, model.Finding{
			Subject: h.ref(), Summary: rawf("there are VMs in /var/lib/microvms, but the units use %s", dir.Path),
			Evidence: []model.Raw{rawf("/var/lib/microvms has %s, with a link `current`", model.Listed(dir.Elsewhere)),
				"microvm.deploy.installOnHost, and the microvm command before March 2026, use it whatever microvm.stateDir says"},
			Advice: []model.Raw{
				rawf("Move each VM to where the units look: mv /var/lib/microvms/NAME %s/", dir.Path),
				"Then fix its links in /nix/var/nix/gcroots/microvm, which point to the old path.",
			},
		})
	}
	return found
}

func sameDir(a, b model.Raw) bool {
	return strings.TrimRight(string(a), "/") == strings.TrimRight(string(b), "/")
}
