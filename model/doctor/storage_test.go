package doctor_test

import "microtui/model"

func storageTroubles() []trouble {
	const write, twice, low, log = "volume-not-writable", "duplicate-volume", "disk-low", "large-supervisord-log"
	lab := func() *host { return newHost().imperative("lab") }
	file := func(change func(*model.VolumeFile)) *host { return lab().do(func(h *host) { change(h.volume("lab")) }) }
	shared := func(h *host) {
		for _, vm := range []model.Raw{"db", "web"} {
			h.runner(vm).Volumes = []model.Raw{"/srv/shared.img"}
		}
	}
	full := func(free, total uint64) *host {
		return lab().do(func(h *host) { h.o.StateDir.Space = &model.Room{Total: total, Free: free} })
	}
	logOf := func(bytes uint64) *host {
		return lab().do(func(h *host) {
			h.dir("lab").Files = []model.File{{Name: "supervisord.log", Allocated: bytes / 2}, {Name: "supervisord.log.1", Allocated: bytes / 2}}
		})
	}
	notWritable := []string{"error volume-not-writable vm lab"}
	return []trouble{
		{write, "an image of root's", file(func(v *model.VolumeFile) { v.Access.UID, v.Access.GID = 0, 0 }), notWritable},
		{write, "a device of another group", file(func(v *model.VolumeFile) {
			v.Access = model.Access{Exists: true, UID: 0, GID: 6, Mode: 0o660}
		}), notWritable},
		{write, "cannot be made", file(func(v *model.VolumeFile) {
			v.Exists, v.Access, v.Parent = false, model.Access{}, model.Access{Exists: true, Mode: 0o755}
		}), notWritable},
		{write, "its folder is missing", file(func(v *model.VolumeFile) {
			v.Exists, v.Access, v.Parent = false, model.Access{}, model.Access{}
		}), notWritable},
		{write, "mounted read-only", file(func(v *model.VolumeFile) { v.Access.ReadOnly = true }), notWritable},
		{write, "by its group", file(func(v *model.VolumeFile) { v.Access.UID, v.Access.Mode = 0, 0o660 }), nil},
		{write, "in a group that was added", file(func(v *model.VolumeFile) {
			v.Access = model.Access{Exists: true, UID: 0, GID: 6, Mode: 0o660}
		}).do(func(h *host) { h.o.Host.MicrovmGroups = append(h.o.Host.MicrovmGroups, 6) }), nil},
		{write, "by a list", file(func(v *model.VolumeFile) { v.Access.UID, v.Access.GID, v.Access.ACL = 0, 0, true }), nil},
		{write, "made at the first start", file(func(v *model.VolumeFile) {
			v.Exists, v.Access, v.Parent = false, model.Access{}, model.Access{Exists: true, GID: kvmGID, Mode: 0o775}
		}), nil},
		{write, "read-only for the guest", file(func(v *model.VolumeFile) { v.Access.UID, v.Access.GID = 0, 0 }).do(func(h *host) {
			h.runner("lab").ReadOnlyVolumes = []model.Raw{"data.img"}
		}), nil},

		{twice, "the same path", two().do(shared), []string{"error duplicate-volume vm db"}},
		{twice, "two names of one file", two().do(func(h *host) { h.volume("web").ID = h.volume("db").ID }), []string{"error duplicate-volume vm db"}},
		{twice, "both only read it", two().do(shared).do(func(h *host) {
			for _, vm := range []model.Raw{"db", "web"} {
				h.runner(vm).ReadOnlyVolumes = []model.Raw{"/srv/shared.img"}
			}
		}), nil},

		{low, "bytes", full(1<<30, 1<<40), []string{"warning disk-low host nixhost"}},
		{low, "inodes", lab().do(func(h *host) { h.o.StateDir.Files = &model.Room{Total: 1000, Free: 10} }), []string{"warning disk-low host nixhost"}},
		{low, "a small one, half empty", full(512<<20, 1<<30), nil},
		{low, "btrfs, without a table of inodes", lab().do(func(h *host) { h.o.StateDir.Files = &model.Room{} }), nil},

		{log, "large", logOf(40 << 20), []string{"info large-supervisord-log vm lab"}},
		{log, "as usual", logOf(1 << 20), nil},
	}
}
