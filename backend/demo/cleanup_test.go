package demo_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"microtui/backend/demo"
	"microtui/backend/operation"
	"microtui/model"
)

// TestCleanUpTakesNothingWanted lets random histories happen and cleans all up
// that is offered: what changes on the host is exactly what the plan says,
// nothing of it is wanted by anybody, and no leftover that can be proven is
// there afterwards. Each seed is a history: see [seedOf].
func TestCleanUpTakesNothingWanted(t *testing.T) {
	seed, count := seedOf(t), 2500
	switch {
	case os.Getenv("MICROTUI_LONG") == "1":
		count = histories
	case os.Getenv("MICROTUI_SEED") != "":
		count = 1
	}
	done := make(map[model.StepAction]int)
	for n := range uint64(count) {
		hs := newHistory(seed + n)
		if wrong := cleaned(t, hs, done); wrong != "" {
			t.Fatalf("MICROTUI_SEED=%d: %s\n%s", seed+n, wrong, hs)
		}
	}
	t.Logf("MICROTUI_SEED=%d, %d histories: %v", seed, count, done)
	if count == 1 {
		return
	}
	for _, action := range []model.StepAction{ // a process is left in one history of a thousand
		model.StepStop, model.StepQuarantine, model.StepDeleteLink, model.StepRemoveRoot, model.StepResetFailed,
	} {
		if done[action] == 0 {
			t.Errorf("no history came to a step %s", action)
		}
	}
}

// cleaned cleans up after a history, and says what is wrong with that; empty:
// nothing.
func cleaned(t *testing.T, hs history, done map[model.StepAction]int) string {
	t.Helper()
	var host *demo.Host
	hs.play(func(_ int, h *demo.Host, _ string, _ bool) { host = h })
	live := demo.Run(host)
	// What an earlier round took away can be what stood against a proof.
	for round := range 4 {
		before := host.Observe()
		seen := model.Interpret(before)
		plan, err := live.Survey(context.Background(), model.PlanCleanUp(seen, model.CleanUpOptions{}))
		if err != nil {
			return err.Error()
		}
		if at := slices.IndexFunc(plan.Items, func(i model.Item) bool { return len(i.Steps) == 0 }); at >= 0 {
			return fmt.Sprintf("%s %s is offered, and there is nothing to do about it", plan.Items[at].Ref.Kind, plan.Items[at].Ref.Name)
		}
		if offered := len(plan.Items) + len(plan.Refused); seen.CleanableCount() > offered {
			return fmt.Sprintf("%d orphans are said to be cleanable, of %d that are offered or refused", seen.CleanableCount(), offered)
		}
		plan = plan.TickOnly(func(model.Ref) bool { return true })
		if len(plan.Items) == 0 {
			return leftBehind(host, plan)
		}
		for _, claim := range host.Truth() {
			// (What is a VM's is as wanted as that.)
			if claim.Wanted && slices.ContainsFunc(plan.Items, func(i model.Item) bool { return i.Ref == claim.Ref }) {
				return fmt.Sprintf("%s %s is offered, and is wanted: %s", claim.Ref.Kind, claim.Ref.Name, claim.Why)
			}
		}
		header := operation.Header{ID: fmt.Sprintf("20261103-120411-%04x", round), Plan: plan, At: host.Now()}
		o, err := operation.Run(context.Background(), header, live.World(), &diary{})
		if err != nil || o.State != model.OperationDone {
			return fmt.Sprintf("%s: %s %v", o.State, o.Reason, err)
		}
		for _, item := range plan.Items {
			for _, step := range item.Steps {
				done[step.Action]++
			}
		}
		says, is := planned(plan, before), changed(before, host.Observe())
		for _, item := range plan.Items {
			for _, down := range item.TakesDown {
				if what := "link: " + string(down.Ref.Name); there(before, down.Ref.Name) || is[what] {
					says[what] = true
				}
			}
		}
		if diff := unlike(says, is); diff != "" {
			return "the plan is not what was done (- planned, + done):\n" + diff
		}
	}
	return fmt.Sprintf("it is never clean: %+v", model.PlanCleanUp(model.Interpret(host.Observe()), model.CleanUpOptions{}).Items)
}

// leftBehind says which proven leftover is there after a clean-up, other than
// those that the plan refuses with a reason.
func leftBehind(host *demo.Host, plan model.Plan) string {
	for _, claim := range host.Truth() {
		refused := slices.ContainsFunc(plan.Refused, func(b model.Blocked) bool {
			return b.Ref == claim.Ref || b.Ref.Kind == model.KindHost
		})
		if claim.Proven && !refused {
			return fmt.Sprintf("%s %s is still there: %s", claim.Ref.Kind, claim.Ref.Name, claim.Why)
		}
	}
	return ""
}

// diary is a record that forgets nothing while it lasts.
type diary struct{ events []operation.Event }

func (d *diary) Append(e operation.Event) error     { d.events = append(d.events, e); return nil }
func (d *diary) Events() ([]operation.Event, error) { return slices.Clone(d.events), nil }

// planned is what a plan says will change.
func planned(plan model.Plan, before model.Observation) map[string]bool {
	all := make(map[string]bool)
	for _, item := range plan.Items {
		for _, step := range item.Steps {
			name := step.Ref.Name
			switch step.Action {
			case model.StepStop:
				for _, u := range before.Units {
					if _, vm, ok := model.ParseUnitName(u.Name); ok && vm == step.VM && u.Active != "inactive" && u.Active != "failed" {
						all["off: "+string(u.Name)] = true
					}
				}
			case model.StepQuarantine:
				all["directory: "+string(name)] = true
				all["trash: "+string(name)] = true
			case model.StepDeleteLink:
				all["link: "+string(name)] = true
			case model.StepRemoveRoot:
				all["root: "+string(name)] = true
			case model.StepResetFailed:
				if slices.ContainsFunc(before.Units, func(u model.Unit) bool { return u.Name == name && u.Active == "failed" }) {
					all["reset: "+string(name)] = true
				}
			case model.StepEndProcess:
				all["process: "+string(name)] = true
			default:
				all["step: "+string(step.Action)] = true
			}
		}
	}
	return all
}

// there reports whether an interface was there.
func there(before model.Observation, name model.Raw) bool {
	return slices.ContainsFunc(before.Links, func(l model.Link) bool { return l.Name == name })
}

// changed is what is not any more as it was. The processes of a unit come and
// go with it.
func changed(before, after model.Observation) map[string]bool {
	all := make(map[string]bool)
	stopped := make(map[model.Raw]bool)
	for _, was := range before.Units {
		at := slices.IndexFunc(after.Units, func(u model.Unit) bool { return u.Name == was.Name })
		switch {
		case was.Active == "inactive" || at >= 0 && after.Units[at].Active == was.Active:
		case at < 0 || after.Units[at].Active == "inactive":
			what := "off: "
			if stopped[was.Name] = was.Active != "failed"; !stopped[was.Name] {
				what = "reset: "
			}
			all[what+string(was.Name)] = true
		default:
			all[fmt.Sprintf("unit: %s is %s", was.Name, after.Units[at].Active)] = true
		}
	}
	gone := func(what string, was, is []string) {
		for _, name := range was {
			if !slices.Contains(is, name) {
				all[what+": "+firstQuoted(name)] = true
			}
		}
		for _, name := range is {
			if !slices.Contains(was, name) {
				all["new "+what+": "+name] = true
			}
		}
	}
	each := func(o model.Observation) (dirs, links, roots, loose, trash []string) {
		for _, d := range o.StateDir.Directories {
			dirs = append(dirs, fmt.Sprintf("%q %v %v", d.Name, d.ID, d.Current))
		}
		for _, l := range o.Links {
			links = append(links, fmt.Sprintf("%q %d", l.Name, l.Index))
		}
		for _, r := range o.GCRoots {
			roots = append(roots, fmt.Sprintf("%q %q", r.Name, r.Target))
		}
		for _, p := range o.Processes {
			if !stopped[model.Raw(path.Base(string(p.Cgroup)))] {
				loose = append(loose, fmt.Sprintf("%q", strconv.Itoa(p.PID)))
			}
		}
		for _, e := range o.Trash {
			trash = append(trash, string(e.Name))
		}
		return dirs, links, roots, loose, trash
	}
	dirs, links, roots, loose, trash := each(before)
	dirs2, links2, roots2, loose2, trash2 := each(after)
	gone("directory", dirs, dirs2)
	gone("link", links, links2)
	gone("root", roots, roots2)
	gone("process", loose, loose2)
	for _, name := range trash2[min(len(trash), len(trash2)):] {
		all["trash: "+name] = true
	}
	return all
}

func unlike(planned, done map[string]bool) string {
	var all []string
	for _, what := range slices.Sorted(maps.Keys(planned)) {
		if !done[what] {
			all = append(all, "- "+what)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(done)) {
		if !planned[what] {
			all = append(all, "+ "+what)
		}
	}
	return strings.Join(all, "\n")
}

// firstQuoted is the text that a line begins with.
func firstQuoted(line string) string {
	quoted, err := strconv.QuotedPrefix(line)
	if err != nil {
		return line
	}
	text, _ := strconv.Unquote(quoted)
	return text
}
