package detail

import (
	"microtui/model"
	"microtui/model/text"
)

// Copyable is something to copy, and what it is.
type Copyable struct {
	What text.SafeText
	Text model.Raw
}

// Distinct leaves out what is unknown, and what is there already.
func Distinct(all []Copyable) []Copyable {
	var some []Copyable
	seen := map[model.Raw]bool{"": true}
	for _, c := range all {
		if !seen[c.Text] {
			seen[c.Text] = true
			some = append(some, c)
		}
	}
	return some
}

// Copyables are what the open tab names that is worth copying.
func (d *Page) Copyables() []Copyable {
	s := &d.About
	switch {
	case s.VM != nil:
		return s.ofVM(d.Tabs()[d.Tab].Title)
	case s.Finding != nil:
		return s.ofFinding()
	case s.Leftover != nil:
		return []Copyable{{"name", s.Leftover.Ref.Name}, {"target", s.Leftover.Stamp.Target}}
	case s.Operation != nil:
		return []Copyable{{"id", model.Raw(s.Operation.ID)}}
	case s.Entry != nil:
		return []Copyable{{"name", s.Entry.Name}, {"id", model.Raw(s.Entry.ID)}, {"directory", s.Entry.Place}, {"was at", s.Entry.From}}
	}
	return nil
}

// ofVM is what a tab of a VM names; what names nothing else names the VM.
func (s *Subject) ofVM(tab text.SafeText) []Copyable {
	var all []Copyable
	add := func(what text.SafeText, line model.Raw) { all = append(all, Copyable{what, line}) }
	switch tab {
	case "units":
		for _, u := range s.VM.Units {
			add("unit", u.Unit.Name)
		}
	case "interfaces":
		for _, i := range s.VM.Interfaces {
			add("interface", i.Name)
			add("MAC", i.MAC)
			add("bridge", i.Master)
		}
	case "shares":
		for _, share := range s.Connectivity.Shares() {
			add("source", share.Path)
		}
	case "volumes":
		for _, v := range s.VM.Volumes {
			add("volume", s.absolute(v.Path))
		}
	case GenerationsTab:
		for _, g := range generationsOf(s.VM) {
			add(g.what, g.runner)
		}
	}
	if len(all) > 0 {
		return all
	}
	add("name", s.VM.Name)
	add("directory", s.directory())
	if s.VM.Current != nil {
		add("current", s.VM.Current.Path)
	}
	if s.VM.BootedFrom != nil {
		add("booted", s.VM.BootedFrom.Path)
	}
	if dir := s.VM.Directory; dir != nil && dir.Flake != nil {
		add("flake", model.MaskedFlake(dir.Flake.Ref))
	}
	return all
}

func (s *Subject) ofFinding() []Copyable {
	all := []Copyable{{"name", s.Finding.Subject.Name}, {"rule", model.Raw(s.Finding.Rule)}}
	for _, line := range s.Finding.Advice {
		all = append(all, Copyable{"advice", line})
	}
	return all
}
