package cli

import (
	"context"
	"testing"

	"microtui/model"
)

// awaited is the embedded host; who follows its second operation is told to.
type awaited struct {
	unclosed
	begun     []string
	discarded []string
	follows   func()
}

func (a *awaited) Begin(ctx context.Context, request model.Request) (string, error) {
	id, err := a.unclosed.Begin(ctx, request)
	a.begun = append(a.begun, id)
	return id, err
}

func (a *awaited) Follow(ctx context.Context, id string) <-chan model.Operation {
	if len(a.begun) == 2 {
		a.follows()
	}
	return a.unclosed.Follow(ctx, id)
}

func (a *awaited) Discard(_ context.Context, build string) error {
	a.discarded = append(a.discarded, build)
	return nil
}

// TestInterruptedUpdateKeepsWhatWasBuilt: the switch goes on, and nothing else
// keeps what it has not come to from a collection of garbage.
func TestInterruptedUpdateKeepsWhatWasBuilt(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		h := &awaited{unclosed: openDemo(t), follows: func() {}}
		if interrupted {
			h.follows = cancel
		}
		status, _, errs := acting{host: h, ctx: ctx}.run(t, "update", "api", "--yes")
		cancel()
		if len(h.begun) != 2 || (status == 130) != interrupted || (len(h.discarded) == 0) != interrupted {
			t.Errorf("interrupted %v: status %d, begun %q, discarded %q: %s", interrupted, status, h.begun, h.discarded, errs)
		}
	}
}
