package model_test

import (
	"fmt"
	"testing"

	"microtui/model"
)

// sized is a host with a number of VMs, half of them running, one in ten
// removed from the configuration, and with fifty generations that each
// declared them.
func sized(vms int) *host {
	h := newHost()
	for n := range vms {
		name := model.Raw(fmt.Sprintf("vm-%04d", n))
		switch n % 10 {
		case 0:
			h.undeclared(name)
		case 1:
			h.imperative(name)
		default:
			h.declared(name)
		}
		if n%2 == 0 {
			h.running(name)
		}
	}
	known := append(h.system(model.SystemGeneration, newest-1).Declared, h.system(model.SystemLive, 0).Declared...)
	for generation := newest - 1; generation > newest-50; generation-- {
		h.system(model.SystemGeneration, generation).Declared = known
	}
	return h
}

func BenchmarkInterpret(b *testing.B) {
	for _, vms := range []int{20, 300, 1000} {
		h := sized(vms)
		b.Run(fmt.Sprintf("%d VMs", vms), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := h.inventory(); len(got.VMs) != vms {
					b.Fatalf("%d VMs of %d", len(got.VMs), vms)
				}
			}
		})
	}
}
