package statedir

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
)

// maxFlake is the most that a reference, or another small file in a VM's
// directory, may hold.
const maxFlake = 4 << 10

// readFlake reads the file flake, if it is what it should be. Else only what
// stands there is told, not what is in it: it may be a way to a secret that
// root can read and its owner cannot.
func (d *seenDirectory) readFlake(fd int, st stat) {
	if st.Mode == 0 {
		return
	}
	if !st.Is(unix.S_IFREG) {
		d.strange("flake", st)
		return
	}
	text, owner, err := readSmall(fd, "flake")
	if err == nil {
		d.Flake, err = parseFlake(text)
	}
	if err != nil {
		d.Strange = append(d.Strange, model.Raw("flake "+err.Error()))
		return
	}
	d.Flake.UID = owner
}

// parseFlake takes one line of text: microvm -c writes it without a newline,
// NixOS with one.
func parseFlake(text []byte) (*model.Flake, error) {
	line, newline := bytes.CutSuffix(text, []byte("\n"))
	switch {
	case len(line) == 0:
		return nil, errors.New("is empty")
	case !isText(line):
		return nil, errors.New("is not text")
	case bytes.ContainsRune(line, '\n'):
		return nil, errors.New("has more than one line")
	}
	return &model.Flake{Ref: model.Raw(line), Newline: newline}, nil
}

// readSmall reads a regular file of one name in an open directory. A second
// name could be that of somebody else's file. The error says in words what it
// is.
func readSmall(fd int, name string) (text []byte, owner uint32, err error) {
	file, err := unix.Openat(fd, name,
		unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, 0, fmt.Errorf("could not be opened: %w", err)
	}
	defer unix.Close(file)
	st, err := filesystem.StatFD(file)
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("could not be read: %w", err)
	case !st.Is(unix.S_IFREG):
		return nil, 0, fmt.Errorf("is %s", articles[st.Kind()])
	case st.Links > 1:
		return nil, 0, errors.New("has more than one hard link")
	case st.Size > maxFlake:
		return nil, 0, fmt.Errorf("is larger than %d bytes", maxFlake)
	}
	text, err = readUpTo(file, make([]byte, maxFlake))
	if err != nil {
		return nil, 0, fmt.Errorf("could not be read: %w", err)
	}
	return text, st.UID, nil
}

// readInstance reads instance/interfaces (proposed for microvm.nix): lines of
// an interface's name and its address.
func (d *seenDirectory) readInstance(fd int) {
	folder, err := openFolder(fd, "instance")
	if err != nil {
		return
	}
	defer unix.Close(folder)
	st, err := filesystem.StatAt(folder, "interfaces")
	if err != nil {
		return
	}
	if !st.Is(unix.S_IFREG) {
		d.strange("instance/interfaces", st)
		return
	}
	text, _, err := readSmall(folder, "interfaces")
	if err == nil {
		d.InstanceInterfaces, err = parseInterfaces(string(text))
	}
	if err != nil {
		d.Strange = append(d.Strange, model.Raw("instance/interfaces "+err.Error()))
	}
}

// maxInterfaceName is the kernel's IFNAMSIZ without the end.
const maxInterfaceName = 15

func parseInterfaces(text string) ([]model.Raw, error) {
	var names []model.Raw
	for line := range strings.Lines(text) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" {
			continue
		}
		if len(name) > maxInterfaceName || strings.ContainsAny(name, "/:") || !isText([]byte(name)) {
			return nil, errors.New("is not a list of interfaces")
		}
		names = append(names, model.Raw(name))
	}
	return names, nil
}
