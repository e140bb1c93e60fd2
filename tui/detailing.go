package tui

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/detail"
	"microtui/tui/intent"
	"microtui/tui/scene"
)

// turn opens another tab, around the ends.
func (a *App) turn(by int) {
	n := len(a.detail.Tabs())
	a.detail.Tab = (a.detail.Tab + by + n) % n
	a.detail.Scroll.Top = 0
}

// compare opens the tab of generations, and compares what was not compared.
func (a *App) compare() intent.Intent {
	if why := a.whyNotCompare(); why != "" {
		return intent.Warn("Compare: " + why)
	}
	a.turnTo(detail.GenerationsTab)
	q := a.closures
	var wanted []model.Comparison
	for _, c := range detail.Pairs(a.detail.About.VM) {
		known := slices.ContainsFunc(q.Known, func(d scene.Difference) bool { return d.Comparison == c && d.Err == nil })
		if !known && !slices.Contains(q.Asked, c) {
			wanted = append(wanted, c)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	q.Asked = append(q.Asked, wanted...)
	return intent.Compare{Wanted: wanted}
}

func (a *App) whyNotCompare() text.SafeText {
	switch {
	case a.operator == nil:
		return a.NoOperator()
	case a.detail.About.VM == nil:
		return "not a VM"
	case len(detail.Pairs(a.detail.About.VM)) == 0:
		return "there is only one runner"
	}
	return ""
}

// about is all that is known of a thing.
func (a *App) about(ref model.Ref) detail.Subject {
	s := detail.Subject{
		VM: a.Shot.VM(ref), Leftover: a.Shot.Leftover(ref), Entry: a.Shot.Entry(ref), Finding: a.Shot.Finding(ref),
		Closures: a.closures, Shot: a.Shot, Now: a.Work.Now,
	}
	if s.VM != nil {
		s.Usage = a.usage[ref.Name]
		s.Connectivity = a.connectivityOf(ref.Name)
	}
	s.Fix = a.fixing(s.Finding)
	if ref.Kind == scene.KindOperation {
		s.Operation, s.Output = a.Work.Operation(string(ref.Name)), &a.output
	}
	return s
}

// recordUsage adds a snapshot to the usage history of its VMs, and drops those of others.
func (a *App) recordUsage(shot scene.Snapshot) {
	if shot.Held {
		return
	}
	length := max(scene.SampleTime, a.options.Interval)
	histories := make(map[model.Raw]*scene.UsageHistory, len(shot.Rates))
	for name, rate := range shot.Rates {
		c := a.usage[name]
		if c == nil {
			c = &scene.UsageHistory{}
		}
		c.Add(shot.Inventory.At, length, rate)
		histories[name] = c
	}
	a.usage = histories
}

// connectivityOf are the ways into a VM on the host as it is shown.
func (a *App) connectivityOf(vm model.Raw) *scene.Connectivity {
	if a.connectivity == nil || a.connectivity.VM != vm {
		a.connectivity = &scene.Connectivity{Inventory: a.Shot.Inventory, VM: vm}
	}
	return a.connectivity
}

// turnTo opens a tab of the page by its title.
func (a *App) turnTo(title text.SafeText) {
	for at, t := range a.detail.Tabs() {
		if t.Title == title && at != a.detail.Tab {
			a.detail.Tab, a.detail.Scroll.Top = at, 0
		}
	}
}
