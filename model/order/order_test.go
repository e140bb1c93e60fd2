package order_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"microtui/model/order"
)

type thing struct{ rank, place int }

// TestBy: the order is that of the library's own stable sort.
func TestBy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var items []thing
		for place, rank := range rapid.SliceOf(rapid.IntRange(0, 5)).Draw(t, "ranks") {
			items = append(items, thing{rank, place})
		}
		want := slices.Clone(items)
		slices.SortStableFunc(want, func(a, b thing) int { return a.rank - b.rank })
		order.By(items, func(a, b *thing) int { return a.rank - b.rank })
		if !slices.Equal(items, want) {
			t.Fatalf("got %v, want %v", items, want)
		}
	})
}
