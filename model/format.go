package model

import (
	"fmt"
	"strings"
	"time"

	"microtui/model/text"
)

// Counted counts things by the word for one of them: "1 VM", "3 VMs",
// "0 directories". Every text that counts is made with it.
func Counted[N ~int | ~int64 | ~uint32 | ~uint64](n N, one text.SafeText) text.SafeText {
	if n == 1 {
		return "1 " + one
	}
	return text.Safef("%d ", n) + manyOf(one)
}

func manyOf(one text.SafeText) text.SafeText {
	word := string(one)
	stem, endsInY := strings.CutSuffix(word, "y")
	switch {
	case endsInY && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e"):
		return text.Safe(stem + "ies")
	case strings.HasSuffix(word, "s"), strings.HasSuffix(word, "x"), strings.HasSuffix(word, "ch"):
		return one + "es"
	}
	return one + "s"
}

// FormatBytes writes a number of bytes in at most four characters and a unit
// of 1024: "0", "512", "1.2K", "212M".
func FormatBytes(n uint64) text.SafeText {
	const units = "KMGTPE"
	if n < 1024 {
		return text.Safef("%d", n)
	}
	value := float64(n)
	unit := -1
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	if value < 9.95 {
		return text.Safef("%.1f%c", value, units[unit])
	}
	return text.Safef("%.0f%c", value, units[unit])
}

// FormatRate writes bytes a second like [FormatBytes].
func FormatRate(bytesPerSecond float64) text.SafeText {
	return FormatBytes(uint64(max(0, bytesPerSecond) + 0.5))
}

// FormatPercent writes a percentage of one core: "0.3 %", "112 %".
func FormatPercent(percent float64) text.SafeText {
	if percent < 99.95 {
		return text.Safef("%.1f %%", percent)
	}
	return text.Safef("%.0f %%", percent)
}

// FormatAge writes a length of time in its largest unit: "40s", "3h", "12d".
func FormatAge(d time.Duration) text.SafeText {
	units := []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}}
	for _, unit := range units {
		if d >= unit.length {
			return text.Safef("%d%s", d/unit.length, unit.name)
		}
	}
	return text.Safef("%ds", max(0, d)/time.Second)
}

// rawf formats evidence: prose with names from outside in it.
func rawf(format string, args ...any) Raw {
	return Raw(fmt.Sprintf(format, args...))
}

// Listed writes names as prose: "a", "a and b", "a, b and 3 more".
func Listed[T ~string](names []T) string {
	const most = 4
	words := make([]string, 0, most)
	for i, name := range names {
		if i == most-1 && len(names) > most {
			words = append(words, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		words = append(words, string(name))
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
