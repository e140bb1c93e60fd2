package doctor

import (
	"slices"

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
	s.Source = h.sources[s.Path]
	helper := g.Unit(model.RoleVirtiofsd)
	if !g.up || !helper.IsActive() || helper.IsChanging() || g.main.IsChanging() {
		return s
	}
	at := slices.IndexFunc(h.served[g.Name], func(p *model.Process) bool { return g.absolute(p.Serves.Source) == s.Path })
	if at < 0 {
		f, stale := h.movedSince(g, helper, share, s.Path)
		s.Stale, s.Why = stale, f.Evidence
		return s
	}
	p := h.served[g.Name][at]
	s.PID, s.Serves = p.PID, p.Serves
	if !h.canCompare(p.Serves, s.Path) {
		return s
	}
	f, stale := h.servesOther(g, p, s.Path)
	s.Stale, s.Why = stale, f.Evidence
	s.Fresh = !stale && s.Source != nil && s.Source.Fault == "" && s.Source.Exists && p.Serves.ID == s.Source.ID
	return s
}
