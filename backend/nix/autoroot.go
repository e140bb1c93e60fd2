package nix

import (
	"crypto/sha1"
	"strings"

	"golang.org/x/sys/unix"
)

// forget removes the link to a link of ours that nix made beside it
// (gcroots/auto), where there is one. It would go at the next garbage
// collection; here it goes with what it points to.
func (r Roots) forget(name string) {
	link := r.path() + "/" + name
	fd, err := unix.Open(r.state+"/gcroots/auto", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	auto := folder{fd, "gcroots/auto"}
	defer auto.close()
	if target, err := auto.link(autoName(link)); err == nil && target == link {
		_ = auto.remove(autoName(link))
	}
}

// autoName is the name of nix's link to a link: the hash of its path
// (addIndirectRoot, src/libstore/local-store.cc).
func autoName(path string) string {
	sum := sha1.Sum([]byte(path))
	return base32(sum[:])
}

// base32 is nix's: other letters, and from the end (src/libutil/hash.cc).
func base32(data []byte) string {
	const alphabet = "0123456789abcdfghijklmnpqrsvwxyz"
	var text strings.Builder
	for n := (len(data)*8-1)/5 + 1; n > 0; n-- {
		at, shift := (n-1)*5/8, (n-1)*5%8
		bits := uint(data[at]) >> shift
		if at+1 < len(data) {
			bits |= uint(data[at+1]) << (8 - shift)
		}
		text.WriteByte(alphabet[bits&31])
	}
	return text.String()
}
