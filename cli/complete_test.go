package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"microtui/backend/demo"
	"microtui/model"
)

// namer names what it has at once, and fails whoever observes it.
type namer struct {
	Host
	t     *testing.T
	names map[model.Kind][]model.Named
}

func (n namer) Names(_ context.Context, kind model.Kind) []model.Named { return n.names[kind] }
func (n namer) Observe(context.Context) (model.Observation, error) {
	n.t.Error("a completion read the whole host")
	return model.Observation{}, nil
}
func (n namer) Close() {}

// completions are what a shell is given, without the words beside them.
func completions(t *testing.T, open func(context.Context, Choice) (Host, error), args ...string) []string {
	t.Helper()
	var out, errs strings.Builder
	p := Program{Open: open, Out: &out, Err: &errs, Configure: func() (Settings, error) { return Settings{}, errors.New("broken") }}
	if status := p.Run(t.Context(), append([]string{"__complete"}, args...)); status != 0 {
		t.Fatalf("%q: status %d, %s", args, status, errs.String())
	}
	var found []string
	for line := range strings.Lines(out.String()) {
		if name, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); !strings.HasPrefix(name, ":") {
			found = append(found, name)
		}
	}
	return found
}

// TestCompletions: what can be typed next is what there is, and fits.
func TestCompletions(t *testing.T) {
	host := namer{t: t, names: map[model.Kind][]model.Named{
		model.KindVM:    {{Name: "db", Note: "running"}, {Name: "dns", Note: "stopped"}, {Name: "x\x1b[2J", Note: "running"}, {Name: "web", Note: "failed"}},
		model.KindTap:   {{Name: "vm-db"}},
		model.KindTrash: {{Name: "a1", Note: "old, purged 2026-01-01"}},

		model.KindSnapshot: {{Name: "s1", Note: "db, 2026-01-01"}},
	}}
	open := func(context.Context, Choice) (Host, error) { return host, nil }
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"show", ""}, []string{"db", "dns", "web"}},
		{[]string{"show", "d"}, []string{"db", "dns"}},
		{[]string{"show", "db", ""}, []string{"dns", "web"}},
		{[]string{"start", ""}, []string{"dns", "web"}},
		{[]string{"stop", ""}, []string{"db"}},
		{[]string{"ssh", "db", ""}, nil},
		{[]string{"keep", "--kind", "tap", ""}, []string{"vm-db"}},
		{[]string{"restore", ""}, []string{"a1"}},
		{[]string{"snapshot", ""}, []string{"dns", "web"}},
		{[]string{"snapshots", "restore", ""}, []string{"s1"}},
		{[]string{"ops", "settle", ""}, nil}, // no operator
		{[]string{"doctor", "--explain", "undeclared-s"}, []string{"undeclared-state"}},
		{[]string{"logs", "--unit", "vir"}, []string{"virtiofsd"}},
		{[]string{"help", "rest"}, []string{"restart", "restore"}},
		{[]string{"config", ""}, nil},
	} {
		if got := completions(t, open, test.args...); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.args, got, test.want)
		}
	}
	broken := func(context.Context, Choice) (Host, error) { return nil, errors.New("no such host") }
	if got := completions(t, broken, "show", ""); got != nil {
		t.Errorf("without a host: %q", got)
	}
}

// TestCompletionsOfAnyHost: a host that cannot name things fast is observed.
func TestCompletionsOfAnyHost(t *testing.T) {
	open := func(context.Context, Choice) (Host, error) { return demo.Open(1), nil }
	if got := completions(t, open, "purge", "old"); !slices.Equal(got, []string{"old-web"}) {
		t.Errorf("%q", got)
	}
	if got := completions(t, open, "keep", "--kind", "tap", "vm-g"); !slices.Equal(got, []string{"vm-gone"}) {
		t.Errorf("%q", got)
	}
}
