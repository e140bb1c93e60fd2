package cli

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

func TestInterruptionNamesWhatGoesOn(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	ctx, cancel := context.WithCancel(t.Context())
	var seen counted
	seen.when(4, cancel)
	status, out, errs := acting{host: counting{h, &seen}, ctx: ctx}.run(t, "stop", "web", "db", "api", "cache", "edge")
	if status != 130 || out != "" ||
		errs != "microtui: interrupted; still running: stop web, stop db, stop api, stop cache; not started: stop edge\n" {
		t.Errorf("status %d, output %q, errors %q", status, out, errs)
	}
	for stateOf(t, h, "web") != model.StateStopped {
		if t.Context().Err() != nil {
			t.Fatal("its job did not go on")
		}
	}
	if state := stateOf(t, h, "edge"); state != model.StateRunning {
		t.Errorf("edge is %s, and was not to be begun", state)
	}
}

func TestInterruptedQuestion(t *testing.T) {
	t.Parallel()
	h := openDemo(t)
	ctx, cancel := context.WithCancel(t.Context())
	silent, _ := io.Pipe()
	status, out, errs := acting{host: h, ctx: ctx, typed: onRead{silent, cancel}}.run(t, "kill", "web", "db", "--json")
	if status != 130 || !strings.Contains(errs, "microtui: interrupted; not started: kill web, kill db\n") || strings.Count(out, `"refused"`) != 2 {
		t.Errorf("status %d, output %q, errors %q", status, out, errs)
	}
}

// counting counts the orders of a host that have begun and have no outcome.
type counting struct {
	Host
	seen *counted
}

type counted struct {
	mu         sync.Mutex
	open, most int
	at         int
	then       func()
}

func (c *counted) when(n int, then func()) { c.at, c.then = n, then }

func (c *counted) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open += n
	c.most = max(c.most, c.open)
	if c.then != nil && c.open == c.at {
		c.then()
	}
}

func (c counting) Act(ctx context.Context, order model.Order) <-chan model.Progress {
	inner, outer := c.Host.(Actor).Act(ctx, order), make(chan model.Progress)
	go func() {
		defer close(outer)
		for news := range inner {
			if news.Outcome != nil {
				c.seen.add(-1)
			}
			outer <- news
		}
	}()
	c.seen.add(1)
	return outer
}

func TestFourAtATime(t *testing.T) {
	t.Parallel()
	var seen counted
	status, out, errs := acting{host: counting{openDemo(t), &seen}}.run(t, "stop", "web", "db", "api", "cache", "edge", "git", "ntp", "vault", "stale")
	if status != 0 || strings.Count(out, ": stopped") != 9 || seen.most != 4 {
		t.Errorf("status %d, %d at a time, output %q, errors %q", status, seen.most, out, errs)
	}
}

// scripted is a host that tells what it is told to.
type scripted struct {
	Host
	tells []model.Progress
}

func (s scripted) Act(_ context.Context, order model.Order) <-chan model.Progress {
	news := make(chan model.Progress, len(s.tells))
	for _, p := range s.tells {
		p.Order = order
		news <- p
	}
	close(news)
	return news
}

func TestTheLineThatWaits(t *testing.T) {
	t.Parallel()
	began := time.Now()
	h := scripted{openDemo(t), []model.Progress{
		{Activity: "stopping: asking the guest to shut down \x1b[31m", Since: began, Limit: began.Add(150 * time.Second)},
		{Activity: "stopping: sent SIGTERM", Since: began, Warning: "the host switches"},
		{Outcome: &model.Outcome{Result: model.ResultDone}},
	}}
	status, out, errs := acting{host: h, width: 80}.run(t, "stop", "web")
	first := "\rweb: stopping: asking the guest to shut down ^[[31m, 0 s of 150 s\r"
	if status != 0 || out != "web: stopped\n" || !strings.Contains(errs, first) || !strings.Contains(errs, "\rmicrotui: stop web: the host switches\n") {
		t.Errorf("status %d, output %q, errors %q", status, out, errs)
	}
	if end := errs[strings.LastIndexByte(strings.TrimSuffix(errs, "\r"), '\r'):]; strings.TrimSpace(end) != "" {
		t.Errorf("the line is not taken away: %q", end)
	}
	_, _, errs = acting{host: h, width: 12}.run(t, "stop", "web")
	if !strings.Contains(errs, "\rweb: stoppi\r") {
		t.Errorf("on a narrow terminal: %q", errs)
	}
	if _, _, errs = (acting{host: h}).run(t, "stop", "web"); errs != "microtui: stop web: the host switches\n" {
		t.Errorf("in a pipe: %q", errs)
	}
}

func TestAHostThatSaysNothingMore(t *testing.T) {
	t.Parallel()
	h := scripted{openDemo(t), []model.Progress{{Activity: "stopping"}}}
	if status, _, errs := (acting{host: h}).run(t, "stop", "web"); status != 1 || errs != "microtui: web: stop failed: no result was reported\n" {
		t.Errorf("status %d, errors %q", status, errs)
	}
	if status, _, errs := (acting{host: replayed{demo.New(1).Observe()}}).run(t, "stop", "web"); status != 3 || errs != "microtui: stop web: this host cannot be changed\n" {
		t.Errorf("status %d, errors %q", status, errs)
	}
}
