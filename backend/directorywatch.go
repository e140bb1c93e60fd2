package backend

import (
	"context"
	"os"

	"golang.org/x/sys/unix"

	"microtui/backend/wait"
	"microtui/model"
)

// directoryWatch hints that VM directories came or went. It watches the state
// directory itself and not what is in it: what changes there is seen by the
// next observation.
type directoryWatch struct {
	inotify *os.File
	watched int // inotify's descriptor of the directory; 0: none
}

const directoryEvents = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO |
	unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR | unix.IN_DONT_FOLLOW

// watchDirectory starts to pass hints on until ctx ends. Where the kernel has
// no inotify instance left it gives none.
func watchDirectory(ctx context.Context, hints chan<- struct{}) *directoryWatch {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil
	}
	w := &directoryWatch{inotify: os.NewFile(uintptr(fd), "inotify")}
	context.AfterFunc(ctx, func() { w.inotify.Close() }) // which ends the read below
	go func() {
		events := make([]byte, 64<<10)
		for {
			if _, err := w.inotify.Read(events); err != nil {
				return
			}
			wait.Signal(hints)
		}
	}()
	return w
}

// follow watches the state directory as it is now. The same directory again
// costs one system call; one on a network file system could make it hang.
func (w *directoryWatch) follow(directory model.StateDir) {
	if w == nil || directory.Network {
		return
	}
	connection, err := w.inotify.SyscallConn()
	if err != nil {
		return
	}
	_ = connection.Control(func(fd uintptr) {
		watched := 0
		if directory.Real != "" {
			watched, err = unix.InotifyAddWatch(int(fd), string(directory.Real), directoryEvents)
			if err != nil {
				watched = 0
			}
		}
		if w.watched > 0 && w.watched != watched {
			_, _ = unix.InotifyRmWatch(int(fd), uint32(w.watched)) // fails where the directory is gone
		}
		w.watched = watched
	})
}
