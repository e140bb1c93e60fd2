package nix

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// nextLink is the link that becomes `current`, and after that `old`: the two
// are exchanged, so that a switch is at each instant not begun, done but for
// `old`, or done, and what it replaces is never lost.
const nextLink = ".microtui-next"

// change makes `current` name the new runner, or finishes that.
func (f vmFolder) change(s SwitchRequest) (changed bool, err error) {
	current, err := f.current(s)
	if err != nil {
		return false, err
	}
	left, err := f.link(nextLink)
	if err != nil {
		return false, fmt.Errorf("%w: %w: move it away", model.ErrRefused, err)
	}
	if current == s.To {
		return f.finish(s, left)
	}
	if err := f.remove(nextLink); err != nil {
		return false, err
	}
	if err := unix.Symlinkat(string(s.To), f.fd, nextLink); err != nil {
		return false, fmt.Errorf("make link in %s: %w", f.path, kindOf(err))
	}
	if s.From == "" {
		return f.place(s)
	}
	ours, err := f.identify(nextLink)
	if err != nil {
		return false, fmt.Errorf("%w: someone else is writing to %s: %w", model.ErrStale, f.path, err)
	}
	if err := f.exchange(); err != nil {
		return false, also(err, f.remove(nextLink))
	}
	if was, err := f.link(nextLink); err != nil || was != string(s.From) {
		return false, also(fmt.Errorf("%w: something else changed its `current` at the same time", model.ErrStale), f.giveBack(ours))
	}
	return f.keepOldOf(s, ours)
}

// finish does what is left of a switch after which `current` names the new
// runner.
func (f vmFolder) finish(s SwitchRequest, left string) (changed bool, err error) {
	if left != string(s.From) || left == "" || s.From == s.To {
		return false, f.remove(nextLink)
	}
	ours, err := f.identify("current")
	if err != nil || ours.target != string(s.To) {
		return false, also(stale(s, ours.target), err)
	}
	return f.keepOldOf(s, ours)
}

// keepOldOf ends a switch whose new link, ours, is `current` already. Where the
// old one cannot be kept it becomes `current` again: nothing else names it.
func (f vmFolder) keepOldOf(s SwitchRequest, ours linkID) (changed bool, err error) {
	if err := f.keepOld(s.From); err != nil {
		return false, also(err, f.giveBack(ours))
	}
	return true, nil
}

// place makes the new link `current` where there is none.
func (f vmFolder) place(s SwitchRequest) (bool, error) {
	err := unix.Renameat2(f.fd, nextLink, f.fd, "current", unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EEXIST) {
		now, _ := f.link("current")
		return false, also(stale(s, now), f.remove(nextLink))
	}
	if err != nil {
		return false, also(fmt.Errorf("make `current` in %s: %w", f.path, err), f.remove(nextLink))
	}
	return true, nil
}

// keepOld makes `old` of the link that was `current`, if one can go back to it.
func (f vmFolder) keepOld(from model.Raw) error {
	if !isStorePath(from) || !isThere(from) {
		return f.remove(nextLink)
	}
	if err := unix.Renameat(f.fd, nextLink, f.fd, "old"); err != nil {
		return fmt.Errorf("make `old` in %s: %w", f.path, kindOf(err))
	}
	return nil
}

// clear takes away what a switch has left to the side that did not come to its
// end. Where `current` named the new runner for a moment, and somebody has
// written it since, the one before becomes `old` all the same.
func (f vmFolder) clear(s SwitchRequest) error {
	left, err := f.link(nextLink)
	if err != nil || left == "" { // what is no link is none of ours
		return nil
	}
	if now, unread := f.link("current"); unread == nil && left == string(s.From) && now != left {
		err = f.keepOld(s.From)
	}
	return also(err, also(f.remove(nextLink), f.sync()))
}

// exchange swaps the new link and `current`, in one instant.
func (f vmFolder) exchange() error {
	err := unix.Renameat2(f.fd, nextLink, f.fd, "current", unix.RENAME_EXCHANGE)
	switch {
	case errors.Is(err, unix.ENOENT):
		return fmt.Errorf("%w: its `current` was removed", model.ErrStale)
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return fmt.Errorf("%w: the file system of %s cannot swap two links atomically (OpenZFS can since 2.2): use microvm -u", model.ErrRefused, f.path)
	case err != nil:
		return fmt.Errorf("exchange `current` in %s: %w", f.path, kindOf(err))
	}
	return nil
}

// maxGivenBack is how often what was displaced goes back: somebody who writes
// `current` without a pause has no use for the last bit of it.
const maxGivenBack = 1000

// giveBack puts back what somebody wrote to `current` right before our link
// took its place. They may write again meanwhile: then what comes back is
// newer than what was put there, and goes there as well.
func (f vmFolder) giveBack(placed linkID) error {
	for range maxGivenBack {
		putting, err := f.identify(nextLink)
		if err != nil || f.exchange() != nil {
			break // it was taken away: there is nothing to put back, or no place
		}
		came, err := f.identify(nextLink)
		if err != nil || came == placed {
			break // nobody wrote since
		}
		placed = putting
	}
	return f.remove(nextLink)
}
