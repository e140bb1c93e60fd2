package demo

import (
	"slices"

	"microtui/model"
)

// mostLives is how many ended lives of a unit are observed.
const mostLives = 8

// observedLives are what the journal tells of the units whose lives are worth a
// look: those of crash loops. A unit's counter of restarts is right here, so
// they need not be whole.
func (h *Host) observedLives(o *model.Observation) []model.UnitLives {
	var all []model.UnitLives
	for _, unit := range model.WorthLives(o) {
		_, name, _ := model.ParseUnitName(unit)
		at := slices.IndexFunc(o.Units, func(u model.Unit) bool { return u.Name == unit })
		lives := model.UnitLives{Unit: unit, Invocation: o.Units[at].Properties.Invocation}
		for _, l := range h.diary(name).lives {
			if l.boot == h.bootID && !l.ended.IsZero() {
				lives.Ended = append(lives.Ended, l.observed())
			}
		}
		lives.Ended = lives.Ended[max(0, len(lives.Ended)-mostLives):]
		if len(lives.Ended) >= 3 { // else it is told by its properties
			all = append(all, lives)
		}
	}
	return all
}

// observed is a life as the journal tells of it.
func (l life) observed() model.Life {
	out := model.Life{Began: l.began, Ended: l.ended, Result: "success"}
	switch l.how {
	case shutDown:
		out.Asked = true
	case crashed:
		out.Result, out.Code, out.Status = "exit-code", "exited", l.status
		for _, text := range lastWords {
			out.Said = append(out.Said, model.Raw(text))
		}
	case killed:
		out.Result, out.Code, out.Status, out.Asked = "signal", "killed", 9, true
	}
	return out
}
