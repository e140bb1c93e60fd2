package demo

import (
	"slices"

	"microtui/model"
)

// process is a process that an observer of microVMs may come across.
type process struct {
	model.Process
	dir    *directory // works in it; nil: elsewhere, see Cwd
	holds  []*link
	serve  *model.Served // what a virtiofsd began to serve
	of     model.Raw     // the VM that left it behind
	maker  string        // "hypervisor", "virtiofsd", "outside", or a foreign tool
	frozen bool          // with its cgroup
}

// spawn starts a process.
func (h *Host) spawn(p model.Process, dir *directory, maker string) *process {
	h.nextPID += 1 + h.rng.IntN(5)
	p.PID = h.nextPID
	p.Started = h.ticks()
	made := &process{Process: p, dir: dir, maker: maker}
	h.processes = append(h.processes, made)
	return made
}

// hold opens an interface.
func (p *process) hold(l *link) {
	if l != nil {
		l.holder = p
		p.holds = append(p.holds, l)
	}
}

// kill ends a process. An interface that is not persistent goes with it.
func (h *Host) kill(p *process) {
	if p == nil {
		return
	}
	held := p.holds
	p.holds = nil
	for _, l := range held {
		l.holder = nil
		if l.Tap && !l.Persistent {
			h.deleteWhere(func(known *link) bool { return known == l })
		}
	}
	h.processes = slices.DeleteFunc(h.processes, func(known *process) bool { return known == p })
}

// worksIn reports whether a process works in a directory.
func (h *Host) worksIn(d *directory) bool { return h.worker(d, false) != nil }

// worker is a process that works in a directory; nil: none does. Those of the
// VM's own units are left out where they are stopped before it matters.
func (h *Host) worker(d *directory, stops bool) *process {
	in := h.peek(d.name)
	for _, p := range h.processes {
		own := in != nil && (p == in.hypervisor || p == in.shares)
		if p.dir == d && !(own && stops) {
			return p
		}
	}
	return nil
}

func (h *Host) observedProcesses() []model.Process {
	out := make([]model.Process, 0, len(h.processes))
	for _, p := range h.processes {
		m := p.Process
		if p.dir != nil {
			m.Cwd = &model.ProcessDir{Path: p.dir.path(), Deleted: p.dir.removed, ID: h.id(p.dir)}
		}
		m.Serves = h.served(p)
		for _, l := range p.holds {
			m.Holds = append(m.Holds, l.Name)
		}
		if p.dir != nil && p.dir.removed && p.maker == "hypervisor" {
			for _, f := range p.dir.files {
				if f.Type == "file" && f.Name != "supervisord.log" {
					m.Deleted = append(m.Deleted, p.dir.path()+"/"+f.Name)
					m.Unlinked = append(m.Unlinked, model.OpenFile{
						FD: 12 + len(m.Unlinked), Path: p.dir.path() + "/" + f.Name, Type: "file", Allocated: f.Allocated, Writes: true,
					})
				}
			}
		}
		out = append(out, m)
	}
	return out
}
