package model

// IsGone reports whether a VM was deleted: its directory is not in the state
// directory, which is evidence, since others are there and all that could show
// it was read; it does not run, and is not on the keep list. Who drops what was
// kept for a VM asks this.
func (i Inventory) IsGone(vm Raw) bool {
	f := i.Facts()
	_, kept := i.Keeps(vm)
	return f.hasVMDirectory() && len(f.missingEvidence(KindGCRoot)) == 0 &&
		f.directoryOf(vm) == nil && f.whyPresent(vm) == "" && !f.runs(vm) && !kept
}

// SeesStateDir reports whether the state directory that was read is the one that
// the VMs are in: another one, or none, hides what lies in its trash.
func (i Inventory) SeesStateDir() bool {
	f := i.Facts()
	return f.StateDir.Exists && len(f.whyPlaceUncertain()) == 0 && (f.hasVMDirectory() || len(f.whyEmptyUncertain()) == 0)
}
