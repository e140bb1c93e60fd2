package nixos

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"microtui/model"
	"microtui/model/order"
)

// systemProfile is the profile that the host boots from and is rebuilt into.
const systemProfile = "system"

// newest reads the system that the next boot starts. Its generation is in the
// name of the link that the profile points to.
func (r *Reader) newest() (model.System, bool) {
	profile := filepath.Join(r.paths.Profiles, systemProfile)
	link, err := os.Readlink(profile)
	if err != nil {
		return model.System{}, false
	}
	if !filepath.IsAbs(link) {
		link = filepath.Join(r.paths.Profiles, link)
	}
	system := model.System{Kind: model.SystemNewest}
	if n, ok := generationOf(filepath.Base(link), systemProfile); ok {
		system.Generation, system.Since = n, linkTime(link)
	}
	r.readLink(&system, link)
	return system, true
}

// readLink reads the system that a link leads to.
func (r *Reader) readLink(system *model.System, link string) {
	path, err := followLinks(link)
	system.Path = model.Raw(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		system.Fault = faultText(err)
		return
	}
	r.read(system)
}

// addSpecialisations reads the variants of the systems read so far. The live
// system and the newest one are mostly the same, and so are theirs.
func (r *Reader) addSpecialisations(reading *Reading) {
	var found []model.System
	for _, parent := range reading.Systems {
		if parent.Path == "" {
			continue
		}
		folder := filepath.Join(string(parent.Path), "specialisation")
		for _, name := range r.list(folder, reading) {
			system := model.System{Kind: model.SystemSpecialisation, Name: model.Raw(name)}
			r.readLink(&system, filepath.Join(folder, name))
			known := slices.ContainsFunc(found, func(s model.System) bool {
				return s.Name == system.Name && s.Path == system.Path
			})
			if !known {
				found = append(found, system)
			}
		}
	}
	reading.Systems = append(reading.Systems, found...)
}

// addProfiles reads the profiles that nixos-rebuild --profile-name makes.
func (r *Reader) addProfiles(reading *Reading) {
	folder := filepath.Join(r.paths.Profiles, "system-profiles")
	for _, name := range r.list(folder, reading) {
		if isGenerationLink(name) {
			continue
		}
		system := model.System{Kind: model.SystemProfile, Name: model.Raw(name)}
		r.readLink(&system, filepath.Join(folder, name))
		reading.Systems = append(reading.Systems, system)
	}
}

// addGenerations reads the generations of the system profile that are left.
func (r *Reader) addGenerations(reading *Reading) {
	var found []model.System
	for _, name := range r.list(r.paths.Profiles, reading) {
		n, ok := generationOf(name, systemProfile)
		if !ok {
			continue
		}
		link := filepath.Join(r.paths.Profiles, name)
		system := model.System{Kind: model.SystemGeneration, Generation: n, Since: linkTime(link)}
		r.readLink(&system, link)
		found = append(found, system)
	}
	order.By(found, func(a, b *model.System) int { return cmp.Compare(a.Generation, b.Generation) })
	reading.Systems = append(reading.Systems, found...)
}

// list names what a folder holds, sorted. A folder that is not there is empty.
func (r *Reader) list(folder string, reading *Reading) []string {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		reading.Faults = append(reading.Faults, fault(model.SourceSystems, err))
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// generationOf takes PROFILE-N-link apart.
func generationOf(name, profile string) (int, bool) {
	rest, found := strings.CutPrefix(name, profile+"-")
	number, isLink := strings.CutSuffix(rest, "-link")
	if !found || !isLink {
		return 0, false
	}
	n, err := strconv.Atoi(number)
	return n, err == nil && n > 0 && number == strconv.Itoa(n)
}

func isGenerationLink(name string) bool {
	rest, found := strings.CutSuffix(name, "-link")
	dash := strings.LastIndexByte(rest, '-')
	if !found || dash < 1 {
		return false
	}
	_, ok := generationOf(name, name[:dash])
	return ok
}
