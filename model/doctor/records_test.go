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
		{"older-in-trash", "declared again", one().do(inTrash(true)), []string{"warning older-in-trash vm db"}},
		{"older-in-trash", "without data", one().do(inTrash(false)), nil},
		{"older-in-trash", "put aside by a restore", one().do(inTrash(true)).do(func(h *host) { h.o.Trash[0].Aside = true }), nil},
		{"subvolume-stub", "no VM's", one().do(func(h *host) {
			h.o.StateDir.Directories = append(h.o.StateDir.Directories, model.Directory{Name: "back", ID: model.FileID{Dev: 39, Ino: 2}, Stub: true})
		}), []string{"warning subvolume-stub state_dir back"}},
		{"subvolume-stub", "an empty directory", one().do(func(h *host) {
			h.o.StateDir.Directories = append(h.o.StateDir.Directories, model.Directory{Name: "back", ID: model.FileID{Dev: 1, Ino: 700}})
		}), nil},
	}
}

// inTrash puts an older directory of db into the trash.
func inTrash(data bool) func(*host) {
	return func(h *host) {
		h.o.Trash = []model.TrashEntry{{ID: "20261103-120411-a1b2.1", Name: "db", Kind: model.KindVM, From: stateDir + "/db",
			Directory: model.FileID{Dev: 1, Ino: 77}, Place: "/var/lib/microtui/trash/20261103-120411-a1b2.1/state", PurgedAt: switched, Data: data}}
	}
}
