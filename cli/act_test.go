package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/backend/demo"
	"microtui/model"
)

// acting runs commands on one host: typed is what is typed where questions are
// asked; nil: there is nobody to ask.
type acting struct {
	host  Host
	typed io.Reader
	width int // of the terminal; 0: there is none
	ctx   context.Context
}

func (a acting) run(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := Program{
		Open: func(context.Context, Choice) (Host, error) { return a.host, nil },
		Out:  &stdout, Err: &stderr, In: a.typed,
	}
	if a.width > 0 {
		p.Width = func() int { return a.width }
	}
	ctx := a.ctx
	if ctx == nil {
		ctx = t.Context()
	}
	status = p.Run(ctx, args)
	return status, stdout.String(), stderr.String()
}

// unclosed keeps a host open over several commands.
type unclosed struct{ *demo.Live }

func (unclosed) Close() {}

func openDemo(t *testing.T) unclosed {
	live := demo.Open(1)
	t.Cleanup(live.Close)
	return unclosed{live}
}

func stateOf(t *testing.T, h Host, name model.Raw) model.State {
	t.Helper()
	seen, err := h.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := model.Interpret(seen)
	vm := i.VM(name)
	if vm == nil {
		t.Fatalf("no VM %s", name)
	}
	return vm.State
}

func TestActionsTellWhatHappened(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	for _, test := range []struct {
		args      string
		status    int
		out, errs string
	}{
		{"start build", 0, "build: started\n", ""},
		{"start build build", 0, "build: unchanged: already running\n", ""},
		{"restart build", 0, "build: restarted\n", ""},
		{"kill build --yes", 0, "build: powered off\n", ""},
		{"stop build", 0, "build: unchanged: it was not running\n", ""},
		{"stop nosuch", 3, "", "microtui: stop nosuch: unknown VM; see microtui list\n"},
		{"stop vm-gone", 3, "", "microtui: stop vm-gone: unknown VM; see microtui list\n"},
		{"stop scratch", 3, "", "microtui: stop scratch: scratch is running outside its unit: end process "},
		{"start staging", 3, "", "microtui: start staging: /var/lib/microvms/staging is missing\n"},
		{"start web --read-only", 3, "", "microtui: start web: read-only\n"},
		{"kill web --read-only --yes", 3, "", "microtui: kill web: read-only\n"},
		{"kill web", 3, "", "microtui: kill web: the guest would lose data it has not written to disk; use --yes to proceed\n"},
		{"start twin", 3, "", "microtui: start twin: db is using interface vm-db: starting would tear it down; use --yes to proceed anyway\n"},
		{"start twin --yes", 0, "twin: started\n", "microtui: start twin: db is using interface vm-db: starting would tear it down\n"},
		{"stop", 2, "", "microtui: stop: missing VM name; see microtui list\n"},
		{"stop db ../db", 2, "", "microtui: stop ../db: expected a name, not a path\n"},
		{"stop db d%b", 2, "", "microtui: stop d%b: invalid VM name\n"},
	} {
		status, out, errs := acting{host: h}.run(t, strings.Fields(test.args)...)
		if status != test.status || out != test.out || !strings.HasPrefix(errs, test.errs) || test.errs == "" && errs != "" {
			t.Errorf("%s: status %d, want %d\noutput %q\nerrors %q", test.args, status, test.status, out, errs)
		}
	}
	if state := stateOf(t, h, "db"); state != model.StateRunning {
		t.Errorf("db is %s: a command that was not understood did something", state)
	}
}

func TestOneFailureDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	h.Do(func(h *demo.Host) { h.Deafen("web") })
	status, out, errs := acting{host: h}.run(t, "stop", "api", "nosuch", "web", "db", "cache", "build")
	if status != 1 {
		t.Errorf("status %d, want that of a failure", status)
	}
	if !strings.Contains(errs, "microtui: web: stop failed: it did not stop within 2m30s and was killed") ||
		!strings.Contains(errs, "microtui: stop nosuch: ") || strings.Count(errs, "\n") != 2 {
		t.Errorf("errors:\n%s", errs)
	}
	for _, line := range []string{"api: stopped\n", "db: stopped\n", "cache: stopped\n", "build: unchanged: it was not running\n"} {
		if !strings.Contains(out, line) {
			t.Errorf("%q is missing in:\n%s", line, out)
		}
	}
}

func TestTwoThatCannotRunTogether(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	h.Do(func(h *demo.Host) { h.Stop("db") })
	a := acting{host: h}
	status, out, errs := a.run(t, "start", "db", "twin")
	want := "microtui: start db: twin is to be started too, and has the same interface vm-db; use --yes to proceed anyway\n" +
		"microtui: start twin: db is to be started too, and has the same interface vm-db; use --yes to proceed anyway\n"
	if status != 3 || out != "" || errs != want {
		t.Errorf("status %d, output %q, errors:\n%s", status, out, errs)
	}
	if status, out, errs := a.run(t, "start", "db", "twin", "--yes"); status != 0 || strings.Count(out, ": started\n") != 2 {
		t.Errorf("with consent: status %d, output %q, errors:\n%s", status, out, errs)
	}
}

func TestActionsAsJSON(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	status, out, errs := acting{host: h}.run(t, "start", "web", "build", "nosuch", "twin", "--json")
	var got results
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	want := results{Schema: 1}
	for _, r := range []struct {
		name   model.Raw
		result model.Result
		reason model.Raw
	}{
		{"web", "unchanged", "already running"},
		{"build", "done", ""},
		{"nosuch", "refused", "unknown VM; see microtui list"},
		{"twin", "refused", "db is using interface vm-db: starting would tear it down; use --yes to proceed anyway"},
	} {
		want.Results = append(want.Results, resultEntry{Kind: "vm", Name: r.name, Action: "start", Result: r.result, Reason: orNull(r.reason)})
	}
	if diff := cmp.Diff(want, got); diff != "" || status != 3 || errs != "" {
		t.Errorf("status %d, errors %q\n%s", status, errs, diff)
	}
	for _, key := range []string{`"operation": null`, `"reason": null`} {
		if !strings.Contains(out, key) {
			t.Errorf("%s is missing in:\n%s", key, out)
		}
	}
}

func TestQuestionsAreAskedOnATerminal(t *testing.T) {
	t.Parallel()
	const question = "Power off web hard? The guest loses data it has not written to disk. [y/N] "
	for typed, want := range map[string]struct {
		status int
		out    string
		state  model.State
	}{
		"y\n":    {0, "web: powered off\n", model.StateStopped},
		" YES\n": {0, "web: powered off\n", model.StateStopped},
		"\n":     {3, "", model.StateRunning},
		"n\n":    {3, "", model.StateRunning},
		"web\n":  {3, "", model.StateRunning},
		"":       {3, "", model.StateRunning},
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			h := openDemo(t)
			status, out, errs := acting{host: h, typed: strings.NewReader(typed)}.run(t, "kill", "web")
			if state := stateOf(t, h, "web"); status != want.status || out != want.out || state != want.state {
				t.Errorf("%q: status %d, output %q, web is %s", typed, status, out, state)
			}
			if !strings.HasPrefix(errs, question) || (want.status == 3) != strings.HasSuffix(errs, "microtui: kill web: not confirmed\n") {
				t.Errorf("%q: errors %q", typed, errs)
			}
		})
	}
}

func TestConflictsAreShownBeforeTheQuestion(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	status, out, errs := acting{host: h, typed: strings.NewReader("n\ny\n")}.run(t, "start", "twin", "build")
	if status != 3 || out != "build: started\n" ||
		errs != "microtui: start twin: db is using interface vm-db: starting would tear it down\nStart twin anyway? [y/N] microtui: start twin: not confirmed\n" {
		t.Errorf("no: status %d, output %q, errors:\n%s", status, out, errs)
	}
	status, out, _ = acting{host: h, typed: strings.NewReader("y\n")}.run(t, "start", "twin")
	if status != 0 || out != "twin: started\n" {
		t.Errorf("yes: status %d, output %q", status, out)
	}
}

// What is agreed to is what was shown: a VM that has changed by then is left
// alone.
func TestConsentIsBoundToWhatWasSeen(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	typed := onRead{strings.NewReader("y\n"), func() { h.Do(func(h *demo.Host) { h.Stop("web"); h.Start("web") }) }}
	status, out, errs := acting{host: h, typed: typed}.run(t, "kill", "web")
	if status != 3 || out != "" || !strings.HasSuffix(errs, "microtui: kill web: web was restarted since\n") {
		t.Errorf("status %d, output %q, errors %q", status, out, errs)
	}
}

// onRead lets something happen while an answer is thought about.
type onRead struct {
	io.Reader
	then func()
}

func (r onRead) Read(p []byte) (int, error) {
	r.then()
	return r.Reader.Read(p)
}

// Who is not root is refused by systemd, if at all: polkit may allow it.
func TestWithoutRoot(t *testing.T) {
	t.Parallel()
	seen := demo.New(1).ObserveWith(demo.Sight{Unprivileged: true})
	refused := model.Refused(model.ErrDenied, "not permitted: as systemd has it")
	h := scripted{replayed{seen}, []model.Progress{{Outcome: &refused}}}
	for _, action := range model.Actions {
		args := []string{string(action), "db"}
		if yesHelp[action] != "" {
			args = append(args, "--yes")
		}
		status, out, errs := acting{host: h}.run(t, args...)
		if want := fmt.Sprintf("microtui: %s db: not permitted: as systemd has it\n", action); status != 3 || out != "" || errs != want {
			t.Errorf("status %d, output %q, errors %q", status, out, errs)
		}
	}
}
