package model

import "time"

// Switched is the link `current` of a VM as microtui's last update or rollback
// made it. That we wrote a link says nothing about where a VM comes from: of one
// that was declared then, nobody else was the last to set it.
type Switched struct {
	StateDir Raw       `json:"state_dir"` // its real path
	VM       Raw       `json:"vm"`
	Runner   Raw       `json:"runner"`
	Made     time.Time `json:"made"` // when the link was, as the file system says
	// Rooted: gcroot links spoke for the VM at that time, as those of a deployment
	// or of microvm -c do. They may be lost since; whose VM it is, is not.
	Rooted bool `json:"rooted,omitempty"`
}

// switchedHere reports whether `current` of a directory is still the link that
// microtui made, of a VM that nothing but a declaration spoke for then.
func (f *Facts) switchedHere(vm Raw, d *Directory) bool {
	if d.Current == nil || d.Current.UID != 0 {
		return false
	}
	for at := range f.Switched {
		if s := &f.Switched[at]; s.VM == vm && s.StateDir == f.StateDir.Real {
			return !s.Rooted && s.Runner == d.Current.Target && s.Made.Equal(d.Current.Modified)
		}
	}
	return false
}

// updatedUnder is the generation in use when microtui made `current`, where
// that declared the VM as one to be updated by hand; 0: none.
func (f *Facts) updatedUnder(vm Raw, d *Directory, removedAt time.Time) int {
	if !f.switchedHere(vm, d) || d.Current.Modified.After(removedAt) {
		return 0
	}
	generation := f.generationAt(d.Current.Modified)
	for _, then := range f.then[vm] {
		if then.generation == generation && then.Once {
			return generation
		}
	}
	return 0
}
