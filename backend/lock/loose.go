package lock

import "microtui/model"

// looseFile is the lock of what belongs to no VM.
const looseFile = "loose.lock"

// TakeAll is [Locks.Take], and takes the lock of what belongs to no VM too
// where loose says so.
func (l Locks) TakeAll(holder Holder, vms []model.Raw, loose bool) (*Lock, error) {
	var names []string
	for _, vm := range vms {
		names = append(names, fileName(vm))
	}
	if loose {
		names = append(names, looseFile)
	}
	return l.takeFiles(holder, names...)
}
