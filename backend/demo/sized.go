package demo

import (
	"fmt"
	"time"

	"microtui/model"
)

// Sized is a host with n VMs, for benchmarks and for screens of that size:
// most declared and running, some imperative, deployed or stopped, one in
// twenty left behind.
func Sized(seed uint64, n int) *Host {
	h := NewHost(Settings{Seed: seed})
	name := func(i int) model.Raw { return model.Raw(fmt.Sprintf("node-%04d", i)) }
	for i := range n {
		vm := name(i)
		h.Write(Guest{Name: vm, Taps: []model.Raw{ifname("vm-", vm)}, Shares: []model.Share{
			{Tag: "store", Source: "/nix/store", Socket: vm + "-virtiofs-store.sock"},
		}})
		if i%5 != 1 {
			h.Declare(vm, ByConfig, i%10 != 2)
		}
	}
	h.Pass(day)
	h.Switch()
	for i := 1; i < n; i += 5 {
		if i%2 == 0 {
			h.Deploy(name(i))
		} else {
			h.Create(name(i))
		}
		if i%4 == 1 {
			h.Start(name(i))
		}
	}
	for i := 3; i < n; i += 20 {
		h.Undeclare(name(i))
	}
	h.Pass(day)
	h.Switch()
	h.Pass(3 * time.Hour)
	return h
}
