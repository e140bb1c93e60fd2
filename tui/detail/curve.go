package detail

import (
	"math"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
)

// Curve draws the newest values that have room, the greatest of all the
// highest. Where nothing ever was it draws nothing: it would only move.
func Curve(values []float64, cells int, g styles.Glyphs) (drawn text.SafeText, greatest float64) {
	values = values[max(0, len(values)-cells):]
	for _, v := range values {
		greatest = max(greatest, v)
	}
	if len(values) < 2 || greatest <= 0 {
		return "", 0
	}
	for _, v := range values {
		level := int(math.Ceil(max(0, v) / greatest * float64(len(g.Levels)-1)))
		drawn += text.Safe(g.Levels[level])
	}
	return drawn, greatest
}

// writeCurve adds a curve, and what its top is.
func writeCurve(d *draw.Document, c *scene.UsageHistory, of func(scene.UsageSample) float64, write func(float64) text.SafeText) {
	room := d.Cells - 2
	if d.Cells >= draw.NarrowCells {
		room = d.Cells - draw.LabelCells - 2
	}
	if drawn, greatest := Curve(c.Values(of), room, d.Glyphs); drawn != "" {
		d.Field("", styles.Accent, drawn+" at most "+write(greatest))
	}
}
