package doctor_test

import "microtui/model"

func macvtapTroubles() []trouble {
	const mode, link, busy = "macvtap-mode-missing", "macvtap-link-missing", "macvtap-link-busy"
	edge := func(on, as model.Raw) *host { return newHost().imperative("edge").macvtap("edge", on, as) }
	passthru := func(mode string) func(*host) {
		return func(h *host) { h.link(model.Link{Name: "other", Kind: "macvtap", Mode: mode, Parent: 2, Up: true}) }
	}
	return []trouble{
		{mode, "an old runner", edge("eno1", "bridge").do(func(h *host) {
			r := h.runner("edge")
			r.Macvtaps, r.Bin = nil, []model.Raw{"microvm-run", "microvm-shutdown", "virtiofsd-run"}
		}), []string{"error macvtap-mode-missing vm edge"}},
		{mode, "no mode in the list", edge("eno1", ""), []string{"error macvtap-mode-missing vm edge"}},
		{mode, "with both", edge("eno1", "bridge"), nil},
		{mode, "made by networkd", edge("eno1", "bridge").do(func(h *host) {
			h.runner("edge").Macvtaps = nil
			h.o.Netdevs = []model.Netdev{{Name: "mv-edge", By: "/etc/systemd/network/20-edge.netdev"}}
		}), nil},

		{link, "not there", edge("eth0", "bridge"), []string{"error macvtap-link-missing vm edge"}},
		{link, "there", edge("eno1", "vepa"), nil},

		{busy, "a port of a bridge", edge("eno1", "bridge").do(func(h *host) { h.o.Links[1].Master = bridge }),
			[]string{"error macvtap-link-busy vm edge"}},
		{busy, "beside passthru", edge("eno1", "bridge").do(passthru("passthru")), []string{"error macvtap-link-busy vm edge"}},
		{busy, "passthru beside others", edge("eno1", "passthru").do(passthru("bridge")), []string{"error macvtap-link-busy vm edge"}},
		{busy, "beside others", edge("eno1", "bridge").do(passthru("private")), nil},
		{busy, "in a VRF", edge("eno1", "bridge").do(func(h *host) {
			vrf := h.link(model.Link{Name: "vrf0", Kind: "vrf"}).Index
			h.o.Links[1].Master = vrf
		}), nil},
		{busy, "its own, which is there", edge("eno1", "passthru").do(func(h *host) {
			h.link(model.Link{Name: "mv-edge", Kind: "macvtap", Mode: "passthru", Parent: 2, Up: true})
		}), nil},
	}
}
