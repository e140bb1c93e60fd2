#!/usr/bin/env bash
# github.com/coreos/go-systemd/v22 v22.7.0: unit.DeserializeOptions reads comments and continued lines otherwise
# than systemd.
#
# One would guess the syntax of systemd.syntax(7): a comment ends with its line, a backslash and its newline
# are one space, and a comment between such lines is skipped; there is no limit of 2,048 bytes a line.
# Seen, each in a unit file that systemd takes without a complaint:
#   a comment that ends in a backslash swallows the setting after it, without an error
#   a continued value keeps the backslash and the newline
#   a comment inside of a continued value becomes a part of it, and the rest of the file is refused
#   a value of 3,000 bytes is "line too long"
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
cat >go.mod <<'EOM'
module finding
go 1.26
require github.com/coreos/go-systemd/v22 v22.7.0
EOM
cat >main.go <<'EOM'
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/coreos/go-systemd/v22/unit"
)

func main() {
	for _, try := range []struct{ what, file, read string }{
		{"comment with backslash", "[Service]\n# see C:\\\nNice=5\nType=exec\n", `Type="exec"`},
		{"continued", "[Unit]\nDescription=one \\\n  two\n", `Description="one \\\n  two"`},
		{"comment in continued", "[Unit]\nDescription=one \\\n# note\n  two\nAfter=a.service\n", `Description="one \\\n# note" unexpected newline encountered while parsing option name`},
		{"long", "[Unit]\nDescription=" + strings.Repeat("x", 3000) + "\n", "line too long (max 2048 bytes)"},
	} {
		options, err := unit.DeserializeOptions(strings.NewReader(try.file))
		var read []string
		for _, o := range options {
			read = append(read, fmt.Sprintf("%s=%q", o.Name, o.Value))
		}
		if err != nil {
			read = append(read, err.Error())
		}
		got := strings.Join(read, " ")
		fmt.Printf("%s: %s\n", try.what, got)
		if got != try.read {
			os.Exit(1)
		}
	}
}
EOM
GOFLAGS=-mod=mod go mod tidy -e >/dev/null 2>&1
go list -m github.com/coreos/go-systemd/v22
go run .
