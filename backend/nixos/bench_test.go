package nixos_test

import (
	"fmt"
	"testing"

	"microtui/backend/nixos"
)

// BenchmarkRead reads a host with 50 generations that declare 100 VMs each:
// anew, and again when nothing changed.
func BenchmarkRead(b *testing.B) {
	h := newHost(b)
	var vms []declared
	for i := range 100 {
		vms = append(vms, config(fmt.Sprintf("vm-%d", i)))
	}
	for n := range 50 {
		h.generation(n+1, h.system(fmt.Sprintf("g%d", n), vms...))
	}
	h.activate(h.path("nix/store/g49-nixos-system"))
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			nixos.New(h.paths).Read()
		}
	})
	reader := nixos.New(h.paths)
	reader.Read()
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			reader.Read()
		}
	})
}
