package scene

import (
	"time"

	"microtui/model"
)

// UsageHistory is how CPU and traffic of a VM went of late: means over equal parts of
// time, so that a look at the host that comes early moves nothing.
type UsageHistory struct {
	Samples []UsageSample // the newest last
}

// UsageSample is a part of the time. What is not known in it is negative.
type UsageSample struct {
	from    time.Time
	Looks   int     // at the host, in this part
	CPU     float64 // percent of a core
	Traffic float64 // bytes a second, both ways
}

// How much of the past is kept, and in which parts.
const (
	MaxSamples = 30
	SampleTime = 4 * time.Second
)

// Add adds what a look at the host found.
func (c *UsageHistory) Add(at time.Time, length time.Duration, rate model.Rate) {
	traffic := rate.RxPerSecond
	if rate.RxPerSecond != nil && rate.TxPerSecond != nil {
		both := *rate.RxPerSecond + *rate.TxPerSecond
		traffic = &both
	}
	if rate.CPUPercent == nil && traffic == nil {
		return
	}
	from := at.Truncate(length)
	if n := len(c.Samples); n == 0 || !c.Samples[n-1].from.Equal(from) {
		c.Samples = append(c.Samples, UsageSample{from: from, CPU: -1, Traffic: -1})
		c.Samples = c.Samples[max(0, len(c.Samples)-MaxSamples):]
	}
	now := &c.Samples[len(c.Samples)-1]
	now.Looks++
	now.CPU, now.Traffic = mean(now.CPU, rate.CPUPercent, now.Looks), mean(now.Traffic, traffic, now.Looks)
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

// Values are one figure of a course. Where it is not known it was nothing.
func (c *UsageHistory) Values(of func(UsageSample) float64) []float64 {
	if c == nil {
		return nil
	}
	values := make([]float64, len(c.Samples))
	for i, p := range c.Samples {
		values[i] = of(p)
	}
	return values
}
