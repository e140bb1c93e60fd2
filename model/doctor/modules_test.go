package doctor_test

import "microtui/model"

func moduleTroubles() []trouble {
	const template = "template-explained"
	newest := func(change func(*model.System)) *host {
		h := one()
		s := h.system(model.SystemNewest)
		s.Path, s.Generation = "/nix/store/s43-nixos", 43
		change(s)
		return h
	}
	trace := []model.Raw{"its /etc/fstab has rootfs / tmpfs"}
	return []trouble{
		{template, "no VM", newHost(), []string{"info template-explained host nixhost"}},
		{template, "a healthy host", one(), nil},
		{template, "a skipped instance", one().do(func(h *host) {
			u := h.unit(model.RoleVM, "firewall")
			u.Active, u.Sub, u.Properties.Condition = "inactive", "dead", false
		}), []string{"info template-explained unit microvm@firewall.service"}},
		{template, "an instance that was never asked for", one().do(func(h *host) {
			u := h.unit(model.RoleVM, "firewall")
			u.Active, u.Sub, u.Properties = "inactive", "dead", &model.UnitProperties{}
		}), nil},
		{template, "a plain file on NixOS", one().do(func(h *host) { h.o.Template.Plain = true }), []string{"warning template-explained host nixhost"}},
		{template, "a plain file elsewhere", newHost().imperative("lab").do(func(h *host) {
			h.o.Template.Plain, h.o.Systems[0].Path = true, ""
		}), nil},
		{template, "module removed before the VMs", newHost().imperative("lab").do(func(h *host) {
			h.o.Template = nil
		}), []string{"warning template-explained host nixhost"}},

		{"host-and-guest-modules", "newest cannot switch, with traces", newest(func(s *model.System) { s.CanSwitch, s.Guest = false, trace }),
			[]string{"error host-and-guest-modules host nixhost"}},
		{"host-and-guest-modules", "newest cannot switch, root overridden", newest(func(s *model.System) { s.CanSwitch = false }),
			[]string{"error host-and-guest-modules host nixhost"}},
		{"host-and-guest-modules", "switching kept on", newest(func(s *model.System) { s.Guest = trace }),
			[]string{"warning host-and-guest-modules host nixhost"}},
		{"host-and-guest-modules", "live system too", one().do(func(h *host) {
			for i := range h.o.Systems {
				h.o.Systems[i].CanSwitch, h.o.Systems[i].Guest = false, trace
			}
		}), []string{"error host-and-guest-modules host nixhost"}},
		{"host-and-guest-modules", "an image that is replaced as a whole", one().do(func(h *host) {
			h.system(model.SystemLive).CanSwitch = false
			s := h.system(model.SystemNewest)
			s.Path, s.CanSwitch = "/nix/store/s43-nixos", false
		}), nil},
		{"host-and-guest-modules", "a guest that has VMs of its own", newest(func(s *model.System) { s.CanSwitch, s.Guest = false, trace }).do(func(h *host) {
			h.o.Host.BootedAsGuest = true
		}), nil},
	}
}
