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
		return "it is no VM"
	case len(detail.Pairs(a.detail.About.VM)) == 0:
		return "all that is there is the same runner"
	}
	return ""
}
