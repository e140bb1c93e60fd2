package doctor

import (
	"fmt"
	"time"

	"microtui/model"
)

func rawf(format string, args ...any) model.Raw {
	return model.Raw(fmt.Sprintf(format, args...))
}

// size writes a size as people read it.
func size(bytes uint64) string {
	const unit = 1024
	value, prefix := float64(bytes), 0
	for value >= unit && prefix < 4 {
		value, prefix = value/unit, prefix+1
	}
	if prefix == 0 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %ciB", value, "KMGT"[prefix-1])
}

// moment writes a time as systemd does, in UTC.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
