package model

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

func filterHost() ([]VM, []Leftover) {
	vms := []VM{
		{Name: "web", State: StateRunning, Origin: OriginDeclared, Freshness: FreshnessCurrent, Verdict: VerdictKept},
		{Name: "Web-Old", State: StateStopped, Origin: OriginUndeclared, Freshness: FreshnessMissing, Verdict: VerdictOrphan, Notes: []Raw{"declared until generation 41"}, Findings: []string{"undeclared-state", "dangling-gcroot"}},
		{Name: "db", State: StateCrashLoop, Origin: OriginDeclaredFlake, Freshness: FreshnessRebootNeeded, Verdict: VerdictKept, Notes: []Raw{"MAC 02:00:00:00:00:01 twice"}, Findings: []string{"crash-loop"}},
		{Name: "mail", State: StateStarting, Verdict: VerdictUnclear},
	}
	leftovers := []Leftover{
		{Ref: Ref{KindTap, "vm-web"}, Verdict: VerdictOrphan, Notes: []Raw{"claimed by no VM"}},
		{Ref: Ref{KindStateDir, "empty"}, Verdict: VerdictUnclear},
	}
	return vms, leftovers
}

func passing(f Filter) string {
	vms, leftovers := filterHost()
	var names []string
	for i := range vms {
		if f.Matches(&vms[i]) {
			names = append(names, string(vms[i].Name))
		}
	}
	for i := range leftovers {
		if f.MatchesLeftover(&leftovers[i]) {
			names = append(names, string(leftovers[i].Ref.Name))
		}
	}
	return strings.Join(names, " ")
}

const everything = "web Web-Old db mail vm-web empty"

func TestFilter(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", everything},
		{"  ", everything},
		{"web", "web Web-Old vm-web"},
		{"WEB", "web Web-Old vm-web"},
		{"web old", "Web-Old"},
		{"generation", "Web-Old"},
		{"02:00", "db"},
		{"running", "web"},
		{"orphan", "Web-Old vm-web"},
		{"tap", "vm-web"},
		{"state:running", "web"},
		{"state:st", "Web-Old mail"},
		{"STATE:Run,Crash", "web db"},
		{"state:crash_loop", "db"},
		{"state:", "web Web-Old db mail"},
		{"origin:declared", "web db"},
		{"origin:declared-", "db"},
		{"origin:undeclared web", "Web-Old"},
		{"origin:", "web Web-Old db"},
		{"freshness:reboot", "db"},
		{"verdict:unclear", "mail empty"},
		{"kind:vm", "web Web-Old db mail"},
		{"kind:tap,state_dir", "vm-web empty"},
		{"kind:state-dir", "empty"},
		{"finding:", "Web-Old db"},
		{"finding:dangling", "Web-Old"},
		{"finding:nosuch", ""},
		{"-web", "db mail empty"},
		{"-kind:vm web", "vm-web"},
		{"-state:running", "Web-Old db mail vm-web empty"},
		{"-finding: -kind:tap", "web mail empty"},
		{"-", "Web-Old db vm-web"},
		{"--old", "web db mail vm-web empty"},
		{"state:running state:stopped", ""},
	} {
		f, why := ParseFilter(test.text)
		if got := passing(f); got != test.want || why != "" {
			t.Errorf("%q passes %q, want %q; not understood: %q", test.text, got, test.want, why)
		}
	}
}

func TestFilterNotUnderstood(t *testing.T) {
	for text, want := range map[string]Raw{
		"colour:red":       `unknown field "colour"; use one of state, origin, freshness, verdict, kind, finding`,
		"-name:x state:xy": `unknown field "name"; use one of state, origin, freshness, verdict, kind, finding`,
		"web verdict:bad":  `unknown verdict "bad"; use one of kept, orphan, suspect, unclear, foreign`,
		"-state:run,xy":    `unknown state "xy"; use one of running, paused, starting, stopping, stopped, failed, crash-loop, outside, unknown`,
	} {
		f, why := ParseFilter(text)
		if why != want {
			t.Errorf("%q: %q, want %q", text, why, want)
		}
		if got := passing(f); got != "" {
			t.Errorf("%q is not understood, and passes %q", text, got)
		}
	}
}

// TestFilterKnowsEveryValue reads the constants from the source, so that a new
// one is not forgotten.
func TestFilterKnowsEveryValue(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			constant, is := n.(*ast.ValueSpec)
			if !is || len(constant.Values) != 1 {
				return true
			}
			kind, named := constant.Type.(*ast.Ident)
			value, text := constant.Values[0].(*ast.BasicLit)
			if !named || !text {
				return true
			}
			field := fieldNamed(strings.ToLower(kind.Name))
			word := strings.Trim(value.Value, `"`)
			if field == nil || word == string(KindHost) || word == string(KindTrash) || word == string(KindSnapshot) { // none is in the table
				return true
			}
			found++
			if _, why := ParseFilter(field.name + ":" + word); why != "" {
				t.Error(why)
			}
			return true
		})
	}
	if want := 8 + 7 + 6 + 5 + 7; found < want {
		t.Errorf("%d constants found, want %d or more", found, want)
	}
}

func FuzzFilter(f *testing.F) {
	for _, text := range []string{"", "web", "-state:run", "state:,", ":", "-:", "kind:tap,unit", "\xff:\x00", "İ", "a:b:c", "- -- ---"} {
		f.Add(text)
	}
	vms, leftovers := filterHost()
	f.Fuzz(func(t *testing.T, text string) {
		filter, why := ParseFilter(text)
		if why != "" && passing(filter) != "" {
			t.Fatalf("%q: %s, and yet it passes %q", text, why, passing(filter))
		}
		if filter.IsEmpty() != (len(strings.Fields(text)) == 0) {
			t.Fatalf("%q: empty: %v", text, filter.IsEmpty())
		}
		if why != "" || len(strings.Fields(text)) != 1 || strings.HasPrefix(strings.TrimSpace(text), "-") {
			return
		}
		opposite, why := ParseFilter("-" + strings.TrimSpace(text))
		if why != "" {
			t.Fatalf("%q is understood, its opposite is not: %s", text, why)
		}
		for i := range vms {
			if filter.Matches(&vms[i]) == opposite.Matches(&vms[i]) {
				t.Fatalf("%q and its opposite agree on %q", text, vms[i].Name)
			}
		}
		for i := range leftovers {
			if filter.MatchesLeftover(&leftovers[i]) == opposite.MatchesLeftover(&leftovers[i]) {
				t.Fatalf("%q and its opposite agree on %q", text, leftovers[i].Ref.Name)
			}
		}
		parts := strings.Fields(text + " " + "state:run")
		both, _ := ParseFilter(strings.Join(parts, " "))
		running, _ := ParseFilter("state:run")
		for i := range vms {
			if want := filter.Matches(&vms[i]) && running.Matches(&vms[i]); both.Matches(&vms[i]) != want {
				t.Fatalf("%q: two terms pass %q: %v", parts, vms[i].Name, !want)
			}
		}
	})
}

func TestFilterOfOthers(t *testing.T) {
	found := &Finding{Rule: "stale-share", Severity: SeverityError, Subject: Ref{KindVM, "web"}, VMs: []Raw{"web", "twin"}, Summary: "It serves old secrets"}
	for text, want := range map[string]bool{
		"": true, "twin": true, "SECRETS": true, "error": true, "finding:stale": true, "kind:vm": true, "-kind:vm": false, "finding:crash": false,
		"state:running": false, "-state:running": true, "stat:x": false,
	} {
		f, _ := ParseFilter(text)
		if f.MatchesFinding(found) != want {
			t.Errorf("%q and a finding: not %t", text, want)
		}
	}
	for text, want := range map[string]bool{"": true, "web": true, "-web": false, "purge web": true, "web db": false, "kind:": false, "-kind:vm": true, "stat:x": false} {
		f, _ := ParseFilter(text)
		if f.MatchesTexts("web", "Purge of web") != want {
			t.Errorf("%q and texts: not %t", text, want)
		}
	}
}
