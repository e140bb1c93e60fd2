//go:build race

package demo_test

// histories is how many are played under the race detector.
const histories = 10_000
