package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
)

// Copying names and paths to the terminal's clipboard.

// copyable is something to copy, and what it is.
type copyable struct {
	what model.SafeText
	text model.Raw
}

// copyables are what there is to copy: of a list, the name under the cursor;
// of a page, all that its open tab names.
func (a *App) copyables() []copyable {
	if a.page == pageDetail {
		return distinct(a.detail.copyables())
	}
	ref, ok := a.listed().Selected()
	if !ok {
		return nil
	}
	if f := a.shot.Finding(ref); f != nil {
		return distinct([]copyable{{"name", f.Subject.Name}})
	}
	if e := a.shot.Entry(ref); e != nil {
		return distinct([]copyable{{"name", e.Name}})
	}
	return distinct([]copyable{{"name", ref.Name}})
}

// distinct leaves out what is unknown, and what is there already.
func distinct(all []copyable) []copyable {
	var some []copyable
	seen := map[model.Raw]bool{"": true}
	for _, c := range all {
		if !seen[c.text] {
			seen[c.text] = true
			some = append(some, c)
		}
	}
	return some
}

func (d *detail) copyables() []copyable {
	s := &d.about
	switch {
	case s.vm != nil:
		return s.ofVM(d.tabs()[d.tab].title)
	case s.finding != nil:
		return s.ofFinding()
	case s.leftover != nil:
		return []copyable{{"name", s.leftover.Ref.Name}, {"target", s.leftover.Stamp.Target}}
	case s.operation != nil:
		return []copyable{{"id", model.Raw(s.operation.ID)}}
	case s.entry != nil:
		return []copyable{{"name", s.entry.Name}, {"id", model.Raw(s.entry.ID)}, {"directory", s.entry.Place}, {"was at", s.entry.From}}
	}
	return nil
}

// ofVM is what a tab of a VM names; what names nothing else names the VM.
func (s *subject) ofVM(tab model.SafeText) []copyable {
	var all []copyable
	add := func(what model.SafeText, text model.Raw) { all = append(all, copyable{what, text}) }
	switch tab {
	case "units":
		for _, u := range s.vm.Units {
			add("unit", u.Unit.Name)
		}
	case "interfaces":
		for _, i := range s.vm.Interfaces {
			add("interface", i.Name)
			add("MAC", i.MAC)
			add("bridge", i.Master)
		}
	case "shares":
		for _, share := range s.ways.Shares() {
			add("source", share.Path)
		}
	case "volumes":
		for _, v := range s.vm.Volumes {
			add("volume", s.absolute(v.Path))
		}
	case generationsTab:
		for _, g := range generationsOf(s.vm) {
			add(g.what, g.runner)
		}
	}
	if len(all) > 0 {
		return all
	}
	add("name", s.vm.Name)
	add("directory", s.directory())
	if s.vm.Current != nil {
		add("current", s.vm.Current.Path)
	}
	if s.vm.BootedFrom != nil {
		add("booted", s.vm.BootedFrom.Path)
	}
	if dir := s.vm.Directory; dir != nil && dir.Flake != nil {
		add("flake", model.MaskedFlake(dir.Flake.Ref))
	}
	return all
}

func (s *subject) ofFinding() []copyable {
	all := []copyable{{"name", s.finding.Subject.Name}, {"rule", model.Raw(s.finding.Rule)}}
	for _, line := range s.finding.Advice {
		all = append(all, copyable{"advice", line})
	}
	return all
}

// copyName copies what there is to copy, or asks what.
func (a *App) copyName() tea.Cmd {
	switch all := a.copyables(); len(all) {
	case 0:
		return a.warn("Copy: nothing is selected")
	case 1:
		return a.copyOut(all[0])
	}
	a.openDialog(&menu{about: "Copy", choices: a.copyChoices(), from: (*App).copyChoices})
	return nil
}

func (a *App) copyChoices() []choice {
	var choices []choice
	for _, c := range a.copyables() {
		choices = append(choices, choice{
			text: c.what + ": " + model.Safe(c.text),
			run:  func(a *App) tea.Cmd { return a.copyOut(c) },
		})
	}
	return choices
}

// copyOut hands a text to the terminal, and tells what was handed over. A
// terminal gives no answer.
func (a *App) copyOut(c copyable) tea.Cmd {
	text := model.Safe(c.text)
	a.screen.Copy(string(text))
	said := model.Safe(model.Raw(fmt.Sprintf("Copied %d bytes to the terminal's clipboard: ", len(text)))) + text
	if string(text) != string(c.text) {
		return a.warn(said + " (as shown: it has characters that cannot be copied)")
	}
	return a.tell(message{Role: styles.Good, Text: said})
}
