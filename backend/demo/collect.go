package demo

import (
	"context"
	"slices"

	"microtui/model"
)

// Sightings are since when each leftover has been seen as one.
func (l *Live) Sightings(context.Context) ([]model.Sighting, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.sightings), nil
}

// RecordSightings replaces the record of them.
func (l *Live) RecordSightings(_ context.Context, seen []model.Sighting) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sightings = slices.Clone(seen)
	return nil
}

// RecordCollection is for a journal; that of this host has the VMs' words only.
func (l *Live) RecordCollection(context.Context, model.Inventory, model.Collection, []model.Sighting) {
}
