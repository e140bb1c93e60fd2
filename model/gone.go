package model

// IsGone reports whether a VM was deleted: its directory is not in the state
// directory, which is evidence, since others are there and all that could show
// it was read; it does not run, and is not on the keep list. Who drops what was
// kept for a VM asks this.
func (i Inventory) IsGone(vm Raw) bool {
	f := i.known()
	_, kept := i.Keeps(vm)
	return f.hasVMDirectory() && len(f.doubts(KindGCRoot)) == 0 &&
		f.directoryOf(vm) == nil && f.notGone(vm) == "" && !f.runs(vm) && !kept
}
