package statedir

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkRead reads a state directory again in which nothing changed, and
// one that is read for the first time.
func BenchmarkRead(b *testing.B) {
	for _, vms := range []int{20, 300, 1000} {
		h := newHost(b)
		for i := range vms {
			name := fmt.Sprintf("vm-%03d", i)
			runner := h.runner("microvm-qemu-"+name, map[string]string{
				"share/microvm/tap-interfaces": name + "\n", "share/microvm/tap-flags": "vnet_hdr\n",
				"bin/microvm-run": run(commands["qemu"]), "bin/tap-up": "", "bin/tap-down": "",
			})
			for _, link := range []string{"current", "booted", "toplevel"} {
				h.link("microvms/"+name+"/"+link, string(runner))
			}
			h.write("microvms/"+name+"/flake", "git+file:///etc/nixos")
			for _, file := range []string{"data.img", "supervisord.log", name + ".sock", "virtiofs.sock"} {
				h.write("microvms/"+name+"/"+file, "")
			}
			h.link("gcroots/"+name, "/var/lib/microvms/"+name+"/current")
		}
		b.Run(fmt.Sprintf("first/%d", vms), func(b *testing.B) {
			for b.Loop() {
				r := New().with(h)
				r.read()
				b.StopTimer()
				r.Close()
				b.StartTimer()
			}
		})
		settled := time.Now().Add(2 * tick)
		for time.Now().Before(settled) {
			h.read()
		}
		b.Run(fmt.Sprintf("again/%d", vms), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.read()
			}
		})
	}
}
