package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// TestAdviceCanBeFollowed: what is advised of one VM and not of another, since
// it would be refused or untrue there.
func TestAdviceCanBeFollowed(t *testing.T) {
	const unclean, missing = "unclean-stop", "share-source-missing"
	const enters, alone, makes, not = "microtui ssh", "as root in the guest", "Since 2026-06-24", "not create it"
	hasty := func(change func(*host)) *host {
		return newHost().imperative("lab").running("lab").do(func(h *host) { h.runner("lab").HastyShutdown = true }).do(change)
	}
	served := func(h *host, vm, source model.Raw) *host {
		h.runner(vm).Shares = []model.Share{{Tag: "data", Source: source, Socket: "data.sock"}}
		if !strings.HasPrefix(string(source), "/") {
			source = stateDir + "/" + vm + "/" + source
		}
		h.source(source).Exists = false
		return h
	}
	for _, test := range []struct {
		name, rule string
		host       *host
		says, not  string
	}{
		{"a guest that can be entered", unclean, hasty(func(h *host) { h.runner("lab").VsockCID = ptr(uint32(7)) }), enters, alone},
		{"a guest without a way in", unclean, hasty(func(*host) {}), alone, enters},
		{"a guest whose vsock CID is reserved", unclean, hasty(func(h *host) { h.runner("lab").VsockCID = ptr(uint32(1)) }), alone, enters},
		{"a guest that is off", unclean, hasty(func(h *host) { h.runner("lab").VsockCID = ptr(uint32(7)) }).stopped("lab"), alone, enters},

		{"a share of a declared VM", missing, served(newHost().declared("db"), "db", "/srv/data"), makes, not},
		{"a relative share of a declared VM", missing, served(newHost().declared("db"), "db", "data"), not, makes},
		{"a share of an imperative VM", missing, served(newHost().imperative("lab"), "lab", "/srv/data"), "only for declared VMs", makes},
	} {
		findings := test.host.inventory().Findings
		at := slices.IndexFunc(findings, func(f model.Finding) bool { return f.Rule == test.rule })
		if at < 0 {
			t.Errorf("%s: %s finds nothing", test.name, test.rule)
			continue
		}
		advised := func(text string) bool {
			return slices.ContainsFunc(findings[at].Advice, func(line model.Raw) bool { return strings.Contains(string(line), text) })
		}
		if !advised(test.says) || advised(test.not) {
			t.Errorf("%s: %q, want %q and not %q", test.name, findings[at].Advice, test.says, test.not)
		}
	}
}
