// Package intent is what a page, a pane or a dialog wants done and cannot do
// itself: plain data, that the app turns into commands in one place. It knows
// the model's orders and queries; of the screen and of hosts it must know
// nothing.
package intent

// Intent is one of the types of this package, or nil: nothing is wanted.
type Intent interface{ intent() }

// Several are intents one after the other.
type Several []Intent

// All are some intents as one, without those that want nothing.
func All(some ...Intent) Intent {
	var all Several
	for _, i := range some {
		if i != nil {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

func (Several) intent() {}
