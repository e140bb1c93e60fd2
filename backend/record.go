package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"

	"microtui/backend/systemd"
	"microtui/model"
)

var processID = os.Getpid()

// caller is who is behind this process, as far as it says: the user of sudo,
// else the number of the user. journald adds the login by itself.
func caller() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if os.Getuid() == 0 {
		return "root"
	}
	return "user " + strconv.Itoa(os.Getuid())
}

// record writes to the journal who asked for what, and how it ended. A journal
// that takes nothing stops nobody: a VM that hangs has to be stopped all the
// same.
func (a *act) record(what string, outcome *model.Outcome) {
	fields := map[string]string{
		"MICROTUI_VM":     string(a.order.VM),
		"MICROTUI_ACTION": string(a.order.Action),
		"SUDO_USER":       os.Getenv("SUDO_USER"),
	}
	message := fmt.Sprintf("%s of %s %s by %s", a.order.Action, a.order.VM, what, caller())
	if outcome != nil {
		result := string(outcome.Result)
		if errors.Is(outcome.Kind, context.Canceled) || errors.Is(outcome.Kind, context.DeadlineExceeded) {
			result = "unknown"
		}
		fields["MICROTUI_RESULT"], fields["MICROTUI_REASON"] = result, string(outcome.Reason)
		message = fmt.Sprintf("%s of %s: %s", a.order.Action, a.order.VM, result)
		if outcome.Reason != "" {
			message += ": " + string(outcome.Reason)
		}
	}
	if err := systemd.Record(message, fields); err != nil {
		slog.Warn("record action", "error", err)
	}
}
