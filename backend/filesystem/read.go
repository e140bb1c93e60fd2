package filesystem

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// ErrNotRegular is for what stands in the place of a file and is none.
var ErrNotRegular = errors.New("not a regular file")

// ReadRegular reads the first bytes of a regular file, most of them at the most,
// with flags of open(2) besides. It waits for nothing, whatever stands there. (Of
// a thousand small files, os.ReadFile takes twice the calls for each.)
func ReadRegular(path string, most int, flags int) ([]byte, error) {
	fd, err := openRegular(path, flags)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	text, err := readSome(fd, most)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return text, nil
}

// ReadScript reads a script as [ReadRegular] does, and of another file nothing.
func ReadScript(path string, most int) ([]byte, error) {
	fd, err := openRegular(path, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	var mark [2]byte
	if n, err := unix.Pread(fd, mark[:], 0); err != nil || string(mark[:n]) != "#!" {
		return nil, nil
	}
	return readSome(fd, most)
}

func openRegular(path string, flags int) (int, error) {
	return unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC|flags, 0)
}

func readSome(fd, most int) ([]byte, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, ErrNotRegular
	}
	const unknown = 4 << 10 // the kernel's own files have no size
	size := int(st.Size)
	if size == 0 {
		size = unknown
	}
	buf := make([]byte, min(most, size))
	for read := 0; ; {
		n, err := unix.Read(fd, buf[read:])
		switch read += max(n, 0); {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return nil, err
		case n == 0, read == most, st.Size > 0 && int64(read) >= st.Size:
			return buf[:read], nil
		case read == len(buf):
			buf = append(buf, make([]byte, min(len(buf), most-read))...)
		}
	}
}
