package cli

import (
	"context"
	"fmt"
	"io"
	"testing"

	"microtui/backend/demo"
	"microtui/model"
)

// read is a host that was read before: what an answer costs is not mixed with
// what reading does.
type read struct {
	failing
	observation model.Observation
}

func (r read) Observe(context.Context) (model.Observation, error) { return r.observation, nil }

// An answer about the whole host, from the observation to its last byte.
func BenchmarkAnswer(b *testing.B) {
	for _, n := range []int{20, 300, 1000} {
		observation, err := demo.Run(demo.Sized(1, n)).Observe(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for name, args := range map[string][]string{"text": {"list"}, "json": {"list", "--json"}, "metrics": {"metrics"}} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				p := Program{
					Open: func(context.Context, Choice) (Host, error) { return read{observation: observation}, nil },
					Out:  io.Discard, Err: io.Discard,
				}
				b.ReportAllocs()
				for b.Loop() {
					if status := p.Run(b.Context(), args); status != 0 {
						b.Fatalf("status %d", status)
					}
				}
			})
		}
	}
}
