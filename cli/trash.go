package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/wording"
)

func (s *session) trashCommand() *cobra.Command {
	cmd := named("trash", "List purged VMs that can be restored", func(ctx context.Context, args []string) error {
		if len(args) > 0 {
			return usage("trash: unknown command %q; see microtui trash --help", args[0])
		}
		return s.listTrash(ctx)
	})
	var t terms
	empty := named("empty [NAME|ID…]", "Delete what is in the trash for good", func(ctx context.Context, names []string) error {
		return s.operate(ctx, "trash empty", t, func(i model.Inventory) model.Plan { return model.PlanEmpty(i, raws(names)) })
	})
	t.bind(empty)
	t.bindConfirm(empty, "confirm deleting `NAME` for good, or all by the number of entries")
	cmd.AddCommand(empty)
	return cmd
}

const restoreLong = `Restore purged VMs: their directories, and the gcroot links of their runners.

If a VM has a directory again (it was declared again, say), the two change
places once its name is confirmed: the present one goes to the trash and the
older one takes its place. The same command swaps them back.`

func (s *session) restoreCommand() *cobra.Command {
	var t terms
	cmd := named("restore NAME|ID…", "Restore purged VMs", func(ctx context.Context, names []string) error {
		if len(names) == 0 {
			return usage("restore: missing name or ID; see microtui trash")
		}
		t.yes = true // it takes nothing away
		return s.operate(ctx, "restore", t, func(i model.Inventory) model.Plan { return model.PlanRestore(i, raws(names)) })
	})
	cmd.Long = restoreLong
	t.bind(cmd)
	t.bindConfirm(cmd, "restore VM `NAME` even if it has a directory again, which then goes to the trash (repeatable)")
	return cmd
}

// trashDocument is the JSON of trash.
type trashDocument struct {
	Schema  int          `json:"schema"`
	Entries []trashEntry `json:"entries"`
}

type trashEntry struct {
	ID        string      `json:"id"`
	Name      model.Raw   `json:"name"`
	Kind      model.Kind  `json:"kind"`
	Bytes     *uint64     `json:"bytes"`
	PurgedAt  time.Time   `json:"purged_at"`
	ExpiresAt *time.Time  `json:"expires_at"` // null: never by itself
	By        *model.Raw  `json:"by"`
	From      model.Raw   `json:"from"`
	Place     *model.Raw  `json:"place"`
	Data      bool        `json:"data"`
	Missing   bool        `json:"missing"`
	Evidence  []model.Raw `json:"evidence"`
}

func newTrashEntry(e model.TrashEntry) trashEntry {
	return trashEntry{
		ID: e.ID, Name: e.Name, Kind: e.Kind, Bytes: e.Bytes, PurgedAt: e.PurgedAt.UTC(), ExpiresAt: orNull(e.ExpiresAt),
		By: orNull(e.By), From: e.From, Place: orNull(e.Place), Data: e.Data, Missing: e.Missing, Evidence: orEmpty(e.Evidence),
	}
}

func (s *session) listTrash(ctx context.Context) error {
	seen, err := s.observe(ctx)
	if err != nil {
		return err
	}
	if !seen.Host.Privileged {
		return problem{exitRefused, "trash: not permitted: run as root"}
	}
	for _, fault := range seen.Faults {
		if fault.Source == model.SourceTrash {
			return problem{exitFailed, text.Safef("trash: %s", fault.Error)}
		}
	}
	if s.json {
		return s.answerJSON(trashDocument{schema, convert(seen.Trash, newTrashEntry)})
	}
	if len(seen.Trash) == 0 {
		s.answer.WriteString("the trash is empty\n")
		return nil
	}
	out := table{style: s.Style}
	out.add(styles.Strong, "ID", "NAME", "SIZE", "PURGED", "EXPIRES", "BY")
	for _, e := range seen.Trash {
		expires := text.SafeText("never")
		if !e.ExpiresAt.IsZero() {
			expires = text.Safe(e.ExpiresAt.Local().Format(time.DateOnly))
		}
		size := text.SafeText("?")
		if e.Bytes != nil {
			size = model.FormatBytes(*e.Bytes)
		}
		role := styles.Text
		if e.Missing {
			role, size = styles.Warn, "gone"
		}
		out.add(role, text.Safe(e.ID), text.Safe(e.Name), size,
			wording.Moment(e.PurgedAt), expires, text.Safe(e.By))
	}
	s.answerTable(out)
	return nil
}
