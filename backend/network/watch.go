package network

import (
	"context"
	"errors"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"microtui/backend/wait"
)

const (
	// settle is how long events are gathered before they count as one hint.
	settle = 50 * time.Millisecond
	// reopenAfter is the pause before a socket that failed is opened again.
	reopenAfter = time.Second
)

// Watch hints that links changed, until the context ends; then the channel is
// closed. Hints are coalesced and say nothing but "read again": the kernel
// drops events when many come at once, which is a hint as well.
func Watch(ctx context.Context) <-chan struct{} {
	events, hints := make(chan struct{}, 1), make(chan struct{}, 1)
	go func() {
		for ctx.Err() == nil {
			if socket, err := nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_LINK); err == nil {
				receive(ctx, socket, events)
			}
			wait.Pause(ctx, reopenAfter)
		}
		close(events)
	}()
	go func() {
		defer close(hints)
		for range events {
			wait.Pause(ctx, settle)
			wait.Signal(hints)
		}
	}()
	return hints
}

// receive notes each event until the socket fails or the context ends, and
// closes the socket.
func receive(ctx context.Context, socket *nl.NetlinkSocket, events chan<- struct{}) {
	stop := context.AfterFunc(ctx, socket.Close) // which ends Receive
	defer func() {
		if stop() {
			socket.Close()
		}
	}()
	for {
		_, _, err := socket.Receive()
		if err != nil && !errors.Is(err, unix.ENOBUFS) {
			return
		}
		wait.Signal(events)
	}
}
