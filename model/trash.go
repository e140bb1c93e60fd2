package model

import "time"

// TrashEntry is a directory in the trash with what is needed to bring it
// back. It is written before the directory is moved.
type TrashEntry struct {
	ID        string `json:"id"` // the operation's, and the item's number: "20261103-120411-a1b2.1"
	Name      Raw    `json:"name"`
	Kind      Kind   `json:"kind"` // vm or state_dir
	From      Raw    `json:"from"` // the path that it had
	Directory FileID `json:"directory"`
	// Subvolume is the UUID of the btrfs subvolume that the directory is, 32
	// hexadecimal digits; empty: it is none.
	Subvolume Raw       `json:"subvolume,omitempty"`
	Place     Raw       `json:"place"` // the path that it has in the trash
	PurgedAt  time.Time `json:"purged_at"`
	// ExpiresAt is when clean-up offers to delete it; zero: never by itself.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	By        Raw       `json:"by"`
	Bytes     *uint64   `json:"bytes"` // on disk; nil: unknown
	Data      bool      `json:"data"`  // holds data that exists nowhere else
	Ran       bool      `json:"ran,omitempty"`
	Origin    Origin    `json:"origin,omitempty"`
	Evidence  []Raw     `json:"evidence,omitempty"`
	// Roots are the gcroot links that pointed into it.
	Roots []GCRoot `json:"roots,omitempty"`
	// Runners are the store paths that stay rooted while it is here.
	Runners []Raw `json:"runners,omitempty"`
	// Missing: the record is there, the directory is not.
	Missing bool `json:"missing,omitempty"`
	// Aside: a restore put it here, to bring an older one back into its place.
	Aside bool `json:"aside,omitempty"`
	// Deleting: its deletion was begun. What is left of it cannot be brought
	// back; deleting it again goes on.
	Deleting bool `json:"deleting,omitempty"`
}

// TrashKeeps is how long what holds no data stays in the trash.
const TrashKeeps = 7 * 24 * time.Hour
