package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"microtui/model"
)

func TestWriteLog(t *testing.T) {
	inZone(t, "Europe/Berlin")
	units := []model.Raw{"microvm@web.service", "microvm@db.service"}
	lines := sampleLines()
	full := errors.New("no space left")
	for name, test := range map[string]struct {
		batches []model.LogBatch
		to      error // of the file
		lines   int
		err     string
		text    string
	}{
		"two batches": {batches: []model.LogBatch{{Entries: lines[:1]}, {Entries: lines[1:2], Done: true}}, lines: 2,
			text: "2026-11-21 11:00:00 web vm       systemd: Started MicroVM 'web'.\n2026-11-21 11:00:01 web console  red ^[]0;owned^G‹FF› a\\b\n"},
		"an end of its own":   {batches: []model.LogBatch{{Entries: lines[:1]}, {Done: true}}, lines: 1, text: "2026-11-21 11:00:00 web vm       systemd: Started MicroVM 'web'.\n"},
		"nothing":             {batches: []model.LogBatch{{Empty: "no line: it never ran", Done: true}}, err: "no line: it never ran"},
		"nothing to say":      {batches: []model.LogBatch{{Done: true}}, err: "no lines"},
		"a fault":             {batches: []model.LogBatch{{Fault: "journalctl: exit 1", Done: true}}, err: "journalctl: exit 1"},
		"no end":              {batches: nil, err: "the log ended early"},
		"a file that is full": {batches: []model.LogBatch{{Entries: lines, Done: true}}, to: full, err: "no space left"},
	} {
		var out bytes.Buffer
		log := &told{batches: test.batches}
		n, err := 0, error(nil)
		if test.to != nil {
			n, err = WriteLog(t.Context(), log, units, refusing{test.to})
		} else {
			n, err = WriteLog(t.Context(), log, units, &out)
		}
		if n != test.lines || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) || out.String() != test.text {
			t.Errorf("%s: %d lines, %v, %q", name, n, err, out.String())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	log := &told{batches: []model.LogBatch{{Entries: lines[:1]}}, ended: cancel}
	if n, err := WriteLog(ctx, log, units, &bytes.Buffer{}); n != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %d lines, %v", n, err)
	}
}
