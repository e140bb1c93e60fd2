package demo_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// TestShowcase: the demo host has everything there is to show.
func TestShowcase(t *testing.T) {
	in := model.Interpret(demo.New(1).Observe())
	got := map[string]int{}
	for _, v := range in.VMs {
		got["state "+string(v.State)]++
		got["origin "+string(v.Origin)]++
		got["freshness "+string(v.Freshness)]++
		got["verdict "+string(v.Verdict)]++
		if v.HostName != "" && v.HostName != v.Name {
			got["another host name"]++
		}
	}
	for _, l := range in.Leftovers {
		got[fmt.Sprintf("%s %s", l.Verdict, l.Ref.Kind)]++
	}
	for _, want := range []string{
		"state running", "state stopped", "state crash-loop", "state outside", "state failed",
		"origin declared", "origin declared-flake", "origin imperative", "origin deployed", "origin manual", "origin undeclared",
		"freshness current", "freshness reboot-needed", "freshness drifted", "freshness missing",
		"verdict kept", "verdict orphan", "verdict suspect", "another host name",
		"orphan tap", "orphan macvtap", "orphan unit", "orphan gcroot", "unclear state_dir", "foreign tap", "foreign macvtap",
	} {
		if got[want] == 0 {
			t.Errorf("no %s", want)
		}
	}
	if n := len(in.VMs); n < 18 || n > 24 {
		t.Errorf("%d VMs", n)
	}
}

// TestShowcaseIsTrue holds the demo host against its own truth while it lives.
func TestShowcaseIsTrue(t *testing.T) {
	h := demo.New(1)
	for range 50 {
		if wrong := wrong(h, demo.Sight{}); len(wrong) > 0 {
			t.Fatalf("%v", wrong)
		}
		h.Pass(2 * time.Second)
	}
}

// TestDeterministic: the nth observation is the same under the same seed, and
// another under another.
func TestDeterministic(t *testing.T) {
	record := func(seed uint64) (out []string) {
		h := demo.New(seed)
		for range 20 {
			data, err := json.Marshal(h.Observe())
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(data))
			h.Pass(2 * time.Second)
		}
		return out
	}
	first, again, other := record(1), record(1), record(2)
	for i := range first {
		if first[i] != again[i] {
			t.Fatalf("observation %d differs from itself", i)
		}
		if first[i] == other[i] {
			t.Fatalf("observation %d is the same under another seed", i)
		}
	}
}

// TestAlive: figures move, and never fall; the quiet ones stand still; what
// moves keeps to its character.
func TestAlive(t *testing.T) {
	h := demo.New(1)
	before := figures(h)
	moved := map[model.Raw]bool{}
	for range 60 {
		h.Pass(2 * time.Second)
		after := figures(h)
		for name, f := range after {
			was, known := before[name]
			if !known || name == "crash" {
				continue
			}
			if f.cpu < was.cpu || f.traffic < was.traffic {
				t.Fatalf("%s: counters fell from %v to %v", name, was, f)
			}
			if f != was {
				moved[name] = true
			}
			if f.cpu-was.cpu > 2_000_000 {
				t.Errorf("%s uses more than a core", name)
			}
		}
		before = after
	}
	for _, quiet := range []model.Raw{"ntp", "vault"} {
		if moved[quiet] {
			t.Errorf("%s moved", quiet)
		}
		delete(before, quiet)
	}
	for name := range before {
		if !moved[name] && name != "crash" {
			t.Errorf("%s stood still", name)
		}
	}
}

type figure struct{ cpu, memory, traffic uint64 }

func figures(h *demo.Host) map[model.Raw]figure {
	out := map[model.Raw]figure{}
	for _, v := range model.Interpret(h.Observe()).VMs {
		if v.CPUUsec == nil || v.Memory == nil {
			continue
		}
		f := figure{cpu: *v.CPUUsec, memory: *v.Memory}
		if v.RxBytes != nil && v.TxBytes != nil {
			f.traffic = *v.RxBytes + *v.TxBytes
		}
		out[v.Name] = f
	}
	return out
}

func TestSized(t *testing.T) {
	for _, n := range []int{0, 1, 20, 300, 1000} {
		h := demo.Sized(1, n)
		if got := len(model.Interpret(h.Observe()).VMs); got != n {
			t.Errorf("%d VMs, want %d", got, n)
		}
		if wrong := wrong(h, demo.Sight{}); len(wrong) > 0 {
			t.Errorf("%d: %d violations, first %v", n, len(wrong), wrong[0])
		}
	}
}

func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{20, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := demo.Sized(1, n)
			for b.Loop() {
				h.Observe()
			}
		})
	}
}

func BenchmarkHistory(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		newHistory(uint64(i)).play(func(int, *demo.Host, string, bool) {})
	}
}
