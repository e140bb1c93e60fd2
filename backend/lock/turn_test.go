package lock

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"microtui/model"
)

// Whoever waits for the turn gets it when it is given back, and not before. It
// is nothing to a VM's lock.
func TestAwaitTurn(t *testing.T) {
	folder := locks(t)
	synctest.Test(t, func(t *testing.T) {
		first, err := folder.AwaitTurn(t.Context(), me("start of db"), func() { t.Error("the first one waits") })
		if err != nil {
			t.Fatal(err)
		}
		take(t, folder, "stop of api", "api", "turn").Release()
		time.AfterFunc(time.Second, first.Release)
		begun, told := time.Now(), 0
		second, err := folder.AwaitTurn(t.Context(), me("start of twin"), func() { told++ })
		if err != nil || told != 1 || time.Since(begun) < time.Second || time.Since(begun) > time.Second+2*turnPoll+readPatience {
			t.Fatalf("after %s, told %d times: %v", time.Since(begun), told, err)
		}
		second.Release()
	})
}

// Who keeps the turn for too long is named, and the end of a wait ends it.
func TestAwaitTurnInVain(t *testing.T) {
	folder := locks(t)
	synctest.Test(t, func(t *testing.T) {
		held, err := folder.AwaitTurn(t.Context(), me("start of db"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer held.Release()
		begun := time.Now()
		_, err = folder.AwaitTurn(t.Context(), me("start of twin"), func() {})
		if !errors.Is(err, model.ErrBusy) || !strings.Contains(err.Error(), "busy: start of db by alice") || time.Since(begun) < turnPatience {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err = folder.AwaitTurn(ctx, me("start of twin"), func() {}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the wait ended with %v", err)
		}
	})
}
