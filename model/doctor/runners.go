package doctor

import (
	"slices"
	"strings"

	"microtui/model"
)

var runnerRules = []Rule{
	{
		ID: "broken-runner", Severity: model.SeverityError, Kinds: onVM,
		Title: "What `current` points to is gone, or cannot run",
		Needs: needsRunners, find: brokenRunner,
	},
	{
		ID: "untrusted-runner", Severity: model.SeverityError, Kinds: onVM,
		Title: "`current` leads to something that is not root's, and runs as root",
		Needs: needsRunners, find: untrustedRunner,
	},
	{
		ID: "old-runner", Severity: model.SeverityError, Kinds: onVM,
		Title: "A runner is too old for the host's units, which skip what it needs",
		Needs: append([]model.Source{model.SourceSystemd}, needsRunners...), find: oldRunner,
	},
	{
		ID: "frozen-flake", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "A VM's flake is a fixed store path: it can never be updated from it",
		Needs: []model.Source{model.SourceStateDir}, find: frozenFlake,
	},
	{
		ID: "update-flake-drift", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "The flake in a VM's directory is not the updateFlake of the configuration",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems}, find: updateFlakeDrift,
	},
	{
		ID: "install-blocked", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "The flake of a VM that was declared with config before is never installed",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems}, find: installBlocked,
	},
	{
		ID: "install-skipped", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A declared VM is not installed",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems, model.SourceSystemd}, absent: true, find: installSkipped,
	},
	{
		ID: "reboot-needed", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "A VM runs an older runner than the one it would start with",
		Needs: needsRunners, find: rebootNeeded,
	},
	{
		ID: "drifted", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "`current` is not the runner that the host declares",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems}, find: drifted,
	},
}

func brokenRunner(h *host) []model.Finding {
	return append(h.brokenToStart(), h.programsGone()...)
}

// programsGone finds hypervisors that run from a file that is not there any
// more: the next start has none.
func (h *host) programsGone() []model.Finding {
	var found []model.Finding
	for at := range h.o.Processes {
		p := &h.o.Processes[at]
		role, vm := unitOfProcess(p)
		g := h.byName[vm]
		if p.Program == "" || !p.ProgramGone || role != model.RoleVM || g == nil {
			continue
		}
		found = append(found, noted(g.of("the program that it runs is gone from the store", []model.Raw{
			rawf("process %d runs %s, which is not there any more", p.PID, p.Program),
			"a guest that shares the store writable can delete what the host runs",
		}, h.bringBackClosure(g)), "its hypervisor is gone from the store"))
	}
	return found
}

func (h *host) brokenToStart() []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		d := g.Directory
		if !g.counts() || d == nil || d.Current == nil || d.Fault != "" {
			return nil
		}
		target := d.Current.Target
		switch r := g.Current; {
		case r == nil && (d.Current.Dangling || h.isMissing(target)):
			return []model.Finding{g.of("what `current` points to is gone: it cannot start", []model.Raw{
				rawf("%s/current points to %s, which is not there", g.dir, target),
				"it was collected as garbage, or the store was moved",
			}, h.bringBack(g))}
		case r != nil && len(r.Broken) > 0:
			return []model.Finding{g.of("its runner is broken: it cannot start as it should", []model.Raw{
				rawf("in %s, %s %s gone from the store", target, model.Listed(r.Broken), isOrAre(len(r.Broken))),
				"systemd skips a helper whose script is gone, without an error",
			}, h.bringBackClosure(g))}
		case r != nil && len(r.Bin) > 0 && !r.Has("microvm-run"):
			return []model.Finding{noted(g.of("its runner has no bin/microvm-run: systemd skips its start", []model.Raw{
				rawf("%s/bin has: %s", target, model.Listed(r.Bin)),
			}, h.bringBack(g)), "its runner has no microvm-run")}
		}
		return nil
	})
}

func (h *host) isMissing(runner model.Raw) bool {
	return slices.ContainsFunc(h.o.Runners, func(r model.Runner) bool { return r.Path == runner && r.Missing })
}

// bringBackClosure: a path that is there is not built again, so nix has to look
// at what it consists of.
func (h *host) bringBackClosure(g *guest) []model.Raw {
	return append([]model.Raw{
		"Let nix look what is gone from the store, and bring it back: nix-store --verify --check-contents --repair",
	}, h.bringBack(g)...)
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// bringBack says how a VM's runner is made anew.
func (h *host) bringBack(g *guest) []model.Raw {
	switch g.Origin {
	case model.OriginDeclared:
		return []model.Raw{rawf("Install it again: systemctl start %s, after nixos-rebuild switch if that fails.", model.UnitName(model.RoleInstall, g.Name))}
	case model.OriginDeclaredFlake, model.OriginImperative:
		return []model.Raw{rawf("Build it again: microtui update %s", g.Name)}
	case model.OriginDeployed:
		return []model.Raw{"Deploy it again: nix run .#nixosConfigurations." + g.Name + ".config.microvm.deploy.rebuild HOST"}
	}
	return []model.Raw{"Build it again with whatever made it."}
}

func untrustedRunner(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		for _, r := range g.runners {
			if r.Trusted || r.Missing || !g.counts() {
				continue
			}
			return []model.Finding{noted(g.of(rawf("its runner is not root's: %s", r.Path), []model.Raw{
				rawf("%s is not in the store, or somebody other than root can write it or what it is in", r.Path),
				"the host runs its tap-up, macvtap-up, pci-setup and virtiofsd-run as root",
			}, []model.Raw{
				rawf("Look who set it: ls -ld %s/current %s", g.dir, r.Path),
				"Let current point to a store path: build it with nix build -o, and remove what was there.",
			}), "its runner is not root's")}
		}
		return nil
	})
}

// scripts are what the units of a host since 2024-12-03 run, and what in an
// older runner says that it would need them.
var scripts = []struct {
	name  model.Raw
	needs func(*model.Runner) bool
	what  model.Raw
}{
	{"tap-up", func(r *model.Runner) bool { return len(r.Taps) > 0 }, "its TAPs"},
	{"macvtap-up", func(r *model.Runner) bool { return len(r.Macvtaps) > 0 }, "its macvtaps"},
	{"virtiofsd-run", func(r *model.Runner) bool { return len(r.Shares) > 0 }, "its shares"},
	{"pci-setup", func(r *model.Runner) bool { return len(r.PCI) > 0 }, "its PCI devices"},
}

func oldRunner(h *host) []model.Finding {
	if h.Template == nil || !h.Template.RunnerScripts {
		return nil
	}
	return h.eachVM(func(g *guest) []model.Finding {
		r := g.Current
		if r == nil || len(r.Bin) == 0 || !g.counts() {
			return nil
		}
		var lacks, without []model.Raw
		for _, script := range scripts {
			if script.needs(r) && !r.Has(script.name) {
				lacks, without = append(lacks, "bin/"+script.name), append(without, script.what)
			}
		}
		if len(lacks) == 0 {
			return nil
		}
		return []model.Finding{noted(g.of(rawf("its runner is too old for this host: it starts without %s", model.Listed(without)), []model.Raw{
			rawf("the host's units run %s of the runner, which has none", model.Listed(lacks)),
			"systemd skips those units without an error: their condition is not met",
		}, []model.Raw{
			"Build the VM with a microvm.nix of December 2024 or later, and start it again.",
		}), "its runner is too old for this host")}
	})
}

func frozenFlake(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		d := g.Directory
		if d == nil || d.Flake == nil || g.Declared != nil || g.leftBehind() || !strings.HasPrefix(string(d.Flake.Ref), "/nix/store/") {
			return nil
		}
		return []model.Finding{g.of("its flake is a store path, which never changes: an update finds nothing new", []model.Raw{
			rawf("%s/flake says %s", g.dir, d.Flake.Ref),
		}, []model.Raw{
			rawf("Write where its source really is into that file: printf %%s 'git+file:///etc/nixos' > %s/flake", g.dir),
		})}
	})
}

// updateFlakeDrift: the install unit of a VM with updateFlake runs only while
// its directory is missing, so a change of updateFlake never reaches it.
func updateFlakeDrift(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		d, decl := g.Directory, g.Declared
		if d == nil || d.Flake == nil || decl == nil || !decl.Once || decl.Flake == "" || decl.Flake == d.Flake.Ref {
			return nil
		}
		return []model.Finding{g.of("it is updated from another flake than the configuration says", []model.Raw{
			rawf("%s/flake says %s", g.dir, d.Flake.Ref),
			rawf("microvm.vms.%s.updateFlake is %s", g.Name, decl.Flake),
			rawf("%s runs only while the directory is missing", model.UnitName(model.RoleInstall, g.Name)),
		}, []model.Raw{
			rawf("Write it there by hand: echo '%s' > %s/flake", decl.Flake, g.dir),
			rawf("Then: microtui update %s", g.Name),
		})}
	})
}

// installBlocked: a VM that was declared with config has a directory with
// `toplevel`; declared with updateFlake since, it would be installed only while
// that directory is missing.
func installBlocked(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		d, decl := g.Directory, g.Declared
		if d == nil || d.Toplevel == nil || d.Fault != "" || decl == nil || !decl.Once || decl.Flake == "" {
			return nil
		}
		flake := rawf("echo '%s' > %s/flake", decl.Flake, g.dir)
		if d.Flake != nil && d.Flake.Ref == decl.Flake {
			flake = rawf("%s/flake says so already", g.dir)
		}
		return []model.Finding{noted(g.of("it still runs from what an earlier configuration installed: its flake never arrives", []model.Raw{
			rawf("%s/toplevel is there: it was installed from microvm.vms.%s.config", g.dir, g.Name),
			rawf("microvm.vms.%s.updateFlake is %s", g.Name, decl.Flake),
			rawf("%s runs only while %s is missing", model.UnitName(model.RoleInstall, g.Name), g.dir),
		}, []model.Raw{
			"Let it be updated from the flake; its volumes stay: " + flake,
			rawf("Take away what says that it is not: rm %s/toplevel", g.dir),
			rawf("Then: microtui update %s", g.Name),
		}), "its flake never arrives: installed from config before")}
	})
}

// installSkipped finds VMs that the live system declares and that have no
// runner. One that only the newest system declares comes with the next boot.
func installSkipped(h *host) []model.Finding {
	live := h.system(model.SystemLive)
	if live == nil || h.Host.Switching != "" {
		return nil
	}
	var found []model.Finding
	for _, d := range live.Declared {
		g := h.byName[d.Name]
		if g == nil || g.Declared == nil || g.up || g.Directory != nil && (g.Directory.Current != nil || g.Directory.Fault != "") {
			continue
		}
		if install := unitOf(g.VM, model.RoleInstall); isSettled(install) && !isFailed(install) {
			found = append(found, g.notInstalled(install))
		}
	}
	return found
}

// bootedIsItself reports whether set-booted ran where there was no `current`.
func (g *guest) bootedIsItself() bool {
	return g.Directory != nil && g.Directory.Booted != nil && g.Directory.Booted.Target == "booted"
}

func (g *guest) notInstalled(install *model.Unit) model.Finding {
	unit := model.UnitName(model.RoleInstall, g.Name)
	if g.Declared.Once && g.Directory != nil {
		return noted(g.of("it was never installed: its directory was there before", []model.Raw{
			rawf("%s runs only while %s is missing, and that is there, without a link `current`", unit, g.dir),
		}, []model.Raw{
			rawf("Move what is in the way aside, and let it be installed: mv %s{,.aside} && systemctl start %s", g.dir, unit),
		}), "never installed: its directory was in the way")
	}
	evidence := []model.Raw{rawf("the live system declares it, and %s/current is not there", g.dir)}
	if g.bootedIsItself() {
		evidence = append(evidence, rawf("%s/booted points to itself: a start found no link `current` to copy, and systemd called it a success", g.dir))
	}
	if p := properties(install); !p.InactiveEnter.IsZero() {
		evidence = append(evidence, rawf("%s ran last on %s", unit, moment(p.InactiveEnter)))
	}
	return noted(g.of("it is declared, but not installed", evidence, []model.Raw{
		rawf("Install it: systemctl start %s", unit), rawf("Read what came of it: journalctl -u %s -b", unit),
	}), "declared, but not installed")
}

func rebootNeeded(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		d := g.Directory
		if g.Freshness != model.FreshnessRebootNeeded || g.leftBehind() || d == nil || d.Booted == nil || d.Current == nil {
			return nil
		}
		evidence := []model.Raw{rawf("booted points to %s", d.Booted.Target), rawf("current points to %s", d.Current.Target)}
		if !d.Current.Set.IsZero() {
			evidence = append(evidence, rawf("that leads to %s, and was last set on %s", d.Current.Real, moment(d.Current.Set)))
		}
		f := g.of("it runs an older runner than the one it would start with", evidence, []model.Raw{
			rawf("Restart it when it suits: microtui restart %s", g.Name),
			"A guest that was switched over SSH (microvm.deploy.sshSwitch) runs the new system all the same.",
		})
		return []model.Finding{mendedBy(f, model.ActionRestart, g.Ref())}
	})
}

func drifted(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.Freshness != model.FreshnessDrifted || g.Declared == nil || g.Directory == nil || g.Directory.Current == nil {
			return nil
		}
		unit := model.UnitName(model.RoleInstall, g.Name)
		return []model.Finding{g.of("its runner is not the one that the host's configuration declares", []model.Raw{
			rawf("current points to %s", g.Directory.Current.Target),
			rawf("%s would set it to %s", unit, g.Declared.Runner),
		}, []model.Raw{
			rawf("To have what is declared: systemctl start %s, then microtui restart %s", unit, g.Name),
			"What was deployed over it is lost at the next switch or boot: declare it, or take the VM out of microvm.vms.",
		})}
	})
}
