package doctor_test

import "microtui/model"

// holdsDeleted has the hypervisor of a VM hold something that was deleted.
func (h *host) holdsDeleted(vm model.Raw, files ...model.OpenFile) *host {
	h.process(vm, model.RoleVM).Unlinked = files
	return h
}

func deletedImage(path model.Raw) model.OpenFile {
	return model.OpenFile{FD: 9, Path: path, Type: "file", ID: model.FileID{Dev: 1, Ino: 99}, Allocated: 4096, Writes: true}
}

// inDeleted has a VM's hypervisor work in a directory that was deleted.
func (h *host) inDeleted(vm model.Raw) *host {
	h.process(vm, model.RoleVM).Cwd = &model.ProcessDir{Path: stateDir + "/" + vm, Deleted: true, ID: model.FileID{Dev: 1, Ino: 98}}
	return h
}

func lossTroubles() []trouble {
	found := []string{"error deleted-while-open vm db"}
	readOnly, elsewhere := deletedImage(stateDir+"/db/data.img"), deletedImage("/srv/img/db.img")
	readOnly.Writes = false
	return []trouble{
		{"deleted-while-open", "its image was deleted", one().holdsDeleted("db", deletedImage(stateDir+"/db/data.img")), found},
		{"deleted-while-open", "outside of the state directory", one().holdsDeleted("db", elsewhere), found},
		{"deleted-while-open", "with its directory", one().holdsDeleted("db", deletedImage(stateDir+"/db/data.img")).inDeleted("db"), found},
		{"deleted-while-open", "read only", one().holdsDeleted("db", readOnly), nil},
		{"deleted-while-open", "memory of the guest", one().holdsDeleted("db", deletedImage("/memfd:pc.ram"), deletedImage("/dev/shm/qemu_back_mem")), nil},
		{"directory-removed", "a declared VM", one().inDeleted("db"), []string{"warning directory-removed vm db"}},
		{"directory-removed", "it is there", one(), nil},
	}
}
