package lab

import "time"

// waiter is who can be told that it waited in vain: a test.
type waiter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Await waits for a condition, and ends the test when it does not come.
func Await(t waiter, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !condition() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
