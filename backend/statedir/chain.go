package statedir

import (
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// maxChain is how many links the kernel follows.
const maxChain = 40

// chainOf follows what lies behind a link that does not lead straight into the
// store, as one to a profile of nix does: where it ends, and when the last of
// the links on the way was set.
func chainOf(path, store string) (real model.Raw, set time.Time) {
	for range maxChain {
		if strings.HasPrefix(path, store+"/") {
			return model.Raw(path), set
		}
		st, err := filesystem.StatAt(unix.AT_FDCWD, path)
		if err != nil || !st.Is(unix.S_IFLNK) {
			return model.Raw(path), set
		}
		target, err := filesystem.ReadLinkAt(unix.AT_FDCWD, path)
		if err != nil {
			return "", time.Time{}
		}
		if st.Modified.After(set) {
			set = st.Modified
		}
		if !strings.HasPrefix(target, "/") {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return "", time.Time{}
}
