#!/usr/bin/env bash
# github.com/vishvananda/netlink v1.3.1 (kernel 6.18): LinkSubscribe reports RTM_DELLINK for a link that stays.
#
# One would guess that an update with Header.Type RTM_DELLINK says that the link is gone.
# Seen: a port that leaves a bridge sends RTM_DELLINK with its name and index, too. It is the bridge's news,
# of family AF_BRIDGE (7) and as Link of type "device", and Attrs().MasterIndex is still the bridge's; the
# link is there afterwards. Only a DELLINK of family AF_UNSPEC is the end of a link, and who keeps a table of
# links must look at LinkUpdate.Family for NEWLINK as well, since joining sends a second one as "device".
# Needs root, for a network namespace of its own, and the kernel's bridge and veth.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
cat >go.mod <<'EOM'
module finding
go 1.26
require github.com/vishvananda/netlink v1.3.1
EOM
cat >main.go <<'EOM'
package main

import (
	"fmt"
	"log"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// deleted waits for a DELLINK of the port and returns its family.
func deleted(updates chan netlink.LinkUpdate, what string) uint8 {
	for {
		select {
		case u := <-updates:
			if u.Header.Type == unix.RTM_DELLINK && u.Attrs().Name == "port0" {
				fmt.Printf("%s: DELLINK of %s, family %d, type %s, master %d\n", what, u.Attrs().Name, u.Family, u.Type(), u.Attrs().MasterIndex)
				return u.Family
			}
		case <-time.After(10 * time.Second):
			log.Fatal(what + ": no DELLINK")
		}
	}
}

func main() {
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0"}}
	port := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "port0"}, PeerName: "peer0"}
	must(netlink.LinkAdd(bridge))
	must(netlink.LinkAdd(port))
	updates := make(chan netlink.LinkUpdate, 100)
	must(netlink.LinkSubscribe(updates, make(chan struct{})))
	must(netlink.LinkSetMaster(port, bridge))
	must(netlink.LinkSetNoMaster(port))
	left := deleted(updates, "left the bridge")
	still, err := netlink.LinkByName("port0")
	must(err)
	fmt.Println("still there:", still.Attrs().Name, "index", still.Attrs().Index, "master", still.Attrs().MasterIndex)
	must(netlink.LinkDel(port))
	if gone := deleted(updates, "deleted"); left != unix.AF_BRIDGE || gone != unix.AF_UNSPEC {
		log.Fatal("changed")
	}
}
EOM
GOFLAGS=-mod=mod go mod tidy -e >/dev/null 2>&1
go list -m github.com/vishvananda/netlink
go build -o finding .
unshare --net ./finding
