package tui

import (
	"slices"
	"testing"

	"microtui/model"
)

// attentiveHost notes of which VMs everything is wanted.
type attentiveHost struct {
	*quietHost
	attended []model.Raw
	focus    model.Focus
}

func (h *attentiveHost) Attend(vms ...model.Raw) { h.attended = vms }
func (h *attentiveHost) Focus(f model.Focus)     { h.focus = f }

// The host is asked for everything about the VM whose page is open, at once, and
// once; moving over the table asks for nothing.
func TestPageIsAttended(t *testing.T) {
	quiet := &quietHost{}
	host := &attentiveHost{quietHost: quiet}
	s := newStageOn(t, host, quiet, 100, 30, Options{Interval: 2})
	i := hostel()
	s.observe(i)
	if len(host.focus.VMs) != len(i.VMs) {
		t.Errorf("the table looks at %v", host.focus.VMs)
	}
	s.press("j", "k")
	if host.attended != nil || quiet.refreshed.Load() != 0 {
		t.Fatalf("the table attends to %v", host.attended)
	}
	s.press("enter")
	if want := []model.Raw{i.VMs[0].Name}; !slices.Equal(host.attended, want) || quiet.refreshed.Load() != 1 {
		t.Errorf("the page of %v attends to %v, with %d refreshes", want, host.attended, quiet.refreshed.Load())
	}
	if want := []model.Raw{i.VMs[0].Name}; !slices.Equal(host.focus.VMs, want) {
		t.Errorf("the page looks at %v", host.focus.VMs)
	}
	s.observe(i)
	if n := quiet.refreshed.Load(); n != 1 {
		t.Errorf("%d refreshes for one page", n)
	}
}
