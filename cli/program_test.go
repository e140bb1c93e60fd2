package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
)

// failing is a host that cannot be read.
type failing struct{ err error }

func (f failing) Observe(context.Context) (model.Observation, error) {
	return model.Observation{}, f.err
}

func (f failing) Watch(context.Context, time.Duration) <-chan model.Observation {
	gone := make(chan model.Observation)
	close(gone)
	return gone
}

func (failing) Close() {}

// runOn runs a command on a host and gives status and output.
func runOn(t *testing.T, h Host, style OutputStyle, args ...string) (status int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := Program{
		Open:   func(context.Context, Choice) (Host, error) { return h, nil },
		Screen: func(context.Context, Choice) error { return ErrNoScreen },
		Out:    &stdout, Err: &stderr, Style: style,
	}
	status = p.Run(t.Context(), args)
	return status, stdout.String(), stderr.String()
}

func TestNothingFromOutsideReachesTheTerminal(t *testing.T) {
	hostile := []model.Raw{"\x1b]0;owned\x07", "a b", "-rf", "é\u202e", "\xff\x9b2J", "a\nb", "$(id)", "\u009b31m\U000e0041"}
	h := demo.NewHost(demo.Settings{Seed: 1})
	for i, name := range hostile {
		h.Write(demo.Guest{Name: name, Taps: []model.Raw{model.Raw(fmt.Sprintf("t%d\x1b[31m", i))}, HostName: name})
		h.Create(name)
		h.Start(name)
	}
	h.ForeignDirectory("\x1b[2Jdir")
	live := demo.Run(h)
	commands := [][]string{{"list"}, {"list", "--all", "--interval", "1s"}, {"list", "\x1b[8m"}, {"\x1b[8m"}, {"list", "--\x1b[8m"}, {"help", "\x1b[8m"}, {"list", "--json"}, {"observe", "--json"}}
	for _, name := range hostile {
		commands = append(commands, []string{"show", "--", string(name)}, []string{"show", string(name) + "\x1b[5m"})
	}
	for _, args := range commands {
		for _, style := range []OutputStyle{{}, {ASCII: true}} {
			_, out, errs := runOn(t, live, style, args...)
			for stream, output := range map[string]string{"output": out, "error": errs} {
				for line := range strings.SplitSeq(output, "\n") {
					if safe := text.Safe(line); string(safe) != line {
						t.Errorf("%q: %s holds %q", args, stream, line)
					}
					if json := slices.Contains(args, "--json"); !json && style.ASCII && string(text.SafeText(line).ASCII()) != line {
						t.Errorf("%q: %s on a terminal without UTF-8 holds %q", args, stream, line)
					}
				}
			}
			if strings.Count(errs, "\n") > 1 {
				t.Errorf("%q: more than one line of error:\n%s", args, errs)
			}
		}
	}
}

func TestColourOnlyOnATerminal(t *testing.T) {
	live := demo.Open(1)
	_, plain, _ := runOn(t, live, OutputStyle{Theme: styles.Basic}, "list")
	_, red, _ := runOn(t, live, OutputStyle{Theme: styles.Basic, Colour: true}, "list")
	_, mono, _ := runOn(t, live, OutputStyle{Theme: styles.Mono, Colour: true}, "list")
	if strings.Contains(plain, "\x1b") {
		t.Error("escape sequences in a pipe")
	}
	if !strings.Contains(red, "\x1b[31m✗") {
		t.Errorf("no orphan is red:\n%q", red)
	}
	if strings.Contains(mono, "\x1b[3") {
		t.Error("colours in spite of NO_COLOR")
	}
	for line := range strings.Lines(plain) {
		if strings.HasPrefix(line, "✗") != strings.Contains(line, "orphan:") {
			t.Errorf("sign and word of an orphan do not go together: %q", line)
		}
	}
}

func TestOneOfSeveralNamesIsUnknown(t *testing.T) {
	live := demo.Open(1)
	for _, test := range []struct {
		args     []string
		status   int
		out, err string
	}{
		{[]string{"list", "db", "nosuch", "vm-gone"}, 3, "vm-gone", "microtui: list nosuch: unknown name; see microtui list --all\n"},
		{[]string{"show", "db", "nosuch"}, 3, "microvm@db.service", "microtui: show nosuch: unknown name; see microtui list --all\n"},
		{[]string{"show", "x", "x"}, 3, "", "microtui: show x: unknown name; see microtui list --all\n"},
		{[]string{"show", "db", "../db"}, 2, "", "microtui: show ../db: expected a name, not a path\n"},
		{[]string{"show", ""}, 2, "", "microtui: show: empty name\n"},
		{[]string{"show", strings.Repeat("a", 256)}, 2, "", "microtui: show: name too long (256 bytes)\n"},
	} {
		status, out, errs := runOn(t, live, OutputStyle{}, test.args...)
		if status != test.status || errs != test.err || !strings.Contains(out, test.out) || test.out == "" && out != "" {
			t.Errorf("%q: status %d, error %q, output:\n%s", test.args, status, errs, out)
		}
	}
}

func TestRatesNeedAnInterval(t *testing.T) {
	live := demo.Open(1)
	_, once, _ := runOn(t, live, OutputStyle{}, "list", "db", "--json")
	_, twice, errs := runOn(t, live, OutputStyle{}, "list", "db", "--json", "--interval", "100ms")
	if !strings.Contains(once, `"cpu_percent": null`) {
		t.Errorf("a rate from one observation:\n%s", once)
	}
	if strings.Contains(twice, `"cpu_percent": null`) || strings.Contains(twice, `"rx_bytes_per_second": null`) {
		t.Errorf("no rate from two observations: %s\n%s", errs, twice)
	}
}

// sampled is a host that is seen changing more often than it is asked for.
type sampled struct {
	failing
	seen []model.Observation
}

func (s sampled) Watch(context.Context, time.Duration) <-chan model.Observation {
	all := make(chan model.Observation, len(s.seen))
	for _, o := range s.seen {
		all <- o
	}
	close(all)
	return all
}

// TestSamplesAreAnIntervalApart: what a hint brings early is passed over, and a
// tick that comes a little early is not.
func TestSamplesAreAnIntervalApart(t *testing.T) {
	h := demo.New(1)
	first := h.Observe()
	h.Pass(8900 * time.Millisecond)
	early := h.Observe()
	h.Pass(200 * time.Millisecond)
	whole := h.Observe()
	status, out, errs := runOn(t, sampled{seen: []model.Observation{first, early, whole}}, OutputStyle{}, "list", "--interval", "10s", "--json")
	var doc struct {
		At time.Time `json:"observed_at"`
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || status != 0 || !doc.At.Equal(whole.At) {
		t.Errorf("status %d, %q, %v: the last sample is of %v, want %v", status, errs, err, doc.At, whole.At)
	}
	if status, out, _ := runOn(t, sampled{seen: []model.Observation{first, early}}, OutputStyle{}, "list", "--interval", "10s"); status != exitFailed || out != "" {
		t.Errorf("half an interval: status %d\n%s", status, out)
	}
}

func TestFaultsAreNamedAndTheRestIsShown(t *testing.T) {
	h := demo.New(1)
	seen := h.ObserveWith(demo.Sight{Unprivileged: true, Failed: []model.Source{model.SourceSystemd}})
	status, out, errs := runOn(t, replayed{seen}, OutputStyle{}, "list")
	if status != 0 || !strings.Contains(out, "db") || !strings.Contains(out, "unclear") {
		t.Errorf("status %d, output:\n%s", status, out)
	}
	if !strings.Contains(errs, "microtui: cannot read systemd units: ") || !strings.Contains(errs, "microtui: cannot read interface holders: ") {
		t.Errorf("errors:\n%s", errs)
	}
	status, _, errs = runOn(t, failing{errors.New("read host: gone\nfor good")}, OutputStyle{}, "list")
	if status != 1 || errs != "microtui: read host: gone; for good\n" {
		t.Errorf("status %d, error %q", status, errs)
	}
	status, _, errs = runOn(t, failing{}, OutputStyle{}, "list", "--interval", "1s")
	if status != 1 || errs != "microtui: observe host: connection lost between two samples\n" {
		t.Errorf("status %d, error %q", status, errs)
	}
}

// replayed is a host as it was.
type replayed struct{ seen model.Observation }

func (r replayed) Observe(context.Context) (model.Observation, error) { return r.seen, nil }
func (r replayed) Watch(context.Context, time.Duration) <-chan model.Observation {
	panic("not watched")
}
func (replayed) Close() {}

func TestNoOrphansIsSaidOnlyWhereNothingIsUnclear(t *testing.T) {
	h := demo.New(1)
	blind := h.ObserveWith(demo.Sight{Failed: []model.Source{model.SourceSystemd, model.SourceHost}})
	for _, test := range []struct {
		host Host
		args []string
		out  string
	}{
		{replayed{blind}, []string{"list", "--orphans"}, "no proven orphans; "},
		{demo.Open(1), []string{"list", "--orphans", "db"}, "none of these is a proven orphan\n"},
	} {
		if status, out, errs := runOn(t, test.host, OutputStyle{}, test.args...); status != 0 || !strings.HasPrefix(out, test.out) {
			t.Errorf("%q: status %d, error %q, output:\n%s", test.args, status, errs, out)
		}
	}
}

func TestShowTellsWhatCanBeCheckedByHand(t *testing.T) {
	for name, wants := range map[string][]string{
		"crash":       {"notes         412 restarts", "verdict       kept"},
		"grafana":     {"declared      /nix/store/"},
		"import-2025": {"directory     /var/lib/microvms/import-2025\n"},
	} {
		_, out, _ := runOn(t, demo.Open(1), OutputStyle{}, "show", name)
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: without %q:\n%s", name, want, out)
			}
		}
	}
}

// A terminal that does not read any more ends the screen, and would keep a
// last word to standard error for ever.
func TestAScreenThatIsEndedSaysNothing(t *testing.T) {
	var stdout, stderr bytes.Buffer
	p := Program{
		Screen: func(context.Context, Choice) error { return ErrInterrupted },
		Out:    &stdout, Err: &stderr,
	}
	if status := p.Run(t.Context(), nil); status != 130 || stderr.Len()+stdout.Len() > 0 {
		t.Errorf("status %d, error %q, output %q", status, stderr.String(), stdout.String())
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	p := Program{
		Open: func(context.Context, Choice) (Host, error) { return demo.Open(1), nil },
		Out:  &stdout, Err: &stderr,
	}
	if status := p.Run(ctx, []string{"list", "--interval", "1h"}); status != 130 || stderr.String() != "microtui: interrupted\n" {
		t.Errorf("status %d, error %q", status, stderr.String())
	}
}

func TestWithoutAScreenThereIsTheList(t *testing.T) {
	status, out, errs := runOn(t, demo.Open(1), OutputStyle{})
	if status != 0 || !strings.Contains(out, "NAME") || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "microtui list") {
		t.Errorf("status %d, error %q, output:\n%s", status, errs, out)
	}
}

func TestFullDiskIsAnError(t *testing.T) {
	var stderr bytes.Buffer
	p := Program{
		Open: func(context.Context, Choice) (Host, error) { return demo.Open(1), nil },
		Out:  full{}, Err: &stderr,
	}
	if status := p.Run(t.Context(), []string{"list"}); status != 1 || stderr.String() != "microtui: write output: no space left\n" {
		t.Errorf("status %d, error %q", status, stderr.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestHelpWritesSwitchesPlainly(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"list", "--help"}, {"help", "purge"}} {
		status, out, errs := runOn(t, failing{}, OutputStyle{}, args...)
		if status != 0 || errs != "" || strings.Contains(out, "[=") || !regexp.MustCompile(`(?m)^ +--json +\S`).MatchString(out) {
			t.Errorf("%v: status %d, %q\n%s", args, status, errs, out)
		}
	}
}
