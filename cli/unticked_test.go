package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"microtui/backend/demo"
	"microtui/model"
)

// emptied is a host of four VMs of which a switch removed some. Those that ran
// hold data.
func emptied(t *testing.T, removed ...model.Raw) unclosed {
	t.Helper()
	h := demo.NewHost(demo.Settings{Seed: 1, Version: demo.Version{StopsRemoved: true}})
	h.Write(demo.Guest{Name: "a", Volumes: []model.Raw{"data.img"}})
	for _, name := range []model.Raw{"a", "b", "c", "d"} {
		h.Declare(name, demo.ByConfig, name != "b")
	}
	h.Switch()
	for _, name := range removed {
		h.Undeclare(name)
	}
	h.Switch()
	live := demo.Run(h)
	t.Cleanup(live.Close)
	return unclosed{live}
}

// What a clean-up leaves unticked is told with the reason, each once; where
// nothing is ticked, nothing is done and that is status 3.
func TestUntickedIsTold(t *testing.T) {
	everything := []string{"purge", "--orphans", "--yes", "--include-running", "--include-data"}
	for _, test := range []struct {
		name      string
		removed   []model.Raw
		args      []string
		status    int
		out, errs string // the whole of it
	}{
		{"the safety warning", []model.Raw{"a", "b", "c"}, everything, 3, "",
			"microtui: clean-up a, b and c: skipped: 3 of 4 VMs look like leftovers, which is more likely a mistake in the configuration, so none is selected; use microtui purge NAME to remove one\n"},
		{"data only", []model.Raw{"a"}, []string{"purge", "--orphans", "--yes"}, 3, "",
			"microtui: clean-up a: skipped: holds data; use --include-data to include it\n"},
		{"nobody agreed", []model.Raw{"a", "b"}, []string{"purge", "--orphans"}, 3, "",
			"microtui: clean-up b: not confirmed; use --yes to proceed\nmicrotui: clean-up a: skipped: holds data; use --include-data to include it\n"},
		{"nothing", nil, everything, 0, "nothing to do\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, out, errs := runOn(t, emptied(t, test.removed...), OutputStyle{}, test.args...)
			if status != test.status || out != test.out || errs != test.errs {
				t.Errorf("status %d\n%s%s", status, out, errs)
			}
		})
	}
}

func TestUntickedBesideWhatIsDone(t *testing.T) {
	live := emptied(t, "a", "b")
	status, out, errs := runOn(t, live, OutputStyle{}, "purge", "--orphans", "--yes")
	if status != 0 || errs != "" || strings.Count(out, "a: skipped: holds data; use --include-data to include it\n") != 1 || !strings.Contains(out, "b: directory moved to the trash") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	status, out, _ = runOn(t, live, OutputStyle{}, "purge", "--orphans", "--yes", "--json")
	var said results
	if err := json.Unmarshal([]byte(out), &said); err != nil || status != 3 || len(said.Results) != 1 || said.Results[0].Name != "a" ||
		said.Results[0].Result != model.ResultRefused || said.Results[0].Reason == nil {
		t.Errorf("%v, status %d: %s", err, status, out)
	}
}

// An entry of the trash is called what it was, in results too.
func TestResultsNameThings(t *testing.T) {
	live := emptied(t, "b")
	runOn(t, live, OutputStyle{}, "purge", "--orphans", "--yes")
	status, out, errs := runOn(t, live, OutputStyle{}, "restore", "b", "--json")
	var said results
	if err := json.Unmarshal([]byte(out), &said); err != nil || status != 0 || len(said.Results) != 1 || said.Results[0].Name != "b" || said.Results[0].Entry == nil {
		t.Errorf("%v, status %d: %s%s", err, status, out, errs)
	}
}
