package nix

import (
	"context"
	"io"

	"microtui/model"
)

// reader reads nix's log.
type reader struct {
	lineWriter
	words   *words
	tracker *tracker
	teller  *teller
	// temporary is the folder for temporary files; empty: the usual one.
	temporary string
}

func newReader(flake model.Raw, tell func(Progress), output func(model.Raw)) *reader {
	r := &reader{words: newWords(flake, output), tracker: newTracker(), teller: newTeller(tell)}
	r.take = r.line
	return r
}

func (r *reader) line(line []byte) {
	e, ok := parseEvent(line)
	if !ok {
		r.words.other(line)
		return
	}
	r.words.take(e)
	r.tracker.take(e)
	if r.teller != nil {
		p := r.tracker.progress()
		p.Activity = r.words.clean(string(p.Activity))
		r.teller.take(p)
	}
}

// run runs nix with its log read. An error is a [Failure], or that ctx ended.
func (r *reader) run(ctx context.Context, p *Program, args, caller []string, stdout io.Writer) error {
	err := p.runIn(ctx, r.temporary, args, caller, stdout, r)
	r.end()
	r.teller.end()
	if err != nil && ctx.Err() == nil {
		return r.words.failure(err)
	}
	return err
}
