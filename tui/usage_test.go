package tui

import (
	"strings"
	"testing"
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/scene"
)

// busyAfter is the host after so many seconds, api having used so much of a core in
// each.
func busyAfter(seconds int, usec, bytes uint64) model.Inventory {
	i := inventory(vm("api"), vm("idle"))
	i.At = now.Add(time.Duration(seconds) * time.Second)
	i.VMs[0].CPUUsec, i.VMs[0].RxBytes = ptr(1_000_000+usec), ptr(1000+bytes)
	return i
}

func TestCurveOfAVM(t *testing.T) {
	for name, test := range map[string]struct {
		caps TerminalCaps
		cpu  string
		net  string
	}{
		"unicode": {TerminalCaps{}, "▁▂▃▄▅▆▇█ at most 70.0 %", "▁▂▃▄▅▆▇█ at most 700"},
		"ascii":   {TerminalCaps{ASCII: true}, "_.-=+*%# at most 70.0 %", "_.-=+*%# at most 700"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, 80, 24, Options{Terminal: test.caps})
			s.observe(busyAfter(-4, 0, 0))
			s.press("enter")
			var usec, bytes uint64
			for n := range uint64(8) {
				usec, bytes = usec+n*400_000, bytes+n*400
				s.observe(busyAfter(int(n)*4, usec, bytes))
			}
			s.shows(test.cpu)
			s.shows(test.net)
		})
	}
}

func TestCurveMovesOnlyWhereSomethingHappens(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(busyAfter(-4, 0, 0))
	s.observe(busyAfter(0, 0, 0))
	s.press("j", "enter")
	s.shows("0.0 %")
	shown := s.paper.shown
	for n := range 40 {
		s.observe(busyAfter(4+n*4, uint64(n)*1000, 0)) // of the other VM
	}
	if s.paper.shown != shown {
		t.Errorf("%d frames about a VM that does nothing:\n%s", s.paper.shown-shown, s.screen())
	}
	s.hides("at most")
}

func TestCourseKeepsTwoMinutes(t *testing.T) {
	var c scene.UsageHistory
	for second := range 600 {
		c.Add(now.Add(time.Duration(second)*time.Second), scene.SampleTime, model.Rate{CPUPercent: ptr(float64(second))})
	}
	if n := len(c.Samples); n != scene.MaxSamples || c.Samples[n-1].Looks > 4 || c.Samples[n-1].CPU < 595 || c.Samples[n-1].Traffic >= 0 {
		t.Errorf("%d parts, the last %+v", n, c.Samples[n-1])
	}
	c.Add(now.Add(time.Hour), scene.SampleTime, model.Rate{})
	if len(c.Samples) != scene.MaxSamples || c.Samples[scene.MaxSamples-1].CPU < 0 {
		t.Error("what is not known was added")
	}
	if drawn, _ := detail.Curve(c.Values(func(p scene.UsageSample) float64 { return p.CPU }), 10, styles.Unicode()); strings.Count(string(drawn), "")-1 != 10 {
		t.Errorf("%q is not what has room", drawn)
	}
}

func TestCoursesOfVMsThatWentAreDropped(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(busyAfter(-4, 0, 0))
	s.observe(busyAfter(0, 0, 0))
	if len(s.usage) != 2 {
		t.Fatalf("%d courses", len(s.usage))
	}
	for n := range 2 {
		i := inventory(vm("api"))
		i.At = now.Add(time.Duration(4+n) * time.Second)
		s.observe(i)
	}
	if len(s.usage) != 1 {
		t.Errorf("%d courses", len(s.usage))
	}
}
