package statedir

import (
	"os"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// mountTypes knows the file system type of the last mount that it was asked
// for. The numbers by which a mount is known can be given out again, so the
// file system's own are compared too.
type mountTypes struct {
	mount uint64
	dev   uint64
	magic int64
	fsid  unix.Fsid
	name  model.Raw
}

// describe sets the file system that something open is on: its type as
// /proc/self/mountinfo names it, empty where that cannot be told, and what is
// left of it.
func (m *mountTypes) describe(dir *model.StateDir, fd int, st stat) {
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		return
	}
	block := uint64(fs.Frsize)
	dir.Space = &model.Room{Total: fs.Blocks * block, Free: fs.Bavail * block}
	dir.Files = &model.Room{Total: fs.Files, Free: fs.Ffree}
	dir.Filesystem = m.typeOf(st, fs)
	dir.Network = filesystem.IsRemote(string(dir.Filesystem))
}

func (m *mountTypes) typeOf(st stat, fs unix.Statfs_t) model.Raw {
	now := mountTypes{mount: st.Mount, dev: st.ID.Dev, magic: int64(fs.Type), fsid: fs.Fsid, name: m.name}
	if *m == now && m.name != "" {
		return m.name
	}
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	mounts, _ := filesystem.ParseMounts(string(text))
	if on, listed := filesystem.ByID(mounts, st.Mount); listed {
		now.name = model.Raw(on.Type)
	}
	if now.name == "" {
		now.name = model.Raw(filesystem.TypeOf(now.magic))
	}
	*m = now
	return now.name
}
