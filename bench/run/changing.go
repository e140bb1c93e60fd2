package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// changing is how many VMs change, and pace the time between two changes: each
// VM is paused or resumed every four seconds.
const (
	changing = 10
	pace     = 400 * time.Millisecond
)

// whileChanging is what a second costs while VMs are paused and resumed in
// turn. systemctl is not counted, systemd is.
func (m *meter) whileChanging(period time.Duration) (cost, error) {
	start := time.Now()
	spent, err := m.during(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), period)
		defer cancel()
		return change(ctx)
	})
	return spent.each(time.Since(start).Seconds()), err
}

// change goes on until ctx ends; then every VM runs again.
func change(ctx context.Context) error {
	next := time.NewTicker(pace)
	defer next.Stop()
	for turn := 0; ; turn++ {
		verb := []string{"freeze", "thaw"}[turn/changing%2]
		if ctx.Err() != nil && turn%(2*changing) == 0 {
			return nil
		}
		unit := "microvm@" + vmName(turn%changing) + ".service"
		if out, err := exec.Command("systemctl", verb, unit).CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w: %s", verb, unit, err, out)
		}
		<-next.C
	}
}
