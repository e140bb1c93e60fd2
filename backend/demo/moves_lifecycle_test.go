package demo

import (
	"time"

	"microtui/model"
)

// Now is the simulated time.
func (h *Host) Now() time.Time { return h.now }

// StopButShares is a stop that leaves the share daemons behind, in the cgroup
// of their unit (microvm.nix's issue 42; virtiofsd was Type=forking until
// 2024-07).
func (h *Host) StopButShares(name model.Raw) bool {
	in := h.peek(name)
	if !in.running() || in.shares == nil {
		return false
	}
	in.shares.maker, in.shares.of = "lingering", name
	in.shares = nil
	return h.Stop(name)
}

// PowerOff is a guest that powers itself off, or a hypervisor that dies: after
// 5 s systemd starts it again, if its directory is still there.
func (h *Host) PowerOff(name model.Raw) bool {
	in := h.peek(name)
	if in == nil || in.hypervisor == nil {
		return false
	}
	h.pass(restartPause)
	h.again(in)
	return true
}

// ResetFailed is `systemctl reset-failed` for a VM's units.
func (h *Host) ResetFailed(name model.Raw) bool {
	in := h.peek(name)
	return in != nil && h.resetFailed(in)
}

// InstallFails is an install unit that failed (a full disk): its state stays
// when the VM is undeclared.
func (h *Host) InstallFails(name model.Raw) bool {
	if !h.systems.live.declares(name) {
		return false
	}
	h.fail(&h.instance(name).units[install], 1)
	h.failedAlone(name, install)
	return true
}

// RunFromFlake is `nix run` of a VM's flake, elsewhere: only the host name in
// its process's name tells what it is.
func (h *Host) RunFromFlake(name model.Raw) bool {
	b := h.realise(h.source(name))
	p := h.spawn(model.Process{
		UID: uidRoot, Comm: comm(b.runner.Hypervisor), Argv0: "microvm@" + b.runner.HostName,
		Cgroup: "/user.slice/user-0.slice/session-5.scope",
		Cwd:    &model.ProcessDir{Path: "/root/vms", ID: model.FileID{Dev: 0xfd00, Ino: 4711}},
	}, nil, "outside")
	for _, tap := range b.runner.Taps {
		h.holdOrMake(p, tap)
	}
	return true
}

// StopOutside ends what runs outside systemd in a VM's directory.
func (h *Host) StopOutside(name model.Raw) bool {
	p := h.outside(h.dir(name))
	h.kill(p)
	return p != nil
}
