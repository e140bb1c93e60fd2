package demo_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
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
	sight    demo.Sight // of an observer who sees less than root
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
	switch n := r.IntN(4); n {
	case 0, 1:
		hs.sight.Unprivileged = n == 0
	default:
		hs.sight.Failed = []model.Source{sources[r.IntN(len(sources))]}
	}
	return hs
}

// observer says who looks, for counting.
func observer(s demo.Sight) string {
	switch {
	case s.Unprivileged:
		return "user"
	case len(s.Failed) > 0:
		return "root without " + string(s.Failed[0])
	}
	return "root"
}

var sources = []model.Source{
	model.SourceSystemd, model.SourceSystems, model.SourceStateDir, model.SourceRunners, model.SourceGCRoots, model.SourceNetwork,
	model.SourceNetdevs, model.SourceProcesses, model.SourceHolders, model.SourceUsage, model.SourceKeep, model.SourceHost, model.SourceStorage,
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

// ruling is what the rules say of a thing, beside the truth about it.
type ruling struct {
	claim   demo.Claim
	verdict model.Verdict // empty: not listed
	said    []model.Raw
	sight   demo.Sight // of who looked
}

// isWrong holds a ruling against the truth. An observer who does not see
// everything need not find leftovers; nobody may call a wanted thing one.
func (r ruling) isWrong() bool {
	seesAll := !r.sight.Unprivileged && len(r.sight.Failed) == 0
	return (r.claim.Wanted || r.claim.Why == unknownThing) && r.found() || r.claim.Proven && seesAll && !r.found()
}

func (r ruling) found() bool { return r.verdict == model.VerdictOrphan }

const unknownThing = "the host knows no such thing"

// class is what wrong rulings of the same cause share.
func (r ruling) class() string {
	promise := "no claim to it"
	switch {
	case r.claim.Wanted:
		promise = "wanted"
	case r.claim.Proven:
		promise = "proven"
	}
	return fmt.Sprintf("%s %s: %s; verdict %q", promise, r.claim.Ref.Kind, r.claim.Why, r.verdict)
}

// look gives what the rules say of all that there is, and of all that they
// list, as an observer sees the host.
func look(h *demo.Host, claims []demo.Claim, sight demo.Sight) []ruling {
	in := model.Interpret(h.ObserveWith(sight))
	rulings := make([]ruling, len(claims), len(claims)+len(in.Leftovers))
	at := make(map[model.Ref]int, len(claims))
	for i, c := range claims {
		rulings[i] = ruling{claim: c, sight: sight}
		at[c.Ref] = i
	}
	rule := func(ref model.Ref, verdict model.Verdict, said []model.Raw) {
		i, known := at[ref]
		if !known {
			i = len(rulings)
			rulings = append(rulings, ruling{claim: demo.Claim{Ref: ref, Why: unknownThing}, sight: sight})
		}
		rulings[i].verdict, rulings[i].said = verdict, said
	}
	for _, v := range in.VMs {
		rule(v.Ref(), v.Verdict, v.Evidence)
	}
	for _, l := range in.Leftovers {
		rule(l.Ref, l.Verdict, l.Evidence)
	}
	return rulings
}

// wrong are the rulings, as an observer sees the host, that are not true.
func wrong(h *demo.Host, sight demo.Sight) []ruling {
	return slices.DeleteFunc(look(h, h.Truth(), sight), func(r ruling) bool { return !r.isWrong() })
}

// shrink leaves moves out as long as the wrong ruling stays, and gives what is
// left with it.
func (hs history) shrink(class string) (history, ruling) {
	found := func(try history) (at int, v ruling, ok bool) {
		try.play(func(i int, h *demo.Host, _ string, _ bool) {
			if ok {
				return
			}
			for _, w := range wrong(h, try.sight) {
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
