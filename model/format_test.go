package model_test

import (
	"math"
	"testing"
	"time"

	"microtui/model"
	"microtui/model/text"
)

func TestFormatBytes(t *testing.T) {
	for n, want := range map[uint64]text.SafeText{
		0: "0", 1: "1", 1023: "1023", 1024: "1.0K", 1229: "1.2K", 10 * 1024: "10K", 10187: "9.9K", 10199: "10K",
		212 << 20: "212M", 1<<20 - 1: "1024K", 1 << 20: "1.0M", 1181116006: "1.1G", 1 << 40: "1.0T", 1 << 50: "1.0P", math.MaxUint64: "16E",
	} {
		if got := model.FormatBytes(n); got != want {
			t.Errorf("FormatBytes(%d) = %q, want %q", n, got, want)
		}
	}
	for shift := range 64 { // at most four characters and a unit
		for _, n := range []uint64{1 << shift, 1<<shift - 1, 1<<shift + 1<<shift/2} {
			if got := model.FormatBytes(n); len(got) > 5 {
				t.Errorf("FormatBytes(%d) = %q: too wide", n, got)
			}
		}
	}
}

func TestFormatRate(t *testing.T) {
	for rate, want := range map[float64]text.SafeText{0: "0", 0.4: "0", 0.5: "1", 1023.6: "1.0K", -3: "0", 88 * 1024: "88K"} {
		if got := model.FormatRate(rate); got != want {
			t.Errorf("FormatRate(%g) = %q, want %q", rate, got, want)
		}
	}
}

func TestFormatPercent(t *testing.T) {
	for percent, want := range map[float64]text.SafeText{0: "0.0 %", 0.26: "0.3 %", 99.94: "99.9 %", 99.96: "100 %", 112.4: "112 %"} {
		if got := model.FormatPercent(percent); got != want {
			t.Errorf("FormatPercent(%g) = %q, want %q", percent, got, want)
		}
	}
}

func TestFormatAge(t *testing.T) {
	for age, want := range map[time.Duration]text.SafeText{
		-time.Second: "0s", 0: "0s", 999 * time.Millisecond: "0s", 59 * time.Second: "59s", time.Minute: "1m", 59*time.Minute + 59*time.Second: "59m",
		time.Hour: "1h", 23 * time.Hour: "23h", 24 * time.Hour: "1d", 412 * 24 * time.Hour: "412d",
	} {
		if got := model.FormatAge(age); got != want {
			t.Errorf("FormatAge(%v) = %q, want %q", age, got, want)
		}
	}
}

func TestCounted(t *testing.T) {
	for want, got := range map[text.SafeText]text.SafeText{
		"1 VM": model.Counted(1, "VM"), "0 errors": model.Counted(0, "error"), "2 directories": model.Counted(uint64(2), "directory"), "1 directory": model.Counted(1, "directory"),
		"3 processes": model.Counted(3, "process"), "3 keys": model.Counted(3, "key"), "2 crash loops": model.Counted(2, "crash loop"), "12 switches": model.Counted(12, "switch"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
