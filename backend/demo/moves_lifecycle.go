package demo

import (
	"time"

	"microtui/model"
)

// Start is `systemctl start microvm@NAME`. False: it did nothing, as its
// condition did not hold, or it was up. systemd says success either way.
func (h *Host) Start(name model.Raw) bool {
	if !h.systems.live.module || !unitName(name) {
		return false
	}
	in := h.instance(name)
	if in.running() || h.outside(h.dir(name)) != nil {
		return false
	}
	return h.up(in)
}

// Stop is `systemctl stop microvm@NAME`.
func (h *Host) Stop(name model.Raw) bool {
	in := h.peek(name)
	if !in.running() {
		return false
	}
	h.down(in)
	h.pass(2 * time.Second)
	return true
}

// CrashLoop lets a running VM crash from now on, some time after each start.
func (h *Host) CrashLoop(name model.Raw, life time.Duration, status int32) bool {
	in := h.peek(name)
	if in == nil || in.hypervisor == nil || in.loop != nil {
		return false
	}
	in.loop = &loop{since: h.now, life: life, status: status}
	return true
}

// HelperFails is a helper that fails while its VM is stopped: its share's
// source is missing, say.
func (h *Host) HelperFails(name model.Raw) bool {
	in := h.peek(name)
	if in.running() || !unitName(name) || !h.systems.live.module || h.dir(name) == nil {
		return false
	}
	h.fail(&h.instance(name).units[virtiofsd], 1)
	h.failedAlone(name, virtiofsd)
	return true
}

// RunOutside is `microvm -r NAME` in somebody's terminal: the hypervisor in
// the VM's directory, no units, no helpers. As root, its TAP is made by
// itself, and goes with it.
func (h *Host) RunOutside(name model.Raw, uid uint32) bool {
	d := h.dir(name)
	if d == nil || d.current.works() == nil || h.worksIn(d) {
		return false
	}
	b := d.current.to
	p := h.spawn(model.Process{
		UID: uid, Comm: comm(b.runner.Hypervisor), Argv0: "microvm@" + b.runner.HostName,
		Cgroup: "/user.slice/user-1000.slice/session-3.scope",
	}, d, "outside")
	for _, tap := range b.runner.Taps {
		h.holdOrMake(p, tap)
	}
	return true
}

// holdOrMake opens a TAP: one that is there and free, else a new one that is
// not persistent.
func (h *Host) holdOrMake(p *process, tap model.Raw) {
	l := h.linkNamed(tap)
	if l == nil {
		l = h.addLink(model.Link{Name: tap, Kind: "tun", Tap: true, VnetHdr: true, MAC: h.mac(), Up: true, OperState: "up"}, "outside")
	}
	if l.holder == nil && l.Tap {
		p.hold(l)
	}
}

// outside is the hypervisor that runs in a directory without a unit.
func (h *Host) outside(d *directory) *process {
	if d == nil {
		return nil
	}
	for _, p := range h.processes {
		if p.dir == d && p.maker == "outside" {
			return p
		}
	}
	return nil
}
