#!/usr/bin/env bash
# github.com/godbus/dbus/v5 v5.2.4: a Go int or uint is sent as 32 bits, and what does not fit is cut off silently.
#
# On a 64-bit machine one would guess "x" and "t" (as int64 and uint64 are sent), or an error.
# Seen: MakeVariant(int) has signature "i", MakeVariant(uint) "u"; encoding returns no error:
#   int 1<<40 arrives as 0, uint 1<<33+7 as 7, int -1-1<<35 as -1; int64 1<<40 arrives whole.
# A number of bytes or of microseconds in an `int` is wrong at the receiver, and no side notices.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
cat >go.mod <<'EOM'
module finding
go 1.26
require github.com/godbus/dbus/v5 v5.2.4
EOM
cat >main.go <<'EOM'
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"

	"github.com/godbus/dbus/v5"
)

// send encodes v as a message's body and returns what its reader decodes.
func send(v any) (any, error) {
	message := &dbus.Message{
		Type: dbus.TypeSignal,
		Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldPath:      dbus.MakeVariant(dbus.ObjectPath("/a")),
			dbus.FieldInterface: dbus.MakeVariant("a.b"),
			dbus.FieldMember:    dbus.MakeVariant("C"),
			dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(v)),
		},
		Body: []any{v},
	}
	var wire bytes.Buffer
	if err := message.EncodeTo(&wire, binary.LittleEndian); err != nil {
		return nil, err
	}
	read, err := dbus.DecodeMessage(&wire)
	if err != nil {
		return nil, err
	}
	return read.Body[0], nil
}

func main() {
	for _, try := range []struct{ sent, arrives any }{
		{int(1) << 40, int32(0)},
		{uint(1)<<33 + 7, uint32(7)},
		{int(-1) - 1<<35, int32(-1)},
		{int64(1) << 40, int64(1) << 40},
	} {
		got, err := send(try.sent)
		fmt.Printf("%T %v, signature %v: arrives as %T %v, error %v\n", try.sent, try.sent, dbus.MakeVariant(try.sent).Signature(), got, got, err)
		if got != try.arrives || err != nil {
			os.Exit(1)
		}
	}
}
EOM
GOFLAGS=-mod=mod go mod tidy -e >/dev/null 2>&1
go list -m github.com/godbus/dbus/v5
go run .
