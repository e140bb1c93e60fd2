package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/model/doctor"
	"microtui/tui/logview"
	"microtui/tui/scene"
	"microtui/tui/screentest"
)

var crowds = []int{20, 300, 1000}

// A refresh with five changed figures: what the event loop does, from the
// inventory to the frame.
func BenchmarkRefresh(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newStage(b, 120, 40, Options{})
			inventories := [2]model.Inventory{many(n), many(n)}
			for i := range 5 {
				inventories[1].VMs[i*3].Memory = ptr(uint64(5 << 30))
			}
			s.observe(inventories[0])
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				shot := s.Shot
				shot.Inventory = inventories[i%2]
				s.send(snapshotMsg{shot})
			}
		})
	}
}

// What the command that waits for data does, off the event loop: with the
// doctor, and without it, which shows what the doctor costs.
func BenchmarkInterpret(b *testing.B) {
	for _, way := range []struct {
		name      string
		interpret func(model.Observation) model.Inventory
	}{{"doctor", doctor.Interpret}, {"model", model.Interpret}} {
		for _, n := range crowds {
			b.Run(fmt.Sprintf("%s/%d", way.name, n), func(b *testing.B) {
				var shot scene.Snapshot
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					o := observe(i, n)
					shot = shot.Advance(way.interpret(o), o.At)
				}
			})
		}
	}
}

// What the event loop does for the page about a VM that is open, at each
// refresh.
func BenchmarkDetail(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newStage(b, 120, 40, Options{})
			s.observe(doctor.Interpret(observe(0, n)))
			s.press("enter")
			b.ReportAllocs()
			for b.Loop() {
				s.send(snapshotMsg{s.Shot})
			}
		})
	}
}

// A cursor move: from the key to the frame.
func BenchmarkKey(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newStage(b, 120, 40, Options{})
			s.observe(many(n))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.press([]string{"j", "k"}[i%2])
			}
		})
	}
}

// Bytes to the terminal and time until they are there, through a real pty:
// for a refresh with five changed figures, and for a cursor move.
func BenchmarkTerminal(b *testing.B) {
	for _, n := range crowds {
		s := screentest.Start(b, 120, 40, theProgram(fmt.Sprintf("five of %d", n)))
		s.WaitFor(fmt.Sprintf("%d VMs", n))
		b.Run(fmt.Sprintf("refresh/%d", n), func(b *testing.B) {
			before := len(s.Raw())
			for i := 1; b.Loop(); i++ {
				written := len(s.Raw())
				s.Type("R")
				s.Wait("bytes", func(string) bool { return len(s.Raw()) > written })
			}
			b.ReportMetric(float64(len(s.Raw())-before)/float64(b.N), "B/op-terminal")
		})
		b.Run(fmt.Sprintf("key/%d", n), func(b *testing.B) {
			before := len(s.Raw())
			for i := 0; b.Loop(); i++ {
				written := len(s.Raw())
				s.Type([]string{"j", "k"}[i%2])
				s.Wait("bytes", func(string) bool { return len(s.Raw()) > written })
			}
			b.ReportMetric(float64(len(s.Raw())-before)/float64(b.N), "B/op-terminal")
		})
	}
}

// A cursor move through a real pty, from the key to what the terminal shows,
// with 1,000 VMs that are observed every two seconds and a log below the table
// that comes at full speed.
func BenchmarkKeyUnderFlood(b *testing.B) {
	s := screentest.Start(b, 120, 40, theProgram("flood of 1000"))
	s.WaitFor("1000 VMs")
	f := measureKeys(b, s, [2]string{"node-0000", "node-0001"}, 5*time.Second, b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(f.times)), "keys")
	b.ReportMetric(float64(f.lines)/f.took.Seconds(), "lines/s")
	for name, n := range map[string]int{"p50-ms": 50, "p99-ms": 99, "max-ms": 100} {
		b.ReportMetric(f.percentile(n).Seconds()*1000, name)
	}
}

// A batch of a flood (100,000 lines a second, 20 batches): from the message to
// the frame.
func BenchmarkLogBatch(b *testing.B) {
	for _, size := range []int{1, 5000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			th := newTheatre(b, 120, 40, Options{})
			th.observe(hostel())
			th.journalOf(1)
			th.loaded()
			batch := model.LogBatch{Entries: counted(0, size)}
			for i := range batch.Entries {
				batch.Entries[i].Message = floodText
			}
			b.ReportAllocs()
			for b.Loop() {
				th.send(batchMsg{from: &logReader{number: 1, log: noLog{}}, batch: batch})
			}
		})
	}
}

// A key in a log of 10,000 lines: up a row and down again, and a search
// through all of it for what is not there.
func BenchmarkLogKey(b *testing.B) {
	th := newTheatre(b, 120, 40, Options{})
	th.observe(hostel())
	th.journalOf(1)
	th.loaded()
	th.send(batchMsg{from: &logReader{number: 1, log: noLog{}}, batch: model.LogBatch{Entries: counted(0, logview.MaxLines)}})
	th.App.log.Complete = true
	b.Run("move", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			th.stage.press([]string{"k", "j"}[i%2])
		}
	})
	b.Run("search", func(b *testing.B) {
		th.App.log.Search.Set("not there")
		th.App.log.SearchChanged()
		for b.Loop() {
			th.stage.press("N")
		}
	})
}

// Nothing is written while nothing changes on the host: a hundred
// observations cost as many bytes as the one figure that differs in the last.
func TestNothingIsWrittenWhileNothingChanges(t *testing.T) {
	s := screentest.Start(t, 120, 40, theProgram("idle"))
	s.Wait("the rates that the second observation gave, to the last row", func(screen string) bool {
		return strings.Contains(screentest.Line(screen, "vm-019"), "0.0 %")
	})
	before := len(s.Raw())
	s.WaitFor("777M")
	if written := s.Raw()[before:]; len(written) > 60 {
		t.Errorf("%d bytes were written: %q", len(written), written)
	}
	if full := strings.Count(s.Raw(), "\x1b[2J"); full != 1 {
		t.Errorf("%d full repaints", full)
	}
}

// A cursor move on a host that carries out operations: the hints ask of each
// VM what can be done to it.
func BenchmarkKeyWithOperations(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newStage(b, 200, 40, Options{})
			s.App.operator, s.Limits.NoOperations = demo.Open(1), false
			s.observe(model.Interpret(observe(0, n)))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Take(s.Shot) // whose reasons nobody has asked for
				s.Shots--      // and whose rows are those that are shown
				s.press([]string{"j", "k"}[i%2])
			}
		})
	}
}
