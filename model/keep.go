package model

// Keeps is the entry of the keep list that keeps a VM, or its directory.
func (i Inventory) Keeps(name Raw) (KeepEntry, bool) {
	return i.Facts().keptAs(Ref{KindVM, name}, Ref{KindStateDir, name})
}
