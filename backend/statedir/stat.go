package statedir

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// stat is what is known of a file, which is never opened for it.
type stat = filesystem.Stat

func fileOf(s stat, name string) model.File {
	return model.File{
		Name: model.Raw(name), Type: s.Kind(),
		Size: s.Size, Allocated: s.Allocated, Modified: s.Modified,
	}
}

// openFolder opens a directory in an open one, and nothing else: no link to
// one, and nothing that waits.
func openFolder(parent int, name string) (int, error) {
	return unix.Openat(parent, name,
		unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
}

var errTooMany = errors.New("too many entries")

// readNames lists an open directory, in no order. More than most names are an
// error, which comes with the first of them.
func readNames(fd int, buf []byte, most int) ([]string, error) {
	var names []string
	for {
		n, err := unix.ReadDirent(fd, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
		if len(names) > most {
			return names[:most], fmt.Errorf("%w: only the first %d were read", errTooMany, most)
		}
	}
}

// readUpTo reads at most len(buf) bytes of an open file.
func readUpTo(fd int, buf []byte) ([]byte, error) {
	read := 0
	for read < len(buf) {
		n, err := unix.Read(fd, buf[read:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		read += n
	}
	return buf[:read], nil
}

// isText: no control characters but those that structure text.
func isText(text []byte) bool {
	return bytes.IndexFunc(text, func(r rune) bool {
		return r == 0xfffd || r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	}) < 0
}
