package main

import (
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	const events = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:9: a lab needs the Debian packages dbus nix-bin\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:3: noise\n"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC/part","Output":"    c_test.go:3: wrong\n"}
{"Action":"fail","Package":"p","Test":"TestC/part"}
{"Action":"output","Package":"p","Test":"TestC","Output":"--- FAIL: TestC (0.00s)\n"}
{"Action":"fail","Package":"p","Test":"TestC"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p"}
{"Action":"output","Package":"q","Output":"ok  \tq\t0.1s\n"}
{"Action":"pass","Package":"q"}
`
	var out strings.Builder
	told := read(strings.NewReader(events), &out)
	if want := "    c_test.go:3: wrong\n--- FAIL: TestC (0.00s)\nFAIL\tp\t0.1s\nok  \tq\t0.1s\n"; out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
	const want = "3 tests, 1 skipped (1: a lab needs the Debian packages dbus nix-bin: apt-get install dbus nix-bin)"
	if got := told.summary(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := (outcome{ran: 2}).summary(); got != "2 tests, none skipped" {
		t.Errorf("%s", got)
	}
}
