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
{"Action":"output","Package":"p","Test":"TestD","Output":"    d_test.go:9: a lab needs the Debian packages busybox-static dbus\n"}
{"Action":"skip","Package":"p","Test":"TestD"}
{"Action":"output","Package":"p","Test":"TestE","Output":"    e_test.go:9: needs root\n"}
{"Action":"skip","Package":"p","Test":"TestE"}
{"Action":"output","Package":"p","Test":"TestC/rest","Output":"    c_test.go:9: needs root\n"}
{"Action":"skip","Package":"p","Test":"TestC/rest"}
{"Action":"output","Package":"p","Test":"TestC/script","Output":"        > [!root] skip 'needs root'\n"}
{"Action":"skip","Package":"p","Test":"TestC/script"}
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
	const want = "5 tests, 3 skipped, and 2 parts of others (3: needs root; 2: a lab needs Debian packages that are not installed); to run more: apt-get install busybox-static dbus nix-bin"
	if got := told.summary(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := (outcome{ran: 2}).summary(); got != "2 tests, none skipped" {
		t.Errorf("%s", got)
	}
}
