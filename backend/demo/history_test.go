package demo_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"microtui/backend/demo"
	"microtui/model"
)

// history is a host and what happens to it. It can be played again, and with
// moves left out: each move draws from its own seed.
type history struct {
	settings demo.Settings
	names    []model.Raw
	steps    []step
	sight    demo.Sight // of the observer at the end
}

type step struct {
	move int
	seed uint64
}

// newHistory draws 5 to 60 moves.
func newHistory(seed uint64) history {
	r := rand.New(rand.NewPCG(seed, 1))
	hs := history{settings: demo.Settings{
		Seed:    seed,
		Version: demo.Version{StopsRemoved: r.IntN(2) == 0, LeaksTaps: r.IntN(3) == 0},
		Place:   demo.StateDirPlace(r.IntN(3)),
	}}
	from := r.IntN(len(names))
	for i := range 3 + r.IntN(4) {
		hs.names = append(hs.names, names[(from+i)%len(names)])
	}
	for range 5 + r.IntN(56) {
		hs.steps = append(hs.steps, step{heavy[r.IntN(len(heavy))], r.Uint64()})
	}
	switch r.IntN(8) {
	case 0:
		hs.sight.Unprivileged = true
	case 1:
		hs.sight.Failed = []model.Source{sources[r.IntN(len(sources))]}
	}
	return hs
}

var sources = []model.Source{
	model.SourceSystemd, model.SourceSystems, model.SourceStateDir, model.SourceRunners, model.SourceGCRoots, model.SourceNetwork,
	model.SourceNetdevs, model.SourceProcesses, model.SourceHolders, model.SourceUsage, model.SourceKeep, model.SourceHost,
}

// play lets it happen and calls visit after each move.
func (hs history) play(visit func(i int, h *demo.Host, args string, did bool)) {
	h := demo.NewHost(hs.settings)
	var source rand.PCG
	c := chance{rand.New(&source), hs.names}
	for i, s := range hs.steps {
		source.Seed(s.seed, 2)
		args, did := moves[s.move].do(h, c)
		visit(i, h, args, did)
	}
}

// violation is a rule that says something else than the truth.
type violation struct {
	claim   demo.Claim
	verdict model.Verdict // empty: not listed
	said    []model.Raw
}

// class is what violations of the same cause share.
func (v violation) class() string {
	promise := "no claim to it"
	switch {
	case v.claim.Wanted:
		promise = "wanted"
	case v.claim.Proven:
		promise = "proven"
	}
	return fmt.Sprintf("%s %s: %s; verdict %q", promise, v.claim.Ref.Kind, v.claim.Why, v.verdict)
}

// judge holds an inventory against the truth. An observer who does not see
// everything need not find leftovers; nobody may call a wanted thing one.
func judge(claims []demo.Claim, in model.Inventory, seesAll bool) []violation {
	type said struct {
		verdict  model.Verdict
		evidence []model.Raw
	}
	verdicts := make(map[model.Ref]said, len(in.VMs)+len(in.Leftovers))
	for _, v := range in.VMs {
		verdicts[v.Ref()] = said{v.Verdict, v.Evidence}
	}
	for _, l := range in.Leftovers {
		verdicts[l.Ref] = said{l.Verdict, l.Evidence}
	}
	var wrong []violation
	for _, c := range claims {
		s := verdicts[c.Ref]
		orphan := s.verdict == model.VerdictOrphan
		if c.Wanted && orphan || c.Proven && seesAll && !orphan {
			wrong = append(wrong, violation{c, s.verdict, s.evidence})
		}
		delete(verdicts, c.Ref)
	}
	for ref, s := range verdicts {
		if s.verdict == model.VerdictOrphan {
			wrong = append(wrong, violation{demo.Claim{Ref: ref, Why: "the host knows no such thing"}, s.verdict, s.evidence})
		}
	}
	return wrong
}

// look judges a host as an observer sees it.
func look(h *demo.Host, sight demo.Sight) ([]demo.Claim, []violation) {
	claims := h.Truth()
	seesAll := !sight.Unprivileged && len(sight.Failed) == 0
	return claims, judge(claims, model.Interpret(h.ObserveWith(sight)), seesAll)
}

// shrink leaves moves out as long as the violation stays, and gives what is
// left with the violation.
func (hs history) shrink(class string) (history, violation) {
	found := func(try history) (at int, v violation, ok bool) {
		try.play(func(i int, h *demo.Host, _ string, _ bool) {
			if ok {
				return
			}
			_, wrong := look(h, try.sight)
			for _, w := range wrong {
				if w.class() == class {
					at, v, ok = i, w, true
				}
			}
		})
		return at, v, ok
	}
	at, last, ok := found(hs)
	if !ok {
		return hs, last
	}
	hs.steps = hs.steps[:at+1]
	for shorter := true; shorter; {
		shorter = false
		for i := len(hs.steps) - 1; i >= 0; i-- {
			try := hs
			try.steps = append(append([]step{}, hs.steps[:i]...), hs.steps[i+1:]...)
			if at, v, ok := found(try); ok {
				try.steps = try.steps[:at+1]
				hs, last, shorter = try, v, true
				break
			}
		}
	}
	return hs, last
}

// String lists the moves.
func (hs history) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "host %+v, observer %+v\n", hs.settings, hs.sight)
	hs.play(func(i int, h *demo.Host, args string, did bool) {
		fmt.Fprintf(&b, "  %2d %s %s", i+1, moves[hs.steps[i].move].name, args)
		if !did {
			b.WriteString(" (nothing)")
		}
		b.WriteByte('\n')
	})
	return b.String()
}
