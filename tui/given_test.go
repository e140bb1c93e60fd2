package tui

import (
	"testing"

	"microtui/model"
)

// TestWhatAGuestIsGiven: the page of a VM shows what its runner gives the guest.
func TestWhatAGuestIsGiven(t *testing.T) {
	s := newStage(t, 120, 60, Options{})
	i := village()
	for at := range i.VMs {
		vm := &i.VMs[at]
		if vm.Name == "db" {
			vm.BootedFrom.VsockCID, vm.BootedFrom.PCI, vm.BootedFrom.Bin = ptr(uint32(7)), []model.Raw{"0000:01:00.0"}, []model.Raw{"microvm-register"}
			vm.BootedFrom.Guest = &model.GuestConfig{
				Memory: ptr(uint64(3 << 30)), VCPUs: ptr(uint32(4)), USB: []model.Raw{"vendorid=0x1d6b,productid=0x0002"},
				NineP:       []model.NineP{{Tag: "home", Source: "/srv/home"}},
				Forwards:    []model.Forward{{Protocol: "tcp", HostPort: ":2222", GuestPort: ":22"}},
				Credentials: []model.Credential{{Name: "SSH_HOST_KEY", File: "/run/secrets/key"}},
			}
		}
	}
	s.observe(i)
	for s.selectedName() != "db" {
		s.press("j")
	}
	s.press("enter")
	for _, given := range []string{"3.0G", "4", "7", "0000:01:00.0", "productid=0x0002", "home from /srv/home", ":2222", "SSH_HOST_KEY from /run/secrets/key", "systemd-machined"} {
		s.shows(given)
	}
}
