package cli

import (
	"bytes"
	"strings"
	"testing"

	"microtui/model"
	"microtui/model/text"
)

// TestOneIsNoMany: of each thing that is counted, one.
func TestOneIsNoMany(t *testing.T) {
	vm := model.VM{Name: "web", State: model.StateRunning, Verdict: model.VerdictOrphan}
	i := model.Inventory{Host: model.Host{Name: "host"}, VMs: []model.VM{vm}, Leftovers: []model.Leftover{{Verdict: model.VerdictSuspect}}}
	if got, want := figures(i), text.SafeText("host: 1 VM, 1 running, 1 orphan, 1 suspect"); got != want {
		t.Errorf("list: %q, want %q", got, want)
	}
	if got, want := groupHeading(model.Group{Name: "orphan", VMs: i.VMs}, model.GroupVerdict), text.SafeText("orphan: 1 VM, 1 running"); got != want {
		t.Errorf("list --group: %q, want %q", got, want)
	}

	var found []model.Finding
	for _, severity := range []model.Severity{model.SeverityError, model.SeverityWarning, model.SeverityInfo} {
		found = append(found, model.Finding{Severity: severity, Subject: model.Ref{Kind: model.KindVM, Name: "web"}, Summary: model.Raw(severity)})
	}
	var told session
	if err := told.tellFindings(found, i); err != nil || !bytes.Contains(told.answer.Bytes(), []byte("\n1 error, 1 warning, 1 notice;")) {
		t.Errorf("doctor: %v\n%s", err, told.answer.String())
	}

	var said bytes.Buffer
	log := logCopy{session: &session{Program: Program{Err: &said}}, about: "logs web"}
	log.count(model.LogCounters{Dropped: 1, Suppressed: 1, Cut: 1}, true)
	if got := strings.Count(said.String(), ": 1 line "); got != 3 {
		t.Errorf("logs:\n%s", said.String())
	}
}
