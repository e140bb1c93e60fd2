package backend

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
)

// BenchmarkObserve measures observations of real hosts: the first one of a
// program, the steady refresh, and the shell commands that gather the same
// facts. CPU time is that of this process, of its children and of systemd.
func BenchmarkObserve(b *testing.B) {
	lab.Require(b)
	for _, vms := range []int{20, 300, 1000} {
		b.Run(fmt.Sprint(vms), func(b *testing.B) {
			host := fixture.NewHost(b, fixture.Options{})
			host.Many(vms)
			var refresh, shell time.Duration
			b.Run("first", func(b *testing.B) {
				for b.Loop() {
					h := Open(Options{})
					observeWhole(b, h, vms)
					h.Close()
				}
			})
			b.Run("refresh", func(b *testing.B) {
				h := openHost(b, Options{})
				for range 10 { // until every unit has its properties
					observeWhole(b, h, vms)
				}
				refresh = measure(b, func() { observeWhole(b, h, vms) })
			})
			b.Run("shell", func(b *testing.B) {
				shell = measure(b, func() {
					for _, command := range [][]string{
						{"systemctl", "list-units", "--all", "*microvm*"},
						{"systemctl", "show", "*microvm*"},
						{"ip", "-d", "-j", "link"},
						{"bash", "-c", "ls -l " + host.StateDir() + "/*"},
					} {
						if err := exec.Command(command[0], command[1:]...).Run(); err != nil {
							b.Fatal(command, err)
						}
					}
				})
				if refresh > 0 && shell > 0 {
					b.ReportMetric(float64(shell)/float64(refresh), "times-a-refresh")
				}
			})
		})
	}
}

func observeWhole(b *testing.B, h *Host, vms int) {
	b.Helper()
	o := observe(b, h)
	if len(o.StateDir.Directories) < vms || len(o.Units) < vms || len(o.Faults) != 0 {
		b.Fatalf("%d directories, %d units, faults %v", len(o.StateDir.Directories), len(o.Units), o.Faults)
	}
}

// measure runs a benchmark's loop and reports the CPU time of one turn.
func measure(b *testing.B, turn func()) time.Duration {
	before := cpu(b)
	for b.Loop() {
		turn()
	}
	each := (cpu(b) - before) / time.Duration(b.N)
	b.ReportMetric(float64(each.Nanoseconds()), "cpu-ns/op")
	return each
}

// cpu is the time that this process, its children and PID 1 have used.
func cpu(b *testing.B) time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if err := syscall.Getrusage(who, &usage); err != nil {
			b.Fatal(err)
		}
		total += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	text, err := os.ReadFile("/proc/1/schedstat") // nanoseconds on a CPU come first
	if err != nil {
		b.Fatal(err)
	}
	var pid1 int64
	if _, err := fmt.Sscan(strings.Fields(string(text))[0], &pid1); err != nil {
		b.Fatal(err)
	}
	return total + time.Duration(pid1)
}
