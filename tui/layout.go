package tui

// The smallest screen that is worth showing anything on.
const (
	leastWidth  = 20
	leastHeight = 5
)

// span is some lines of the screen, from the top.
type span struct{ y, height int }

// plan says which part of the page gets which lines. A part without room has
// no height.
type plan struct {
	header  span // the host and its figures
	alert   span // what is wrong with the data
	heading span // column titles, or tabs
	body    span
	status  span // keys, or the prompt
}

// layout divides a screen of so many lines. Where lines are few the body
// keeps at least one, and a fault is told before column titles are shown.
func layout(height int, alert bool) plan {
	var p plan
	y, free := 0, height-1
	take := func(wanted bool) span {
		if !wanted || free < 1 {
			return span{y: y}
		}
		s := span{y, 1}
		y, free = y+1, free-1
		return s
	}
	p.header = take(true)
	hasStatus := free > 0
	if hasStatus {
		free--
	}
	p.alert = take(alert)
	p.heading = take(true)
	p.body = span{y, free + 1}
	if hasStatus {
		p.status = span{y + p.body.height, 1}
	}
	return p
}
