// Package order knows how things are put in order.
//
// It must not know what they are.
package order

import "sort"

// By puts items in the order that compare gives, equals staying as they came.
// It does what slices.SortStableFunc does for things that are large: compare is
// shown where they lie instead of a copy of both, and one sort is compiled for
// all types instead of 10 kB for each.
func By[T any](items []T, compare func(a, b *T) int) {
	sort.Stable(sorting[T]{items, compare})
}

type sorting[T any] struct {
	items   []T
	compare func(a, b *T) int
}

func (s sorting[T]) Len() int           { return len(s.items) }
func (s sorting[T]) Less(i, j int) bool { return s.compare(&s.items[i], &s.items[j]) < 0 }
func (s sorting[T]) Swap(i, j int)      { s.items[i], s.items[j] = s.items[j], s.items[i] }
