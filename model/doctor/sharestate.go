package doctor

import (
	"iter"

	"microtui/model"
)

// ShareState is what is known of a share of a VM: what its source names now,
// and what the virtiofsd that serves it really serves.
type ShareState struct {
	Share  model.Share
	Path   model.Raw          // of the source, absolute
	Source *model.ShareSource // what it names now; nil: unknown
	PID    int                // of the virtiofsd that serves it; 0: unknown, or none
	Serves *model.Served      // nil: unknown, or nothing
	// Stale: the guest does not see what the source names now. Fresh: it does.
	// Neither: it could not be told, or the VM is off.
	Stale, Fresh bool
	// Why are the facts behind Stale.
	Why []model.Raw
}

// Shares tells how fresh the shares of a VM are, by the rule stale-share.
func Shares(i model.Inventory, vm model.Raw) []ShareState {
	h := look(&i)
	g := h.byName[vm]
	if g == nil {
		return nil
	}
	states := make([]ShareState, len(g.Shares))
	for at, share := range g.Shares {
		states[at] = h.shareState(g, share)
	}
	return states
}

func (h *host) shareState(g *guest, share model.Share) ShareState {
	s := ShareState{Share: share, Path: g.absolute(share.Source)}
	s.Source = h.o.ShareSource(s.Path)
	helper := g.Unit(model.RoleVirtiofsd)
	if !g.up || !helper.IsActive() || helper.IsChanging() || g.main.IsChanging() {
		return s
	}
	p := h.server(g, s.Path)
	if p == nil {
		f, stale := h.movedSince(g, helper, share, s.Path)
		s.Stale, s.Why = stale, f.Evidence
		return s
	}
	s.PID, s.Serves = p.PID, p.Serves
	if !h.canCompare(p.Serves, s.Path) {
		return s
	}
	f, stale := h.servesOther(g, p, s.Path)
	s.Stale, s.Why = stale, f.Evidence
	s.Fresh = !stale && s.Source != nil && s.Source.Fault == "" && s.Source.Exists && p.Serves.ID == s.Source.ID
	return s
}

// serving are the virtiofsds of a VM that serve something.
func (h *host) serving(g *guest) iter.Seq[*model.Process] {
	return func(yield func(*model.Process) bool) {
		for p := range h.o.ProcessesIn(g.Name, model.RoleVirtiofsd) {
			if p.Serves != nil && !yield(p) {
				return
			}
		}
	}
}

// server is the virtiofsd of a VM that serves what is at a path; nil: none.
func (h *host) server(g *guest, path model.Raw) *model.Process {
	for p := range h.serving(g) {
		if g.absolute(p.Serves.Source) == path {
			return p
		}
	}
	return nil
}
