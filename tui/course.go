package tui

import (
	"math"
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
)

// course is how CPU and traffic of a VM went of late: means over equal parts of
// time, so that a look at the host that comes early moves nothing.
type course struct {
	parts []part // the newest last
}

// part is a part of the time. What is not known in it is negative.
type part struct {
	from    time.Time
	looks   int     // at the host, in this part
	cpu     float64 // percent of a core
	traffic float64 // bytes a second, both ways
}

const (
	courseParts = 30
	partTime    = 4 * time.Second
)

// add adds what a look at the host found.
func (c *course) add(at time.Time, length time.Duration, rate model.Rate) {
	traffic := rate.RxPerSecond
	if rate.RxPerSecond != nil && rate.TxPerSecond != nil {
		both := *rate.RxPerSecond + *rate.TxPerSecond
		traffic = &both
	}
	if rate.CPUPercent == nil && traffic == nil {
		return
	}
	from := at.Truncate(length)
	if n := len(c.parts); n == 0 || !c.parts[n-1].from.Equal(from) {
		c.parts = append(c.parts, part{from: from, cpu: -1, traffic: -1})
		c.parts = c.parts[max(0, len(c.parts)-courseParts):]
	}
	now := &c.parts[len(c.parts)-1]
	now.looks++
	now.cpu, now.traffic = mean(now.cpu, rate.CPUPercent, now.looks), mean(now.traffic, traffic, now.looks)
}

func mean(before float64, now *float64, looks int) float64 {
	switch {
	case now == nil:
		return before
	case before < 0:
		return *now
	}
	return before + (*now-before)/float64(looks)
}

// chart adds a snapshot to the courses of its VMs, and drops those of others.
func (a *App) chart(shot snapshot) {
	if shot.held {
		return
	}
	length := max(partTime, a.options.Interval)
	courses := make(map[model.Raw]*course, len(shot.rates))
	for name, rate := range shot.rates {
		c := a.courses[name]
		if c == nil {
			c = &course{}
		}
		c.add(shot.inventory.At, length, rate)
		courses[name] = c
	}
	a.courses = courses
}

// curve draws the newest values that have room, the greatest of all the
// highest. Where nothing ever was it draws nothing: it would only move.
func curve(values []float64, cells int, g styles.Glyphs) (drawn model.SafeText, greatest float64) {
	values = values[max(0, len(values)-cells):]
	for _, v := range values {
		greatest = max(greatest, v)
	}
	if len(values) < 2 || greatest <= 0 {
		return "", 0
	}
	for _, v := range values {
		level := int(math.Ceil(max(0, v) / greatest * float64(len(g.Levels)-1)))
		drawn += model.Safe(model.Raw(g.Levels[level]))
	}
	return drawn, greatest
}

// values are one figure of a course. Where it is not known it was nothing.
func (c *course) values(of func(part) float64) []float64 {
	if c == nil {
		return nil
	}
	values := make([]float64, len(c.parts))
	for i, p := range c.parts {
		values[i] = of(p)
	}
	return values
}

// writeCurve adds a curve, and what its top is.
func writeCurve(d *draw.Document, c *course, of func(part) float64, write func(float64) model.SafeText) {
	room := d.Cells - 2
	if d.Cells >= draw.NarrowCells {
		room = d.Cells - draw.LabelCells - 2
	}
	if drawn, greatest := curve(c.values(of), room, d.Glyphs); drawn != "" {
		d.Field("", styles.Accent, drawn+" at most "+write(greatest))
	}
}
