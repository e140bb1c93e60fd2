//go:build !race

package demo_test

// histories is how many are played in an ordinary run.
const histories = 50_000
