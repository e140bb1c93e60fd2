package doctor

import "microtui/model"

// mountMissing finds VMs whose directory, volume or share lies where a mount
// should be and is not: they see what is beneath it, which is mostly empty. One
// that was never mounted may be meant so, and is a warning.
func mountMissing(h *host) []model.Finding {
	return h.eachVM(func(g *guest) []model.Finding {
		if !g.counts() {
			return nil
		}
		var found []model.Finding
		for _, fault := range h.MountFaults(g.VM) {
			evidence := []model.Raw{rawf("%s is %s", fault.Unit, fault.State())}
			if fault.Path != fault.Where {
				evidence = append(evidence, rawf("%s is on it", fault.Path))
			}
			if g.up {
				evidence = append(evidence, "the VM is running, and uses the directory underneath")
			}
			f := noted(g.of(rawf("%s is not mounted: the VM sees the directory underneath", fault.Where), evidence, mountAdvice(g, fault)),
				rawf("%s is not mounted", fault.Where))
			if !fault.Failed {
				f.Severity = model.SeverityWarning
			}
			found = append(found, f)
		}
		return found
	})
}

func mountAdvice(g *guest, fault model.MountFault) []model.Raw {
	var advice []model.Raw
	if fault.Failed {
		advice = append(advice, rawf("See why: journalctl -u %s -b", quoted(fault.Unit)))
	}
	mount := rawf("systemctl start %s", quoted(fault.Unit))
	if fault.Masked {
		mount = rawf("systemctl unmask %s, and ", quoted(fault.Unit)) + mount
	}
	if g.up {
		return append(advice, rawf("Stop the VM before it writes more to the directory underneath: microtui stop %s", g.Name), "Then mount it: "+mount)
	}
	return append(advice, "Mount it: "+mount)
}

// quoted is a unit's name for a shell: those of mounts hold backslashes.
func quoted(unit model.Raw) model.Raw { return "'" + unit + "'" }
