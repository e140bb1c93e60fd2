package demo

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"microtui/model"
)

// Where sops-nix keeps secrets.
const (
	secretsLink   model.Raw = "/run/secrets"
	secretsFolder model.Raw = "/run/secrets.d"
)

// secretGeneration is one generation of secrets, kept or not.
type secretGeneration struct {
	number int
	made   time.Time
	gone   bool
}

func (g *secretGeneration) path() model.Raw {
	return secretsFolder + "/" + model.Raw(strconv.Itoa(g.number))
}

// RotateSecrets is a switch with sops-nix: it makes a generation of secrets,
// lets the link lead there, and removes the others (sops.keepGenerations = 1).
func (h *Host) RotateSecrets() bool {
	for i := range h.secrets {
		h.secrets[i].gone = true
	}
	h.secrets = append(h.secrets, secretGeneration{number: len(h.secrets) + 1, made: h.now})
	return true
}

// LoseSource takes the source of a share away.
func (h *Host) LoseSource(path model.Raw) bool {
	h.missing = append(h.missing, path)
	return true
}

// sourceOf is what a source of a share names now.
func (h *Host) sourceOf(path model.Raw) model.ShareSource {
	source := model.ShareSource{Path: path, Exists: !slices.Contains(h.missing, path), Type: "dir", Real: path}
	rest, secret := strings.CutPrefix(string(path), string(secretsLink))
	if secret && len(h.secrets) > 0 && (rest == "" || rest[0] == '/') {
		newest := &h.secrets[len(h.secrets)-1]
		source.Real = newest.path() + model.Raw(rest)
		source.Links = []model.SourceLink{{Path: secretsLink, Target: newest.path(), Modified: newest.made}}
	}
	if !source.Exists {
		return model.ShareSource{Path: path}
	}
	source.ID, source.Through = folderID(source.Real), h.through(path)
	return source
}

// folderID is the identity of a folder outside of the state directory: it has
// as many as it has paths.
func folderID(path model.Raw) model.FileID {
	sum := fnv.New32a()
	sum.Write([]byte(path))
	dev := uint64(0xfd00)
	if strings.HasPrefix(string(path), string(secretsFolder)) {
		dev = 0x35
	}
	return model.FileID{Dev: dev, Ino: uint64(sum.Sum32())}
}

// beginServing is a virtiofsd that resolves its source, once. Of a VM's shares
// the last is observed.
func (h *Host) beginServing(d *directory, b *build) *model.Served {
	share := b.runner.Shares[len(b.runner.Shares)-1]
	source := h.sourceOf(within(d, share.Source))
	if !source.Exists {
		return nil
	}
	path := source.Real
	if rest, ok := strings.CutPrefix(string(path), string(secretsFolder)); ok {
		path = model.Raw(rest) // it is the root of its file system
	}
	return &model.Served{Source: share.Source, Socket: share.Socket, ID: source.ID, Path: path}
}

// served is what a process serves now: a generation that was removed is one
// that nothing names.
func (h *Host) served(p *process) *model.Served {
	if p.serve == nil {
		return nil
	}
	now := *p.serve
	for i := range h.secrets {
		if g := &h.secrets[i]; g.gone && isAtOrBelow(secretsFolder+now.Path, g.path()) {
			now.Deleted = true
		}
	}
	return &now
}

func isAtOrBelow(path, folder model.Raw) bool {
	rest, ok := strings.CutPrefix(string(path), string(folder))
	return ok && (rest == "" || rest[0] == '/')
}

// within is a path that may be relative to a directory.
func within(d *directory, path model.Raw) model.Raw {
	if strings.HasPrefix(string(path), "/") {
		return path
	}
	return d.path() + "/" + path
}

// observeStorage adds what lies behind the paths that runners name.
func (h *Host) observeStorage(o *model.Observation) {
	named := model.PathsOf(o)
	for _, path := range named.Sources {
		o.ShareSources = append(o.ShareSources, h.sourceOf(path))
	}
	for _, path := range named.Volumes {
		o.VolumeFiles = append(o.VolumeFiles, h.volumeFile(path))
	}
	o.SecretStores = h.secretStores()
	o.Neighbours = h.observedNeighbours()
	o.OtherRoots = []model.GCRoot{}
	for i, name := range h.autoRoots {
		o.OtherRoots = append(o.OtherRoots, model.GCRoot{
			Name: model.Raw(fmt.Sprintf("%032d", i)), Target: stateDir + "/" + name + "/current",
		})
	}
}

func (h *Host) volumeFile(path model.Raw) model.VolumeFile {
	v := model.VolumeFile{Path: path, Way: model.Way{Through: h.through(path)}}
	at := slices.IndexFunc(*h.files.visible(), func(d *directory) bool { return slices.Contains(v.Through, h.id(d)) })
	if at < 0 {
		v.Parent = model.Access{Exists: true, Mode: 0o755}
		v.Folder, v.Name = folderID(path[:strings.LastIndexByte(string(path), '/')]), path[strings.LastIndexByte(string(path), '/')+1:]
		return v
	}
	d := (*h.files.visible())[at]
	v.Parent = model.Access{Exists: true, UID: d.uid, GID: d.gid, Mode: d.mode}
	v.Folder, v.Name = h.id(d), path[strings.LastIndexByte(string(path), '/')+1:]
	if slices.ContainsFunc(d.files, func(f model.File) bool { return f.Name == v.Name }) {
		v.Exists, v.Type = true, "file"
		v.ID = model.FileID{Dev: v.Folder.Dev, Ino: v.Folder.Ino<<32 + folderID(v.Name).Ino}
		v.Access = model.Access{Exists: true, UID: uidMicrovm, GID: gidKVM, Mode: 0o644}
	}
	return v
}

func (h *Host) secretStores() []model.SecretStore {
	if len(h.secrets) == 0 {
		return nil
	}
	store := model.SecretStore{Link: secretsLink, Folder: secretsFolder, Current: h.secrets[len(h.secrets)-1].number}
	for i := range h.secrets {
		if g := &h.secrets[i]; !g.gone {
			bytes := uint64(9 << 10)
			store.Kept = append(store.Kept, model.SecretGeneration{Number: g.number, ID: folderID(g.path()), Made: g.made, Bytes: &bytes})
		}
	}
	return []model.SecretStore{store}
}

// linkFolder is where links lead to VMs' directories by other names.
const linkFolder model.Raw = "/srv/link"

// through are the directories that a path leads through, by their own names
// and by links.
func (h *Host) through(path model.Raw) []model.FileID {
	for _, folder := range []model.Raw{stateDir, linkFolder} {
		rest, ok := strings.CutPrefix(string(path), string(folder)+"/")
		name, _, _ := strings.Cut(rest, "/")
		if d := h.dir(model.Raw(name)); ok && d != nil {
			return []model.FileID{h.id(d)}
		}
	}
	return nil
}
