package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
	"microtui/model/text"
)

// exportingHost writes what the test says into no file.
type exportingHost struct {
	*actingHost
	queries chan model.LogQuery
	answer  func(path string) (string, int, error)
}

func (h *exportingHost) Export(_ context.Context, q model.LogQuery, path string) (string, int, error) {
	h.queries <- q
	return h.answer(path)
}

func TestExport(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{Folder: "/home/me"})
	host := &exportingHost{th.host, make(chan model.LogQuery, 1), func(path string) (string, int, error) { return path, 1234, nil }}
	th.App.exporter = host
	th.observe(hostel())
	th.journalOf(10)
	th.loaded()
	th.press("p", "U", "down", "enter")
	th.press("e")
	th.shows("Export the log of api")
	th.shows("/home/me/log-api-20261103-1204")
	th.shows("Writes every line in the journal (vm only, info and worse), not just")
	th.press("esc")
	th.hides("/home/me")
	th.press("e")
	th.pressAfter(time.Millisecond, "enter") // too early
	th.shows("Export the log of api")
	th.pressAfter(time.Second, "backspace")
	for range len("-20261103-120435.tx") {
		th.pressAfter(0, "backspace")
	}
	th.typeText(".txt")
	th.press("enter")
	th.shows("Export: writing")
	th.shows("exporting")
	th.press("e")
	th.shows("Export: an export is already running")
	q := <-host.queries
	if q.Last != -1 || q.Follow || q.Priority != 6 || cmp.Diff([]model.Raw{"microvm@api.service"}, q.Units) != "" {
		t.Errorf("asked for %+v", q)
	}
	th.until("the end", func() bool {
		return strings.Contains(th.screen(), "Export: 1234 lines in /home/me/log-api.txt")
	})
	th.hides("exporting")
	th.press("m")
	th.shows("1234 lines in /home/me/log-api.txt")
}

func TestExportFails(t *testing.T) {
	for want, lines := range map[string]int{"Export: /x is there already": 0, "Export: only 7 lines in /x: /x is there already": 7} {
		th := newTheatre(t, 100, 24, Options{})
		th.App.exporter = &exportingHost{th.host, make(chan model.LogQuery, 1), func(string) (string, int, error) {
			return "/x", lines, errors.New("/x is there already")
		}}
		th.observe(hostel())
		th.journalOf(10)
		th.loaded()
		th.press("e", "ctrl+w")
		th.press("enter")
		th.shows("Type a file name.")
		th.typeText("/x")
		th.hides("It needs")
		th.press("enter")
		th.until("the end", func() bool { return strings.Contains(th.screen(), want) })
	}
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.press("L", "e")
	th.shows("Export: this host writes no files")
}

func TestExportNames(t *testing.T) {
	for about, want := range map[text.SafeText]string{
		"api": "log-api-20261103-120430.txt", "3 VMs": "log-3_VMs-20261103-120430.txt",
		"../é x": "log-_____x-20261103-120430.txt", text.SafeText(strings.Repeat("x", 300)): "log-" + strings.Repeat("x", 60) + "-20261103-120430.txt",
	} {
		if got := exportName(about, now); got != want {
			t.Errorf("%s: %s", about, got)
		}
	}
}
