package model_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	_ "microtui/lab/seeds" // fixes the seed of rapid
	"microtui/model"
)

func TestTimesAsTyped(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 21, 12, 30, 15, 500, zone)
	day := func(d, h, m, s int) time.Time { return time.Date(2026, 11, d, h, m, s, 0, zone) }
	for text, want := range map[string]time.Time{
		"now": now, "today": day(21, 0, 0, 0), " yesterday ": day(20, 0, 0, 0),
		"2026-11-20": day(20, 0, 0, 0), "2026-11-20 10:00": day(20, 10, 0, 0), "2026-11-20 10:00:07": day(20, 10, 0, 7),
		"2026-11-20T10:00:07": day(20, 10, 0, 7), "2026-11-20T10:00:07Z": day(20, 11, 0, 7), "2026-11-20T10:00:07+02:00": day(20, 9, 0, 7),
		"10:00": day(21, 10, 0, 0), "10:00:07": day(21, 10, 0, 7), "@1763719200": time.Unix(1763719200, 0), "@0": time.Unix(0, 0),
		"10 min ago": now.Add(-10 * time.Minute), "-1h": now.Add(-time.Hour), "-1h30m": now.Add(-90 * time.Minute),
		"2 h 10 min ago": now.Add(-130 * time.Minute), "-2 weeks 1 d": now.Add(-15 * 24 * time.Hour), "30s ago": now.Add(-30 * time.Second),
		"1 day 1 hour 1 minute 1 second ago": now.Add(-24*time.Hour - time.Hour - time.Minute - time.Second),
	} {
		if at, ok := model.ParseTime(text, now); !ok || !at.Equal(want) {
			t.Errorf("%q is %v (%t), want %v", text, at, ok, want)
		}
	}
	for _, text := range []string{
		"", "-", "ago", " ago", "1h", "+1h", "-1h ago", "--1h", "10 min", "10 ago", "min ago", "-1M", "-1x", "-1.5h", "-9999999h", "-999999 weeks",
		"2026-13-01", "2026-11-20 25:00", "25:00", "10", "@", "@x", "@-1", "tomorrow", "2026-11-20 10", "-1h\x00", "-1h'; rm",
	} {
		if at, ok := model.ParseTime(text, now); ok {
			t.Errorf("%q is taken for %v", text, at)
		}
	}
}

// Whatever is typed, what is taken for a length of time lies before now.
func TestLengthsOfTimeLieBefore(t *testing.T) {
	now := time.Now()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?( ?[0-9]{0,7} ?[smhdwyx]{0,3}){0,4}( ago)?`).Draw(t, "text")
		if at, ok := model.ParseTime(text, now); ok && at.After(now) {
			t.Fatalf("%q is %v, after %v", text, at, now)
		}
	})
}
