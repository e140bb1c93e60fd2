package storage

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/model"
	"microtui/model/order"
)

// secretPlace is where a tool keeps generations of secrets: folders named by
// number, and a link to the newest.
type secretPlace struct {
	link, folder string
	sums         map[model.FileID]generationSum
}

// secretPlaces are those of sops-nix and agenix. Their generations are in
// memory (ramfs or tmpfs), and stay until the next one is made (agenix), or as
// many as sops.keepGenerations says.
func secretPlaces() []secretPlace {
	return []secretPlace{
		{link: "/run/secrets", folder: "/run/secrets.d"},
		{link: "/run/agenix", folder: "/run/agenix.d"},
	}
}

// generationSum is the size of a generation, which does not change once it is
// made.
type generationSum struct {
	bytes    *uint64
	modified time.Time
}

const (
	// maxGenerations and maxSecrets are how many are looked at.
	maxGenerations = 4 << 10
	maxSecrets     = 4 << 10
	// making is how long a generation may take to be made.
	making = time.Minute
)

// read reads a store; not ok: there is none. Without root its generations
// cannot be listed.
func (p *secretPlace) read(now time.Time) (store model.SecretStore, ok bool) {
	if st, err := lstat(p.folder); err != nil || !st.Is(unix.S_IFDIR) {
		return store, false
	}
	store = model.SecretStore{Link: model.Raw(p.link), Folder: model.Raw(p.folder)}
	if target, err := filesystem.ReadLinkAt(unix.AT_FDCWD, p.link); err == nil {
		number, below := strings.CutPrefix(target, p.folder+"/")
		if below {
			store.Current = parseGeneration(strings.TrimSuffix(number, "/"))
		}
	}
	sums := make(map[model.FileID]generationSum)
	for _, name := range listFolder(p.folder, maxGenerations) {
		number, path := parseGeneration(name), p.folder+"/"+name
		st, err := lstat(path)
		if number == 0 || err != nil || !st.Is(unix.S_IFDIR) {
			continue
		}
		sum, known := p.sums[st.ID]
		if !known || !sum.modified.Equal(st.Modified) || now.Sub(sum.modified) < making {
			sum = generationSum{sumSecrets(path), st.Modified}
		}
		sums[st.ID] = sum
		store.Kept = append(store.Kept, model.SecretGeneration{Number: number, ID: st.ID, Made: st.Modified, Bytes: sum.bytes})
	}
	p.sums = sums
	order.By(store.Kept, func(a, b *model.SecretGeneration) int { return cmp.Compare(a.Number, b.Number) })
	return store, true
}

// parseGeneration reads a generation's number; 0: it is none.
func parseGeneration(name string) int {
	number, err := strconv.Atoi(name)
	if err != nil || number < 1 || strconv.Itoa(number) != name {
		return 0
	}
	return number
}

// sumSecrets adds up the sizes of a generation's files, as they are: nothing
// that is in memory has holes. nil: they are too many, or not to be seen.
func sumSecrets(folder string) *uint64 {
	var bytes uint64
	left := []string{folder}
	for count := 0; len(left) > 0; {
		path := left[len(left)-1]
		left = left[:len(left)-1]
		names := listFolder(path, maxSecrets)
		if count += len(names); names == nil || count > maxSecrets {
			return nil
		}
		for _, name := range names {
			st, err := lstat(path + "/" + name)
			switch {
			case err != nil:
			case st.Is(unix.S_IFDIR):
				left = append(left, path+"/"+name)
			default:
				bytes += st.Size
			}
		}
	}
	return &bytes
}

// listFolder lists a folder that root alone can write to; nil: it could not be
// listed.
func listFolder(path string, most int) []string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	names, buf := []string{}, make([]byte, 8<<10)
	for len(names) < most {
		n, err := unix.ReadDirent(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil
		}
		if n <= 0 {
			break
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
	return names
}
