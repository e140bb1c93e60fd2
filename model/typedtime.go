package model

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeLayouts are how a time may be written, in local time where it names no
// other.
var timeLayouts = []struct {
	layout  string
	ofToday bool // it has no date
}{
	{time.RFC3339Nano, false}, {"2006-01-02T15:04:05", false},
	{"2006-01-02 15:04:05", false}, {"2006-01-02 15:04", false}, {"2006-01-02", false},
	{"15:04:05", true}, {"15:04", true},
}

// timeUnits are lengths by their names in systemd.time(7). A month is none: m
// is a minute there and M a month, which nobody remembers.
var timeUnits = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"w": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

// TimeForms are how a time may be typed, for whoever has to type one.
const TimeForms = `    2026-11-21T10:00:00Z        RFC 3339
    2026-11-21 10:00[:05]       local time; a date alone means its midnight,
    10:00[:05]                  a time alone means today
    now, today, yesterday       today and yesterday mean midnight
    "2 h 10 min ago", -1h30m    units: s, min (m), h, d, w, or their words
    @1763719200                 seconds since 1970
`

// ParseTime reads a time as it is typed, see [TimeForms]. What names no zone is
// of now's.
func ParseTime(text string, now time.Time) (at time.Time, ok bool) {
	text = strings.TrimSpace(text)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch text {
	case "now":
		return now, true
	case "today":
		return midnight, true
	case "yesterday":
		return midnight.AddDate(0, 0, -1), true
	}
	if seconds, found := strings.CutPrefix(text, "@"); found {
		n, err := strconv.ParseInt(seconds, 10, 64)
		return time.Unix(n, 0), err == nil && n >= 0
	}
	for _, l := range timeLayouts {
		at, err := time.ParseInLocation(l.layout, text, now.Location())
		switch {
		case err != nil:
		case l.ofToday:
			return time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), at.Second(), 0, now.Location()), true
		default:
			return at, true
		}
	}
	length, isBefore := strings.CutPrefix(text, "-")
	ago, isAgo := strings.CutSuffix(text, " ago")
	if isAgo == isBefore {
		return time.Time{}, false
	}
	if isAgo {
		length = ago
	}
	d, ok := parseLength(length)
	return now.Add(-d), ok
}

// lengthPart is a number with its unit: "10 min", "1h".
var lengthPart = regexp.MustCompile(`^\s*(\d{1,6})\s*([a-z]+)`)

// parseLength reads a length of time: "2 h 10 min", "1h30m".
func parseLength(text string) (sum time.Duration, ok bool) {
	for strings.TrimSpace(text) != "" {
		part := lengthPart.FindStringSubmatch(text)
		if part == nil || timeUnits[part[2]] == 0 {
			return 0, false
		}
		n, _ := strconv.Atoi(part[1]) // six digits
		if sum += time.Duration(n) * timeUnits[part[2]]; sum < 0 || sum > 100*365*24*time.Hour {
			return 0, false
		}
		text, ok = text[len(part[0]):], true
	}
	return sum, ok
}
