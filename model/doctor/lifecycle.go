package doctor

import (
	"slices"
	"time"

	"microtui/model"
)

var lifecycleRules = []Rule{
	{
		ID: "crash-loop", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM exits soon after each start, and systemd restarts it over and over",
		Needs: needsUnits, find: crashLoop,
	},
	{
		ID: "autostart-down", Severity: model.SeverityWarning, Kinds: []model.Kind{model.KindVM, model.KindUnit},
		Title: "A VM that should start with the host is off",
		Needs: []model.Source{model.SourceSystemd, model.SourceSystems}, absent: true, find: autostartDown,
	},
	{
		ID: "start-timeout", Severity: model.SeverityError, Kinds: onVM,
		Title: "A VM does not report readiness in time, and is killed",
		Needs: needsUnits, find: startTimeout,
	},
	{
		ID: "unclean-stop", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A guest was powered off instead of shut down",
		Needs: needsUnits, find: uncleanStop,
	},
	{
		ID: "oom-killed", Severity: model.SeverityError, Kinds: onVM,
		Title: "The kernel killed a process of a VM because memory ran out",
		Needs: []model.Source{model.SourceSystemd, model.SourceUsage}, find: oomKilled,
	},
	{
		ID: "runs-outside", Severity: model.SeverityWarning, Kinds: onVM,
		Title: "A VM is running, but not under its unit",
		Needs: []model.Source{model.SourceProcesses}, Root: true, find: runsOutside,
	},
}

func readLog(g *guest) model.Raw { return rawf("See why: microtui logs %s -n 100", g.Name) }

func crashLoop(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if g.State != model.StateCrashLoop || h.timesOut(g.main) {
			return nil
		}
		return []model.Finding{g.of("crashes soon after each start", g.loopEvidence(), []model.Raw{
			readLog(g),
			rawf("Until it is fixed, stop the loop: microtui stop %s", g.Name),
		})}
	})
}

// loopEvidence says how it ended, the last time: what the journal tells of it,
// else what systemd still knows.
func (g *guest) loopEvidence() []model.Raw {
	p := g.main.Known()
	how, took := g.main.Ending(), p.ActiveExit.Sub(p.ActiveEnter)
	if life := g.LastLife; life != nil {
		how, took = life.Ending(), 0
		if !life.Began.IsZero() {
			took = life.Ended.Sub(life.Began)
		}
	} else if p.ActiveExit.IsZero() || p.ActiveEnter.IsZero() {
		took = 0
	}
	restarts := p.Restarts
	if g.Restarts != nil {
		restarts = *g.Restarts
	}
	evidence := []model.Raw{rawf("systemd restarted it %s", model.Counted(restarts, "time"))}
	if how != "" {
		evidence = append(evidence, "its hypervisor exited: "+how)
	}
	if took > 0 {
		evidence = append(evidence, rawf("its last run lasted %s", took.Round(100*time.Millisecond)))
	}
	if words := g.LastLife.LastWords(); words != "" {
		evidence = append(evidence, "last on its console: "+words)
	}
	return evidence
}

// autostartDown finds what was to start with the host and is off. One that
// failed, that crashes, or that has nothing to start is told about by other
// rules.
func autostartDown(h *host) []model.Finding {
	found := h.eachVM(func(g *guest) []model.Finding {
		live := h.live()
		if !g.Autostart || g.State != model.StateStopped || g.leftBehind() || g.Freshness == model.FreshnessMissing || g.main.IsChanging() || h.blocked(g) ||
			live == nil || !slices.Contains(live.Autostart, g.Name) || h.wasLeftDown(g) {
			return nil
		}
		p := g.main.Known()
		if !p.ActiveExit.IsZero() {
			f := g.of("off, but will start again at the next switch or boot", []model.Raw{
				rawf("microvms.target wants %s", model.UnitName(model.RoleVM, g.Name)),
				rawf("it was stopped on %s", moment(p.ActiveExit)),
			}, []model.Raw{rawf("To keep it off: microvm.vms.%s.autostart = false;", g.Name)})
			f.Severity = model.SeverityInfo
			return []model.Finding{f}
		}
		evidence := []model.Raw{rawf("microvms.target wants %s, which has not run since the host booted", model.UnitName(model.RoleVM, g.Name))}
		if !p.ConditionAt.IsZero() && !p.Condition {
			evidence = append(evidence, rawf("its start was skipped on %s: %s/current/bin/microvm-run was missing", moment(p.ConditionAt), g.dir))
		}
		f := g.of("should have started with the host, but did not", evidence, []model.Raw{
			rawf("Start it: microtui start %s", g.Name), readLog(g),
		})
		return []model.Finding{fixedBy(noted(f, "should have started with the host"), model.ActionStart, g.Ref())}
	})
	return append(found, h.autostartOfNone()...)
}

// blocked reports whether another rule says why systemd would not start a VM.
func (h *host) blocked(g *guest) bool {
	return slices.ContainsFunc(h.UnitFaults(g.Name), model.UnitFault.Blocks)
}

// autostartOfNone finds names in microvm.autostart of which there is no VM.
func (h *host) autostartOfNone() []model.Finding {
	live := h.live()
	if live == nil || h.failed(model.SourceStateDir) {
		return nil
	}
	var found []model.Finding
	for _, name := range live.Autostart {
		if h.byName[name] != nil {
			continue
		}
		found = append(found, h.autostarts(name))
	}
	return found
}

// autostarts is about a name in microvm.autostart of which there is no VM. With
// microvm-set-booted@ its start fails where there is no directory to work in;
// else systemd skips it, and calls that a success.
func (h *host) autostarts(name model.Raw) model.Finding {
	f := model.Finding{
		Severity: model.SeverityInfo,
		Subject:  model.Ref{Kind: model.KindUnit, Name: model.UnitName(model.RoleVM, name)},
		Summary:  "listed in microvm.autostart, but there is no VM of that name",
		Evidence: []model.Raw{"microvms.target wants it"},
		Advice:   []model.Raw{rawf("Remove %q from microvm.autostart, or create the VM: microvm -c %s", string(name), name)},
	}
	d := h.o.Directory(name)
	setBooted := h.Template != nil && h.Template.SetBooted
	switch {
	case setBooted && d == nil:
		f.Severity = model.SeverityWarning
		f.Evidence = append(f.Evidence, rawf("%s/%s does not exist: %s, whose working directory it is, fails at each boot and switch (status 200/CHDIR)",
			h.StateDir, name, model.UnitName(model.RoleSetBooted, name)))
	case d != nil && d.Booted != nil && d.Booted.Target == "booted":
		f.Evidence = append(f.Evidence,
			rawf("%s/%s/current does not exist: systemd skips it at each boot and switch, and reports success", h.StateDir, name),
			rawf("%s/%s/booted points to itself, as there is no link `current` to copy", h.StateDir, name))
	default:
		f.Evidence = append(f.Evidence, rawf("%s/%s/current does not exist: systemd skips it at each boot and switch", h.StateDir, name))
	}
	return f
}

// timesOut reports whether a unit is killed because it does not report in time
// that it is up: it was, the last time, or it has used half of its time at a
// further attempt.
func (h *host) timesOut(u *model.Unit) bool {
	p := u.Known()
	switch {
	case u == nil:
		return false
	case u.AwaitsRestart():
		return p.Result == "timeout"
	case u.IsFailed(), u.Active == "inactive":
		return p.Result == "timeout" && !lastLifeWasActive(p)
	}
	return u.Active == "activating" && p.Type == "notify" && p.Restarts > 0 && p.TimeoutStart > 0 &&
		!p.InactiveExit.IsZero() && h.At.Sub(p.InactiveExit) > p.TimeoutStart/2
}

func startTimeout(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		var found []model.Finding
		for _, role := range []model.Role{model.RoleVM, model.RoleVirtiofsd} {
			u := g.Unit(role)
			if !h.timesOut(u) {
				continue
			}
			p := u.Known()
			evidence := []model.Raw{rawf("%s has Type=%s and must report readiness within %s", u.Name, p.Type, p.TimeoutStart)}
			if p.Restarts > 0 {
				evidence = append(evidence, rawf("systemd restarted it %s", model.Counted(p.Restarts, "time")))
			}
			if p.StatusText != "" {
				evidence = append(evidence, "last status: "+p.StatusText)
			}
			f := g.of("does not become ready in time, and systemd kills it", evidence, []model.Raw{
				readLog(g),
				"If the guest is just slow: microvm.host.startupTimeout = 300; in the host's configuration.",
				"If the guest never reports (no vsock, no systemd): microvm.host.useNotifySockets = false;",
			})
			found = append(found, noted(f, "not ready in time"))
		}
		return found
	})
}

// uncleanStop finds guests that were cut off at their last stop, and those that
// will be. A runner without microvm-shutdown cannot do better: its unit ends
// failed after every stop, and the model says that it is stopped.
func uncleanStop(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		p := g.main.Known()
		switch {
		case g.leftBehind() && !g.up:
			return nil
		case g.State == model.StateFailed && g.main.IsFailed() && p.Result == "timeout" && lastLifeWasActive(p):
			return []model.Finding{g.of(rawf("its guest did not shut down within %s and was powered off", p.TimeoutStop), []model.Raw{
				rawf("%s timed out while stopping", g.main.Name),
			}, []model.Raw{
				"Check its data: file systems and databases were not closed cleanly.",
				"Look in its log for what did not stop. If the guest needs longer: microvm.host.startupTimeout also limits a stop.",
			})}
		case g.State == model.StateFailed && g.main.IsFailed() && !h.timesOut(g.main):
			return []model.Finding{g.of(rawf("off, but did not stop cleanly: %s", ending(g.main)), []model.Raw{
				rawf("%s is failed (%s); had the hypervisor exited by itself, it would have been restarted", g.main.Name, p.Result),
			}, []model.Raw{readLog(g), rawf("Start it again: microtui start %s", g.Name)})}
		}
		return h.hastyShutdown(g)
	})
}

// hastyShutdown is about runners whose microvm-shutdown does not wait. That the
// guest of one that is off was switched off is told where nothing says
// otherwise: not its hypervisor, and not that somebody killed it.
func (h *host) hastyShutdown(g *guest) []model.Finding {
	r := g.BootedFrom
	if r == nil || !g.up {
		r = g.Current
	}
	if r.StopWay() != model.StopHasty {
		return nil
	}
	p := g.main.Known()
	f := g.of("a stop kills the guest right after asking it to shut down", []model.Raw{
		hastyScript(r),
	}, []model.Raw{
		h.powerOffWithin(g),
		"Permanent fix: update the microvm.nix that the VM is built with, rebuild it and restart it once more.",
	})
	f.Severity = model.SeverityInfo
	if took := p.InactiveEnter.Sub(p.ActiveExit); !g.up && g.WasCutOff() {
		f.Severity = model.SeverityWarning
		f.Summary = rawf("its guest was powered off, not shut down: its last stop took %s", took.Round(100*time.Millisecond))
	}
	return []model.Finding{f}
}

// hastyScript says in what a microvm-shutdown does not wait.
func hastyScript(r *model.Runner) model.Raw {
	if r.Hypervisor == "qemu" || r.Hypervisor == "" {
		return "its runner's microvm-shutdown does not wait for the guest under systemd (before microvm.nix #578)"
	}
	return rawf("its runner's microvm-shutdown, for %s, does not wait for the guest under systemd", r.Hypervisor)
}

// powerOffWithin says how to shut a guest down from within. There is not always
// a way in that microtui knows.
func (h *host) powerOffWithin(g *guest) model.Raw {
	if _, why := model.EntryOf(*h.Inventory, g.VM, model.Address{}); why == "" {
		return rawf("Shut the guest down from inside before you stop the VM: microtui ssh %s, then poweroff.", g.Name)
	}
	return "Shut the guest down from inside before you stop the VM: poweroff, as root in the guest."
}

func oomKilled(h *host) []model.Finding {
	killed := make(map[model.Raw][]model.Raw)
	for at := range h.o.Usage {
		u := &h.o.Usage[at]
		if u.OOMKills == nil || *u.OOMKills == 0 {
			continue
		}
		if _, vm, ok := model.ParseUnitName(u.Unit); ok {
			killed[vm] = append(killed[vm], rawf("memory.events of the cgroup of %[2]s has oom_kill %[1]d", *u.OOMKills, u.Unit))
		}
	}
	return h.eachVM(func(g *guest) []model.Finding {
		evidence := killed[g.Name]
		for at := range g.Units {
			if u := &g.Units[at].Unit; u.Known().Result == "oom-kill" {
				evidence = append(evidence, rawf("%s ended with result oom-kill", u.Name))
			}
		}
		if len(evidence) == 0 {
			return nil
		}
		f := g.of("the kernel killed one of its processes because memory ran out", evidence, []model.Raw{
			"See what was killed and why: journalctl -k --grep 'oom-kill|Out of memory'",
			"Give the host more memory, or the VMs less: the hypervisor and virtiofsd need memory on top of microvm.mem.",
		})
		if len(evidence) == len(killed[g.Name]) {
			f.Severity = model.SeverityWarning // what was killed is up again, or was not the unit's own
		}
		return []model.Finding{noted(f, "killed: out of memory")}
	})
}

func runsOutside(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if len(g.Outside) == 0 {
			return nil
		}
		p := g.Outside[0]
		return []model.Finding{g.of("running, but not under its unit: started by hand, with microvm -r or nix run", []model.Raw{
			rawf("process %d (%s) of user ID %d runs it, in the cgroup %s", p.PID, p.ProgramName(), p.UID, p.Cgroup),
			rawf("%s has no such process", model.UnitName(model.RoleVM, g.Name)),
		}, []model.Raw{
			"systemd does not know about it: it will not be restarted, and starting the unit would run a second guest on the same volumes.",
			"Shut the guest down from inside, then: microtui start " + g.Name,
		})}
	})
}
