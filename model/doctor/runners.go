package doctor

import (
	"strings"

	"microtui/model"
)

var runnerRules = []Rule{
	{
		ID: "broken-runner", Severity: model.SeverityError, Kinds: onVM,
		Title: "The runner that `current` points to is missing or broken",
		Needs: needsRunners, find: brokenRunner,
	},
	{
		ID: "untrusted-runner", Severity: model.SeverityError, Kinds: onVM,
		Title: "`current` leads to something that not only root can change, but runs as root",
		Needs: needsRunners, find: untrustedRunner,
	},
	{
		ID: "old-runner", Severity: model.SeverityError, Kinds: onVM,
		Title: "A runner is too old for the host's units, which skip what it needs",
		Needs: append([]model.Source{model.SourceSystemd}, needsRunners...), find: oldRunner,
	},
	{
		ID: "frozen-flake", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "A VM's flake is a store path, so updates never find anything new",
		Needs: []model.Source{model.SourceStateDir}, find: frozenFlake,
	},
	{
		ID: "update-flake-drift", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "The flake in a VM's directory differs from updateFlake in the configuration",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems}, find: updateFlakeDrift,
	},
	{
		ID: "install-blocked", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A VM changed from config to updateFlake, but the flake is never installed",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems}, find: installBlocked,
	},
	{
		ID: "install-skipped", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A declared VM is not installed",
		Needs: []model.Source{model.SourceStateDir, model.SourceSystems, model.SourceSystemd}, absent: true, find: installSkipped,
	},
	{
		ID: "reboot-needed", Severity: model.SeverityInfo, Kinds: onVM,
		Title: "A VM is running an older runner than its current one",
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
		role, vm, _ := p.Unit()
		g := h.byName[vm]
		if p.Program == "" || !p.ProgramGone || role != model.RoleVM || g == nil {
			continue
		}
		found = append(found, noted(g.of("its hypervisor program is gone from the store", []model.Raw{
			rawf("process %d runs %s, which no longer exists", p.PID, p.Program),
			"a guest with a writable share of the store can delete what the host runs",
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
			return []model.Finding{g.of("cannot start: what `current` points to is gone", []model.Raw{
				rawf("%s/current points to %s, which does not exist", g.dir, target),
				"it was garbage-collected, or the store was moved",
			}, h.bringBack(g))}
		case r != nil && len(r.Broken) > 0:
			return []model.Finding{g.of("cannot start properly: its runner is broken", []model.Raw{
				rawf("in %s, %s %s gone from the store", target, model.Listed(r.Broken), isOrAre(len(r.Broken))),
				"systemd skips a helper whose script is missing, without an error",
			}, h.bringBackClosure(g))}
		case r != nil && len(r.Bin) > 0 && !r.Has("microvm-run"):
			return []model.Finding{noted(g.of("its runner has no bin/microvm-run, so systemd skips its start", []model.Raw{
				rawf("%s/bin has: %s", target, model.Listed(r.Bin)),
			}, h.bringBack(g)), "its runner has no microvm-run")}
		}
		return nil
	})
}

func (h *host) isMissing(runner model.Raw) bool {
	r := h.o.Runner(runner)
	return r != nil && r.Missing
}

// bringBackClosure: a path that is there is not built again, so nix has to look
// at what it consists of.
func (h *host) bringBackClosure(g *guest) []model.Raw {
	return append([]model.Raw{
		"Let Nix find and restore what is missing from the store: nix-store --verify --check-contents --repair",
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
		return []model.Raw{rawf("Reinstall it: systemctl start %s, after nixos-rebuild switch if that fails.", model.UnitName(model.RoleInstall, g.Name))}
	case model.OriginDeclaredFlake, model.OriginImperative:
		return []model.Raw{rawf("Rebuild it: microtui update %s", g.Name)}
	case model.OriginDeployed:
		return []model.Raw{"Redeploy it: nix run .#nixosConfigurations." + g.Name + ".config.microvm.deploy.rebuild HOST"}
	}
	return []model.Raw{"Rebuild it with whatever created it."}
}

func untrustedRunner(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		for _, r := range g.runners {
			if r.Trusted || r.Missing || !g.counts() {
				continue
			}
			return []model.Finding{noted(g.of(rawf("its runner can be changed by users other than root: %s", r.Path), []model.Raw{
				rawf("%s is not in the store, or someone other than root can write to it or to a directory above it", r.Path),
				"the host runs its tap-up, macvtap-up, pci-setup and virtiofsd-run as root",
			}, []model.Raw{
				rawf("See who set it: ls -ld %s/current %s", g.dir, r.Path),
				"Point current to a store path (nix build -o), and remove what was there.",
			}), "its runner is not root's alone")}
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
		return []model.Finding{noted(g.of(rawf("its runner is too old for this host: the VM starts without %s", model.Listed(without)), []model.Raw{
			rawf("the host's units run %s of the runner, which does not have it", model.Listed(lacks)),
			"systemd skips those units without an error, as their conditions are not met",
		}, []model.Raw{
			"Rebuild the VM with microvm.nix of December 2024 or later, and start it again.",
		}), "its runner is too old for this host")}
	})
}

func frozenFlake(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		d := g.Directory
		if d == nil || d.Flake == nil || g.Declared != nil || g.leftBehind() || !strings.HasPrefix(string(d.Flake.Ref), "/nix/store/") {
			return nil
		}
		return []model.Finding{g.of("its flake is a store path, which never changes, so an update finds nothing new", []model.Raw{
			rawf("%s/flake says %s", g.dir, d.Flake.Ref),
		}, []model.Raw{
			rawf("Write the real location of its source into that file: printf %%s 'git+file:///etc/nixos' > %s/flake", g.dir),
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
		return []model.Finding{g.of("updates use a different flake than the configuration says", []model.Raw{
			rawf("%s/flake says %s", g.dir, d.Flake.Ref),
			rawf("microvm.vms.%s.updateFlake is %s", g.Name, decl.Flake),
			rawf("%s runs only while the directory is missing", model.UnitName(model.RoleInstall, g.Name)),
		}, []model.Raw{
			rawf("Set it by hand: echo '%s' > %s/flake", decl.Flake, g.dir),
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
		return []model.Finding{noted(g.of("still uses what an earlier configuration installed: its updateFlake is never applied", []model.Raw{
			rawf("%s/toplevel exists: the VM was installed from microvm.vms.%s.config", g.dir, g.Name),
			rawf("microvm.vms.%s.updateFlake is %s", g.Name, decl.Flake),
			rawf("%s runs only while %s is missing", model.UnitName(model.RoleInstall, g.Name), g.dir),
		}, []model.Raw{
			"Switch it to the flake, keeping its volumes: " + flake,
			rawf("Remove the old marker: rm %s/toplevel", g.dir),
			rawf("Then: microtui update %s", g.Name),
		}), "updateFlake is never applied: installed from config before")}
	})
}

// installSkipped finds VMs that the live system declares and that have no
// runner. One that only the newest system declares comes with the next boot.
func installSkipped(h *host) []model.Finding {
	live := h.live()
	if live == nil || h.Host.Switching != "" {
		return nil
	}
	var found []model.Finding
	for _, d := range live.Declared {
		g := h.byName[d.Name]
		if g == nil || g.Declared == nil || g.up || g.Directory != nil && (g.Directory.Current != nil || g.Directory.Fault != "") {
			continue
		}
		if install := g.Unit(model.RoleInstall); !install.IsChanging() && !install.IsFailed() {
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
		return noted(g.of("never installed, because its directory already existed", []model.Raw{
			rawf("%s runs only while %s is missing, but that exists, without a link `current`", unit, g.dir),
		}, []model.Raw{
			rawf("Move the directory aside and install the VM: mv %s{,.aside} && systemctl start %s", g.dir, unit),
		}), "never installed: its directory already existed")
	}
	evidence := []model.Raw{rawf("the live system declares it, but %s/current does not exist", g.dir)}
	if g.bootedIsItself() {
		evidence = append(evidence, rawf("%s/booted points to itself: a start found no link `current` to copy, and systemd reported success", g.dir))
	}
	if p := install.Known(); !p.InactiveEnter.IsZero() {
		evidence = append(evidence, rawf("%s last ran on %s", unit, moment(p.InactiveEnter)))
	}
	return noted(g.of("declared, but not installed", evidence, []model.Raw{
		rawf("Install it: systemctl start %s", unit), rawf("Check the result: journalctl -u %s -b", unit),
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
			evidence = append(evidence, rawf("which leads to %s, and was last set on %s", d.Current.Real, moment(d.Current.Set)))
		}
		f := g.of("running an older runner than the current one", evidence, []model.Raw{
			rawf("Restart it when convenient: microtui restart %s", g.Name),
			"A guest that was switched over SSH (microvm.deploy.sshSwitch) is already running the new system.",
		})
		return []model.Finding{fixedBy(f, model.ActionRestart, g.Ref())}
	})
}

func drifted(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.Freshness != model.FreshnessDrifted || g.Declared == nil || g.Directory == nil || g.Directory.Current == nil {
			return nil
		}
		unit := model.UnitName(model.RoleInstall, g.Name)
		return []model.Finding{g.of("its runner is not the one declared in the host's configuration", []model.Raw{
			rawf("current points to %s", g.Directory.Current.Target),
			rawf("%s would set it to %s", unit, g.Declared.Runner),
		}, []model.Raw{
			rawf("To use what is declared: systemctl start %s, then microtui restart %s", unit, g.Name),
			"The next switch or boot undoes what was deployed over it: declare that, or remove the VM from microvm.vms.",
		})}
	})
}
