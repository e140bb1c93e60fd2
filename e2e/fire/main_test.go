package fire

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"microtui/lab"
)

func TestMain(m *testing.M) { lab.Main(m, lab.Options{Program: true, Beside: true}) }

// perBatch is how many rounds a host is used for.
const perBatch = 25

// campaign is how much of something is tried.
type campaign struct {
	sample, whole int // rounds
	// batch makes a host and gives what does a round on it.
	batch func(t *testing.T, random *rand.Rand) (round func() []string)
	// ends counts what came of the rounds.
	ends map[string]int
}

func (c *campaign) rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("MICROTUI_ROUNDS")
	switch n, err := strconv.Atoi(text); {
	case err == nil && n > 0:
		return n
	case text != "":
		t.Fatalf("MICROTUI_ROUNDS=%s: no number of rounds", text)
	case os.Getenv("MICROTUI_LONG") != "":
		return c.whole
	}
	return c.sample
}

// firstSeed is that of the first batch: the same one in every ordinary run.
func firstSeed(t *testing.T) uint64 {
	t.Helper()
	if text := os.Getenv("MICROTUI_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("MICROTUI_SEED=%s: no number", text)
		}
		return seed
	}
	if os.Getenv("MICROTUI_LONG") != "" || os.Getenv("MICROTUI_ROUNDS") != "" {
		return uint64(time.Now().UnixNano())
	}
	return 1
}

// run does all rounds, so many on one host. A round in which something is wrong
// ends its host, and the others go on.
func (c *campaign) run(t *testing.T) {
	lab.Require(t)
	c.ends = make(map[string]int)
	all, seed := c.rounds(t), firstSeed(t)
	done, wrong := 0, 0
	began := time.Now()
	for ; done < all; seed++ {
		t.Run(fmt.Sprintf("seed-%d", seed), func(t *testing.T) {
			round := c.batch(t, rand.New(rand.NewPCG(seed, 0)))
			for n := 0; n < perBatch && done < all; n++ {
				done++
				if problems := round(); len(problems) > 0 {
					wrong++
					for _, problem := range problems {
						t.Errorf("MICROTUI_SEED=%d, round %d: %s", seed, n, problem)
					}
					return
				}
			}
		})
	}
	t.Logf("%d rounds in %s, wrong %d; ends: %v", done, time.Since(began).Round(time.Second), wrong, c.ends)
}
