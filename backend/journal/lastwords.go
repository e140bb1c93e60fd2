package journal

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"microtui/model"
)

const (
	// mostWords is how many last lines of a console are kept of a life.
	mostWords = 3
	// wordsRead is how many lines are looked through for them, and for what
	// says who ended the hypervisor.
	wordsRead = 200
)

// addWords reads what a life said last: its console, and who ended it. Both
// the hypervisor and microvm-shutdown write to the unit's journal, each by a
// connection of its own: the hypervisor's is the first.
func addWords(ctx context.Context, unit model.Raw, boot string, life *model.Life) error {
	terms := append([]string{"_SYSTEMD_UNIT=" + string(unit), "_SYSTEMD_INVOCATION_ID=" + life.Invocation, "_TRANSPORT=" + stdout}, ofBoot(boot)...)
	console := ""
	err := run(ctx, append([]string{"--lines=all"}, terms...), func(f *fields) error {
		console = f.stream
		return errEnough
	})
	if err != nil || console == "" {
		return err
	}
	read := 0
	err = run(ctx, append([]string{"--reverse", "--lines=all"}, terms...), func(f *fields) error {
		if read++; read > wordsRead {
			return errEnough
		}
		hear(f, f.stream == console, life)
		return nil
	})
	slices.Reverse(life.Said)
	return err
}

// hear takes a line of a life, the newest first. What QMP says counts only
// where the guest cannot have written it.
func hear(f *fields, console bool, life *model.Life) {
	if !console {
		if by := qmpReason(f.message); by != "" {
			life.By = by
		}
		return
	}
	if life.By == "" && strings.Contains(f.message, "terminating on signal ") && strings.Contains(f.message, " from pid 1 ") {
		life.By = model.EndedBySignal
	}
	if strings.TrimSpace(f.message) != "" && len(life.Said) < mostWords {
		life.Said = append(life.Said, model.Raw(f.message))
	}
}

// qmpReason is the reason of QMP's event SHUTDOWN; empty: a line is none.
func qmpReason(line string) model.EndedBy {
	if !strings.Contains(line, `"SHUTDOWN"`) {
		return ""
	}
	var event struct {
		Event string `json:"event"`
		Data  struct {
			Reason model.EndedBy `json:"reason"`
		} `json:"data"`
	}
	if json.Unmarshal([]byte(line), &event) != nil || event.Event != "SHUTDOWN" {
		return ""
	}
	return event.Data.Reason
}
