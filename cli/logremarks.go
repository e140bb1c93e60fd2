package cli

import (
	"fmt"
	"time"

	"microtui/model"
	"microtui/model/text"
)

// remarkPace is the shortest time between two lines about one log.
const remarkPace = time.Second

// remark tells on standard error what changed about a log: why no line comes
// now, where lines may be missing, and how many were lost.
func (c *logCopy) remark(batch model.LogBatch) {
	if batch.Gap && c.json && len(batch.Entries) > 0 {
		c.say(text.Safef("%s: lines may be missing before %s", c.about, batch.Entries[0].Cursor))
	}
	if c.follow && batch.Fault != c.fault && batch.Fault != "" {
		c.say(text.Safef("%s: %s", c.about, batch.Fault))
	}
	if c.follow && batch.Empty != c.empty && batch.Empty != "" {
		c.say(text.Safef("%s: %s", c.about, batch.Empty))
	}
	c.fault, c.empty = batch.Fault, batch.Empty
	c.count(batch.Counters, false)
}

// countWords say what each counter counts.
var countWords = []struct {
	of   func(model.LogCounters) uint64
	text string
}{
	{func(n model.LogCounters) uint64 { return n.Dropped }, "dropped: output could not keep up"},
	{func(n model.LogCounters) uint64 { return n.Suppressed }, "suppressed by journald's rate limit"},
	{func(n model.LogCounters) uint64 { return n.Cut }, "shortened"},
}

// count tells how many lines are missing, when that has grown.
func (c *logCopy) count(now model.LogCounters, last bool) {
	c.newest = now
	if !last && time.Since(c.toldAt) < remarkPace {
		return
	}
	for _, w := range countWords {
		if n := w.of(now); n > w.of(c.told) {
			c.say(text.Safe(fmt.Sprintf("%s: %s %s", c.about, model.Counted(n, "line"), w.text)))
			c.toldAt = time.Now()
		}
	}
	c.told = now
}
