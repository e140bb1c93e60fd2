package backend

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"microtui/backend/systemd"
	"microtui/model"
)

// recordOperation writes to the journal what becomes of an operation.
func recordOperation(id string, plan model.Plan, what string, ended *model.Operation) {
	var names []string
	for _, name := range plan.Names() {
		names = append(names, string(name))
	}
	fields := map[string]string{
		"MICROTUI_OPERATION":   id,
		"MICROTUI_ACTION":      string(plan.Action),
		"MICROTUI_VM":          strings.Join(names, " "),
		"MICROTUI_PLAN_DIGEST": plan.Digest(),
		"SUDO_USER":            os.Getenv("SUDO_USER"),
	}
	message := fmt.Sprintf("operation %s: %s of %s %s", id, plan.Action, strings.Join(names, ", "), what)
	if ended != nil {
		fields["MICROTUI_RESULT"], fields["MICROTUI_REASON"] = string(ended.State), string(ended.Reason)
		message += ": " + string(ended.State)
		if ended.Reason != "" {
			message += ": " + string(ended.Reason)
		}
	}
	if err := systemd.Record(message, fields); err != nil {
		slog.Warn("record operation", "error", err)
	}
}
