package nix

import (
	"fmt"
	"strings"

	"microtui/model"
)

// Progress is how far nix is.
type Progress struct {
	Built, Building, Builds uint64 // derivations: done, being done, in all
	Copied, Copies          uint64 // store paths from elsewhere
	Fetched, Fetches        uint64 // bytes downloaded; Fetches 0: unknown
	// Activity is what nix is at: the name of what it builds or copies, or its
	// own words.
	Activity model.Raw
}

// String says it in a line: "building 3 of 12: foo-1.2".
func (p Progress) String() string {
	var parts []string
	if p.Built < p.Builds {
		parts = append(parts, fmt.Sprintf("building %d of %d", min(p.Built+max(p.Building, 1), p.Builds), p.Builds))
	}
	switch {
	case p.Fetched < p.Fetches:
		parts = append(parts, fmt.Sprintf("downloading %s of %s", model.FormatBytes(p.Fetched), model.FormatBytes(p.Fetches)))
	case p.Copied < p.Copies:
		parts = append(parts, fmt.Sprintf("copying %d of %d", min(p.Copied+1, p.Copies), p.Copies))
	}
	if p.Activity != "" {
		parts = append(parts, string(p.Activity))
	}
	if len(parts) == 0 {
		return "evaluating"
	}
	if last := len(parts) - 1; last > 0 && p.Activity != "" {
		return strings.Join(parts[:last], ", ") + ": " + parts[last]
	}
	return strings.Join(parts, ", ")
}

// maxActivities is how many activities are followed at once; nix has as many
// as builders and connections.
const maxActivities = 10_000

// tracker adds up what nix tells, as nix's own progress bar does
// (src/libmain/progress-bar.cc).
type tracker struct {
	activities map[uint64]*activity
	ended      map[int]uint64 // done by activities that ended, by type
	expected   map[int]uint64 // what others expect of a type
	newest     uint64         // counts activities
}

type activity struct {
	kind     int
	doing    model.Raw // empty: nothing to tell
	order    uint64
	done     uint64
	expected uint64
	running  uint64
	expects  map[int]uint64
}

func newTracker() *tracker {
	return &tracker{activities: map[uint64]*activity{}, ended: map[int]uint64{}, expected: map[int]uint64{}}
}

// take takes an event into account.
func (t *tracker) take(e event) {
	switch a := t.activities[e.ID]; {
	case e.Action == actionStart && a == nil && len(t.activities) < maxActivities:
		t.newest++
		t.activities[e.ID] = &activity{kind: e.Type, doing: doing(e), order: t.newest}
	case a == nil:
	case e.Action == actionStop:
		t.ended[a.kind] += a.done
		for kind, n := range a.expects {
			t.expected[kind] -= n
		}
		delete(t.activities, e.ID)
	case e.Action == actionResult && e.Type == resProgress:
		a.done, a.expected, a.running = e.number(0), e.number(1), e.number(2)
	case e.Action == actionResult && e.Type == resSetExpected && len(a.expects) < maxActivities:
		kind := int(e.number(0))
		if a.expects == nil {
			a.expects = map[int]uint64{}
		}
		t.expected[kind] += e.number(1) - a.expects[kind]
		a.expects[kind] = e.number(1)
	}
}

// doing says what a new activity does.
func doing(e event) model.Raw {
	switch {
	case e.Type == actBuild, e.Type == actSubstitute, e.Type == actCopyPath:
		return model.Raw(nameInStore(e.text()))
	case e.Level <= levelTalk:
		return model.Raw(strings.TrimSuffix(e.Text, "..."))
	}
	return ""
}

// progress is how far it is now.
func (t *tracker) progress() Progress {
	var p Progress
	var running uint64
	p.Built, p.Builds, p.Building = t.sum(actBuilds)
	p.Copied, p.Copies, _ = t.sum(actCopyPaths)
	p.Fetched, p.Fetches, _ = t.sum(actFileTransfer)
	for _, a := range t.activities {
		isPart := a.kind == actFileTransfer && p.Copies > 0 // of a copy, which is told of
		if a.doing != "" && !isPart && a.order > running {
			running, p.Activity = a.order, a.doing
		}
	}
	return p
}

func (t *tracker) sum(kind int) (done, expected, running uint64) {
	done = t.ended[kind]
	expected = done
	for _, a := range t.activities {
		if a.kind == kind {
			done, expected, running = done+a.done, expected+a.expected, running+a.running
		}
	}
	return done, max(expected, t.expected[kind]), running
}
