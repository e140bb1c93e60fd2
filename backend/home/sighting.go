package home

import (
	"bytes"
	"encoding/json"
	"fmt"

	"microtui/model"
)

// The record of what the periodic clean-up has seen.
const (
	// SightingsFile says since when each leftover has been one. Whoever could
	// write it could take the grace period away.
	SightingsFile   = Path + "/leftovers.json"
	sightingsSchema = 1
)

type sightings struct {
	Schema    int              `json:"schema"`
	Leftovers []model.Sighting `json:"leftovers"`
}

// ReadSightings reads the record. No file is an empty one.
func ReadSightings(path string) ([]model.Sighting, error) {
	text, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("read the record of leftovers: %w", err)
	}
	if text == nil {
		return nil, nil
	}
	var seen sightings
	if err := model.ReadJSON(text, &seen); err != nil {
		return nil, fmt.Errorf("read the record of leftovers %s: %w", path, err)
	}
	if seen.Schema != sightingsSchema {
		return nil, fmt.Errorf("read the record of leftovers %s: schema %d, known is %d", path, seen.Schema, sightingsSchema)
	}
	return seen.Leftovers, nil
}

// WriteSightings writes the record, under the lock.
func WriteSightings(path string, seen []model.Sighting) error {
	text, err := json.MarshalIndent(sightings{sightingsSchema, seen}, "", "\t")
	if err == nil {
		err = Write(path, 0o600, bytes.NewReader(append(text, '\n')))
	}
	if err != nil {
		return fmt.Errorf("write the record of leftovers: %w", err)
	}
	return nil
}
