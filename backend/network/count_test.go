package network

import (
	"testing"

	"github.com/vishvananda/netlink"

	"microtui/lab"
)

// What is counted of one link is what a dump of all says; one that is not there
// has no count.
func TestCount(t *testing.T) {
	lab.Require(t)
	link, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	const nowhere = 1 << 20
	counts, err := Count([]int{link.Attrs().Index, nowhere})
	if err != nil {
		t.Fatal(err)
	}
	if len(counts) != 1 || counts[0].Index != link.Attrs().Index {
		t.Fatalf("counted %+v", counts)
	}
	again, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	before, after := link.Attrs().Statistics, again.Attrs().Statistics
	if c := counts[0]; c.RxBytes < before.RxBytes || c.RxBytes > after.RxBytes || c.TxBytes < before.TxBytes || c.TxBytes > after.TxBytes {
		t.Errorf("counted %+v, between %+v and %+v", c, before, after)
	}
}
