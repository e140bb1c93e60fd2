// Package seeds chooses the seeds of random tests. By default they are always
// the same, so that who runs the tests sees what everybody sees; MICROTUI_SEED
// gives one, and under MICROTUI_LONG each run has its own. Importing it does
// the same for rapid.
package seeds

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	_ "pgregory.net/rapid" // registers its flags
)

const usual = 20261201

func init() {
	if seed, err := choose(); err == nil {
		flag.Set("rapid.seed", strconv.FormatUint(seed, 10))
	}
}

// For is the seed of a random test, which is logged.
func For(t testing.TB) uint64 {
	t.Helper()
	seed, err := choose()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("MICROTUI_SEED=%d", seed)
	return seed
}

func choose() (uint64, error) {
	if given := os.Getenv("MICROTUI_SEED"); given != "" {
		seed, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("MICROTUI_SEED: %w", err)
		}
		return seed, nil
	}
	if os.Getenv("MICROTUI_LONG") != "" {
		return uint64(time.Now().UnixNano()), nil
	}
	return usual, nil
}
