package storage

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// volumeReader looks at images and devices. Whose they are changes seldom, and
// they are many, so that is good for a while.
type volumeReader struct {
	limiter[model.VolumeFile]
	kept map[model.Raw]keptVolume
}

type keptVolume struct {
	model.VolumeFile
	at time.Time
}

// volumeAge is how long an answer is good, and half as long again for some, so
// that not all are due at once.
const volumeAge = 10 * time.Second

func (r *volumeReader) read(ctx context.Context, paths []model.Raw, mounts mounts, now time.Time) []model.VolumeFile {
	kept := make(map[model.Raw]keptVolume, len(paths))
	var due []model.Raw
	for at, path := range paths {
		const parts = 8
		k, ok := r.kept[path]
		if ok && now.Sub(k.at) < volumeAge+volumeAge/2*time.Duration(at%parts)/parts {
			kept[path] = k
		} else {
			due = append(due, path)
		}
	}
	answers := r.each(ctx, due, func() func(model.Raw) model.VolumeFile { return newWalk(mounts).volume })
	for path, volume := range answers {
		kept[path] = keptVolume{volume, now}
	}
	r.kept = kept
	volumes := make([]model.VolumeFile, len(paths))
	for at, path := range paths {
		k, ok := kept[path]
		if !ok {
			k.Fault = noAnswer
		}
		volumes[at] = k.VolumeFile
		volumes[at].Path = path
	}
	return volumes
}

// volume looks at an image, or at a device, and at who may write it or make it.
func (w *walk) volume(path model.Raw) model.VolumeFile {
	var v model.VolumeFile
	found := w.follow(path)
	v.Way = found.way()
	switch {
	case found.err == nil:
		v.Exists, v.Type, v.ID = true, found.Kind(), found.ID
		switch {
		case found.Is(unix.S_IFBLK):
			v.Device, v.Behind = found.Device, w.behind(found.Device)
		case found.Is(unix.S_IFREG):
			v.Size, v.Allocated = &found.Size, &found.Allocated
		}
		v.Access = w.access(found.real, found.stat)
	case !isAbsent(found.err):
		v.Fault = faultOf(found.err)
		return v
	}
	if found.folderPath != "" {
		v.Parent = w.access(found.folderPath, found.folder)
		v.Folder, v.Name = found.folder.ID, model.Raw(found.name)
	}
	return v
}

// behind is the file that a loop device shows. One that shows only the end of
// a file, as a partition in it, shows another disk than it is.
func (w *walk) behind(device uint64) model.FileID {
	at := fmt.Sprintf("/sys/dev/block/%d:%d/loop/", unix.Major(device), unix.Minor(device))
	offset, err := os.ReadFile(at + "offset")
	if err != nil || strings.TrimSpace(string(offset)) != "0" {
		return model.FileID{}
	}
	path, err := os.ReadFile(at + "backing_file")
	if err != nil {
		return model.FileID{}
	}
	file := w.follow(model.Raw(strings.TrimSuffix(string(path), "\n")))
	if file.err != nil {
		return model.FileID{}
	}
	return file.ID
}

// access says who may write to what was found at a path without links.
func (w *walk) access(path string, s stat) model.Access {
	return model.Access{
		Exists: true, UID: s.UID, GID: s.GID, Mode: s.Mode & 0o7777,
		ACL: hasACL(path), ReadOnly: w.readOnly[s.Mount],
	}
}

// hasACL reports whether a file has an access control list beyond its mode
// (acl(5)). A link in its place by now is not followed.
func hasACL(path string) bool {
	size, err := unix.Lgetxattr(path, "system.posix_acl_access", nil)
	return err == nil && size > 0
}
