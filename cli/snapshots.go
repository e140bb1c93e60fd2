package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/wording"
)

const snapshotLong = `Copy the volumes of stopped VMs, to be restored later. On btrfs, and on xfs with
reflink, a copy is made at once and shares its blocks with the volume until the
guest writes to it; elsewhere the data is copied, and holes stay holes.

A snapshot has all volumes that the guest can write to, or there is none: it is
refused with the reason while the VM is running or somebody else has a volume
open, for a volume that is a device or on another file system than the state
directory, and where there is not enough room.

Snapshots never expire. microtui snapshots lists, restores and deletes them; the
purge of a VM leaves them.`

func (s *session) snapshotCommand() *cobra.Command {
	var t terms
	var note string
	cmd := named("snapshot NAME…", "Copy the volumes of stopped VMs", func(ctx context.Context, names []string) error {
		if err := possible("snapshot", names); err != nil {
			return err
		}
		t.yes = true // it takes nothing away
		return s.operate(ctx, "snapshot", t, func(i model.Inventory) model.Plan { return model.PlanSnapshot(i, raws(names), model.Raw(note)) })
	})
	cmd.Long = snapshotLong
	t.bind(cmd)
	cmd.Flags().StringVar(&note, "note", "", "what it is for, as a `TEXT` shown next to it")
	return cmd
}

const snapshotsRestoreLong = `Restore the volumes of VMs from snapshots, named by their IDs; a VM's name means
its newest one. The VM has to be stopped.

The volumes that are there become a snapshot themselves, the newest one of that
VM: the same command with its name brings them back. The snapshot that was
restored stays.`

func (s *session) snapshotsCommand() *cobra.Command {
	cmd := named("snapshots [NAME…]", "List, restore or delete snapshots of volumes", func(ctx context.Context, names []string) error {
		return s.listSnapshots(ctx, raws(names))
	})
	var restoring, deleting terms
	restore := named("restore ID|NAME…", "Restore the volumes of VMs from snapshots", func(ctx context.Context, names []string) error {
		if len(names) == 0 {
			return usage("snapshots restore: missing ID or name; see microtui snapshots")
		}
		return s.operate(ctx, "snapshots restore", restoring, func(i model.Inventory) model.Plan { return model.PlanRevert(i, raws(names)) })
	})
	restore.Long = snapshotsRestoreLong
	restoring.bind(restore)
	forget := named("delete ID|NAME…", "Delete snapshots for good; a VM's name means all of its snapshots", func(ctx context.Context, names []string) error {
		if len(names) == 0 {
			return usage("snapshots delete: missing ID or name; see microtui snapshots")
		}
		return s.operate(ctx, "snapshots delete", deleting, func(i model.Inventory) model.Plan { return model.PlanForget(i, raws(names)) })
	})
	deleting.bind(forget)
	deleting.bindConfirm(forget, "confirm deleting the snapshot of VM `NAME` for good, or all by their number")
	cmd.AddCommand(restore, forget)
	return cmd
}

// snapshotsDocument is the JSON of snapshots.
type snapshotsDocument struct {
	Schema    int             `json:"schema"`
	Snapshots []snapshotEntry `json:"snapshots"`
}

type snapshotEntry struct {
	ID       string         `json:"id"`
	VM       model.Raw      `json:"vm"`
	TakenAt  time.Time      `json:"taken_at"`
	By       *model.Raw     `json:"by"`
	Note     *model.Raw     `json:"note"`
	Before   *string        `json:"before"` // the id of the snapshot whose restore put these volumes aside; null: they are copies
	Bytes    uint64         `json:"bytes"`
	Deleting bool           `json:"deleting"`
	Volumes  []volumeInCopy `json:"volumes"`
}

type volumeInCopy struct {
	Path       model.Raw  `json:"path"` // below the state directory, or absolute
	Size       uint64     `json:"size"`
	Bytes      uint64     `json:"bytes"`
	ModifiedAt *time.Time `json:"modified_at"`
}

func newSnapshotEntry(s model.Snapshot) snapshotEntry {
	return snapshotEntry{
		ID: s.ID, VM: s.VM, TakenAt: s.At.UTC(), By: orNull(s.By), Note: orNull(s.Note), Before: orNull(s.Aside),
		Bytes: s.Bytes(), Deleting: s.Deleting,
		Volumes: convert(s.Files, func(f model.SnapshotFile) volumeInCopy {
			return volumeInCopy{f.Path, f.Size, f.Bytes, orNull(f.Modified)}
		}),
	}
}

func (s *session) listSnapshots(ctx context.Context, vms []model.Raw) error {
	seen, err := s.observe(ctx)
	if err != nil {
		return err
	}
	if !seen.Host.Privileged {
		return problem{exitRefused, "snapshots: not permitted: run as root"}
	}
	for _, fault := range seen.Faults {
		if fault.Source == model.SourceSnapshots {
			return problem{exitFailed, text.Safef("snapshots: %s", fault.Error)}
		}
	}
	all := keep(seen.Snapshots, func(one model.Snapshot) bool { return len(vms) == 0 || slices.Contains(vms, one.VM) })
	if s.json {
		return s.answerJSON(snapshotsDocument{schema, convert(all, newSnapshotEntry)})
	}
	if len(all) == 0 {
		s.answer.WriteString("there are no snapshots\n")
		return nil
	}
	out := table{style: s.Style}
	out.add(styles.Strong, "ID", "NAME", "VOLUMES", "SIZE", "TAKEN", "BY", "NOTE")
	for _, one := range all {
		role, note := styles.Text, text.Safe(one.Origin())
		if one.Deleting {
			role, note = styles.Warn, "being deleted"
		}
		out.add(role, text.Safe(one.ID), text.Safe(one.VM), text.Safef("%d", len(one.Files)), model.FormatBytes(one.Bytes()),
			wording.Moment(one.At), text.Safe(one.By), note)
	}
	s.answerTable(out)
	return nil
}
