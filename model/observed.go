package model

// Observed is the observation that an inventory was made from, for rules that
// look closer; nil: it was not made by [Interpret].
func (i Inventory) Observed() *Observation {
	if i.facts == nil {
		return nil
	}
	return i.facts.Observation
}
