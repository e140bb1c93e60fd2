package network

import (
	"errors"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// Delete deletes a TAP or macvtap by its index, which the kernel gives to no
// other link, and reports whether it was there. One of that index that has
// another name or kind, or is neither, gives an error that wraps
// [model.ErrStale] or [model.ErrRefused]. Whether a process has it open is for
// the caller to find out: the kernel would delete it all the same.
func Delete(name model.Raw, index int, kind string) (deleted bool, err error) {
	link, found, err := byIndex(index)
	switch {
	case err != nil:
		return false, fmt.Errorf("read interface %s: %w", name, err)
	case !found:
		return false, nil
	case link.Name != name || link.Kind != kind:
		return false, fmt.Errorf("%w: interface %d is now %s (%s), not %s", model.ErrStale, index, link.Name, link.Kind, name)
	case link.Kind != "macvtap" && !(link.Kind == "tun" && link.Tap):
		return false, fmt.Errorf("%w: interface %s is not a TAP or macvtap", model.ErrRefused, name)
	}
	request := nl.NewNetlinkRequest(unix.RTM_DELLINK, unix.NLM_F_ACK)
	message := nl.NewIfInfomsg(unix.AF_UNSPEC)
	message.Index = int32(index)
	request.AddData(message)
	_, err = request.Execute(unix.NETLINK_ROUTE, 0)
	if errors.Is(err, unix.ENODEV) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("delete interface %s: %w", name, err)
	}
	return true, nil
}

// byIndex reads one link.
func byIndex(index int) (model.Link, bool, error) {
	request := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_ACK)
	message := nl.NewIfInfomsg(unix.AF_UNSPEC)
	message.Index = int32(index)
	request.AddData(message)
	answers, err := request.Execute(unix.NETLINK_ROUTE, 0)
	if errors.Is(err, unix.ENODEV) {
		return model.Link{}, false, nil
	}
	if err != nil || len(answers) == 0 {
		return model.Link{}, false, err
	}
	link, err := parseLink(answers[0])
	return link, err == nil, err
}
