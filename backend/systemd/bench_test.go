package systemd

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/model"
)

// BenchmarkUnits measures readings of many running VMs with four units each:
// the first one of a program, the steady one, and one after a single VM was
// restarted. Beside them stands `systemctl show` of the same units once.
func BenchmarkUnits(b *testing.B) {
	for _, vms := range []int{20, 300} {
		b.Run(fmt.Sprint(vms), func(b *testing.B) {
			host(b)
			var names []string
			for i := range vms {
				names = append(names, fmt.Sprintf("microvm@n%d.service", i))
			}
			systemctl(b, append([]string{"start"}, names...)...)
			b.Run("first", func(b *testing.B) { benchmarkFirst(b, vms) })
			b.Run("steady", func(b *testing.B) { benchmarkSteady(b, vms) })
			b.Run("restarted", func(b *testing.B) { benchmarkRestarted(b, vms) })
			b.Run("systemctl", func(b *testing.B) {
				for b.Loop() {
					if err := exec.Command("systemctl", "show", "*microvm*").Run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func benchmarkFirst(b *testing.B, vms int) {
	bare := 0
	for b.Loop() {
		bus := Open(b.Context())
		reading := read(b, bus)
		bare = 0
		for _, u := range reading.Units {
			role, _, _ := model.ParseUnitName(u.Name)
			if u.Properties == nil {
				bare++
				if role == model.RoleVM {
					b.Errorf("%s has no properties", u.Name)
				}
			}
		}
		if len(reading.Units) < 2*vms {
			b.Fatalf("%d units", len(reading.Units))
		}
		bus.Close()
	}
	b.ReportMetric(float64(bare), "units-without-properties")
}

func benchmarkSteady(b *testing.B, vms int) {
	bus := complete(b)
	own, pid1 := cpu(b)
	for b.Loop() {
		read(b, bus)
	}
	report(b, own, pid1)
}

func benchmarkRestarted(b *testing.B, vms int) {
	bus := complete(b)
	for b.Loop() {
		b.StopTimer()
		systemctl(b, "restart", "microvm@n0.service")
		b.StartTimer()
		read(b, bus)
	}
}

// complete opens a Bus and reads until all units have their properties.
func complete(b *testing.B) *Bus {
	bus := open(b)
	for range 100 {
		bare := 0
		for _, u := range read(b, bus).Units {
			if u.Properties == nil {
				bare++
			}
		}
		if bare == 0 {
			return bus
		}
	}
	b.Fatal("some units never get their properties")
	return nil
}

// cpu is the time that this process and PID 1 have used.
func cpu(b *testing.B) (own, pid1 time.Duration) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile("/proc/1/schedstat") // nanoseconds on a CPU come first
	if err != nil {
		b.Fatal(err)
	}
	var nanoseconds int64
	if _, err := fmt.Sscan(strings.Fields(string(text))[0], &nanoseconds); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), time.Duration(nanoseconds)
}

func report(b *testing.B, ownBefore, pid1Before time.Duration) {
	own, pid1 := cpu(b)
	b.ReportMetric(float64((own-ownBefore).Nanoseconds())/float64(b.N), "own-cpu-ns/op")
	b.ReportMetric(float64((pid1-pid1Before).Nanoseconds())/float64(b.N), "pid1-cpu-ns/op")
}
