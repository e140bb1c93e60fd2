package doctor_test

import (
	"time"

	"microtui/model"
)

// homeOn is a host whose records are on another file system than its VMs.
func homeOn(filesystem model.Raw, volatile bool, made time.Time) *host {
	return one().do(func(h *host) {
		h.o.Host.Home = &model.HomePlace{Path: "/var/lib/microtui", Filesystem: filesystem, Device: 77, Volatile: volatile, Made: made}
	})
}

func recordTroubles() []trouble {
	return []trouble{
		{"volatile-records", "in memory", homeOn("tmpfs", true, time.Time{}), []string{
			"warning volatile-records host nixhost"}},
		{"volatile-records", "overlay on tmpfs", homeOn("overlay", true, time.Time{}), []string{
			"warning volatile-records host nixhost"}},
		{"volatile-records", "a snapshot of this boot", homeOn("btrfs", false, booted.Add(3*time.Second)), []string{
			"info volatile-records host nixhost"}},
		{"volatile-records", "an older subvolume", homeOn("btrfs", false, booted.AddDate(-1, 0, 0)), nil},
		{"volatile-records", "a disk", homeOn("ext4", false, time.Time{}), nil},
		{"volatile-records", "in memory with its VMs", homeOn("tmpfs", true, time.Time{}).do(func(h *host) { h.o.Host.Home.Device = h.o.StateDir.ID.Dev }), nil},
		{"volatile-records", "recorded by an older version", one(), nil},
	}
}
