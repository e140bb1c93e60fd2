package demo

import "microtui/model"

// ToolTap is a TAP of another tool that runs as the user microvm and has it
// open.
func (h *Host) ToolTap(name model.Raw) bool {
	if h.linkNamed(name) != nil {
		return false
	}
	owner := uidMicrovm
	p := h.spawn(model.Process{UID: uidMicrovm, Comm: "passt", Argv0: "passt", Cgroup: "/system.slice/lab-net.service",
		Cwd: &model.ProcessDir{Path: "/", ID: model.FileID{Dev: 0xfd00, Ino: 2}}}, nil, "tool")
	p.hold(h.addLink(model.Link{Name: name, Kind: "tun", Tap: true, Owner: &owner, Persistent: true, VnetHdr: true, Up: true}, "tool"))
	return true
}

// ForeignRoot is a link under gcroots/microvm that somebody else made.
func (h *Host) ForeignRoot(name, target model.Raw) bool {
	h.root(name, target)
	return true
}

// ToolProcess is a process of somebody else that works in a directory of the
// state directory: a shell, a backup.
func (h *Host) ToolProcess(name model.Raw) bool {
	d := h.dir(name)
	if d == nil {
		return false
	}
	h.spawn(model.Process{UID: uidRoot, Comm: "restic", Argv0: "restic", Cgroup: "/system.slice/backup.service"}, d, "backup")
	return true
}

// FinishTools ends the processes of others that work in the state directory.
func (h *Host) FinishTools() bool {
	ended := false
	for i := len(h.processes) - 1; i >= 0; i-- {
		if h.processes[i].maker == "backup" {
			h.kill(h.processes[i])
			ended = true
		}
	}
	return ended
}
