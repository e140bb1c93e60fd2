package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
	"microtui/wording"
)

// listOptions are the flags of list.
type listOptions struct {
	orphans, all bool
	interval     time.Duration // between two observations; 0: one, without rates
	filter, sort string
	reverse      bool
	group        string // a model.GroupKey
}

func (s *session) listCommand() *cobra.Command {
	var o listOptions
	cmd := named("list [NAME…]", "List VMs and leftovers", func(ctx context.Context, names []string) error {
		return s.list(ctx, names, o)
	})
	cmd.Long = aboutList
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		return cmp.Or(s.checkInterval(cmd, o.interval), o.checkOrder())
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.orphans, "orphans", false, "show only proven leftovers (orphans)")
	flags.BoolVar(&o.all, "all", false, "also show what belongs to something else (foreign)")
	flags.DurationVar(&o.interval, "interval", 0, "sample twice, a `DURATION` apart, and show CPU and network rates")
	o.addOrder(cmd)
	return cmd
}

// The bounds of --interval.
const (
	shortestInterval = 100 * time.Millisecond
	longestInterval  = time.Hour
)

func (s *session) checkInterval(cmd *cobra.Command, d time.Duration) error {
	switch {
	case !cmd.Flags().Changed("interval"):
		return nil
	case s.choice.recorded():
		return usage("--interval does not work with --observation")
	case d < shortestInterval || d > longestInterval:
		return usage("--interval: %s is not between %s and %s", d, shortestInterval, longestInterval)
	}
	return nil
}

// answer is what list and show tell, in text and as JSON.
type answer struct {
	inventory model.Inventory
	rates     map[model.Raw]model.Rate // empty where nothing was measured
	measured  bool                     // rates were asked for
	vms       []model.VM
	leftovers []model.Leftover
}

func (s *session) list(ctx context.Context, names []string, o listOptions) error {
	a, err := s.ask(ctx, o.interval)
	if err != nil {
		return err
	}
	if err := s.pick(&a, "list", names, o.all); err != nil {
		return err
	}
	if o.orphans {
		a.vms = keep(a.vms, func(vm model.VM) bool { return vm.Verdict == model.VerdictOrphan })
		a.leftovers = keep(a.leftovers, func(l model.Leftover) bool { return l.Verdict == model.VerdictOrphan })
	}
	o.arrange(&a)
	if s.json {
		return s.answerJSON(newDocument(a, false))
	}
	s.sayFaults(a.inventory)
	s.writeList(a, o, len(names) > 0)
	return nil
}

// ask observes the host, twice where rates are wanted, and some VMs closely.
func (s *session) ask(ctx context.Context, interval time.Duration, closely ...model.Raw) (answer, error) {
	a := answer{measured: interval > 0}
	err := s.withHost(ctx, func(h Host) error {
		if attentive, ok := h.(Attentive); ok {
			attentive.Attend(closely...)
		}
		if a.measured {
			before, after, err := observeTwice(ctx, h, interval)
			if err != nil {
				return err
			}
			a.inventory = doctor.Interpret(after)
			a.rates = model.Rates(doctor.Interpret(before), a.inventory)
			return nil
		}
		seen, err := h.Observe(ctx)
		a.inventory = doctor.Interpret(seen)
		return err
	})
	a.vms, a.leftovers = a.inventory.VMs, a.inventory.Leftovers
	return a, err
}

// observeTwice gives two observations an interval apart. A host that hints at
// a change is observed in between as well; that one is passed over.
func observeTwice(ctx context.Context, h Host, interval time.Duration) (before, after model.Observation, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	first := true
	for seen := range h.Watch(ctx, interval) {
		if first {
			before, first = seen, false
		}
		if seen.At.Sub(before.At) >= interval*9/10 {
			return before, seen, nil
		}
	}
	return before, after, fmt.Errorf("observe host: %w", cmp.Or(ctx.Err(), errHostGone))
}

var errHostGone = errors.New("connection lost between two samples")

// pick leaves what the names name, or everything that is not foreign. A name
// that names nothing gets its own line.
func (s *session) pick(a *answer, verb string, names []string, all bool) error {
	if len(names) == 0 {
		if !all {
			a.leftovers = keep(a.leftovers, func(l model.Leftover) bool { return l.Verdict != model.VerdictForeign })
		}
		return nil
	}
	found := make(map[string]bool, len(names))
	named := func(name model.Raw) bool {
		if !slices.Contains(names, string(name)) {
			return false
		}
		found[string(name)] = true
		return true
	}
	a.vms = keep(a.vms, func(vm model.VM) bool { return named(vm.Name) })
	a.leftovers = keep(a.leftovers, func(l model.Leftover) bool { return named(l.Ref.Name) })
	for _, name := range names {
		if found[name] {
			continue
		}
		if err := impossible(verb, name); err != nil {
			return err
		}
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if !found[name] {
			s.refused++
			s.say(text.Safef("%s %s: unknown name; %s", verb, name, a.inventory.InsteadOf(model.Raw(name), "see microtui list --all")))
		}
	}
	return nil
}

// impossible is an error for a name that nothing on a host can have: no file
// name (NAME_MAX is 255 bytes), and so no VM, interface, link or unit.
func impossible(verb, name string) error {
	switch {
	case name == "":
		return usage("%s: empty name", verb)
	case name == ".", name == "..", slices.Contains([]byte(name), '/'), slices.Contains([]byte(name), 0):
		return usage("%s %s: expected a name, not a path", verb, name)
	case len(name) > 255:
		return usage("%s: name too long (%s)", verb, model.Counted(len(name), "byte"))
	}
	return nil
}

// keep gives a new list of what passes.
func keep[T any](list []T, passes func(T) bool) []T {
	var kept []T
	for _, item := range list {
		if passes(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// sayFaults names on standard error what could not be read.
func (s *session) sayFaults(i model.Inventory) {
	for _, fault := range i.Faults {
		s.say(text.Safef("cannot read %s: %s", wording.Of(fault.Source), fault.Error))
	}
}
