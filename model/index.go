package model

import "slices"

// index finds the places in a list by a key that several may have.
type index[K comparable] struct {
	last   map[K]int32 // the last place with a key, counted from 1
	before []int32     // by place: the one before with the same key, likewise; 0: none
}

func newIndex[K comparable](room int) index[K] {
	return index[K]{last: make(map[K]int32, room), before: make([]int32, 0, room)}
}

// add notes the key of a place. Places come in their order.
func (x *index[K]) add(key K, at int32) {
	for int32(len(x.before)) <= at {
		x.before = append(x.before, 0)
	}
	x.before[at], x.last[key] = x.last[key], at+1
}

// each visits the places of a key, the last first, until visit says so.
func (x *index[K]) each(key K, visit func(at int32) (more bool)) {
	for n := x.last[key]; n != 0 && visit(n-1); n = x.before[n-1] {
	}
}

// of are the places of a key, in their order.
func (x *index[K]) of(key K) []int32 {
	var found []int32
	x.each(key, func(at int32) bool { found = append(found, at); return true })
	slices.Reverse(found)
	return found
}

// repeats reports whether an earlier place has the same key.
func (x *index[K]) repeats(at int32) bool { return int(at) < len(x.before) && x.before[at] != 0 }
