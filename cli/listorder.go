package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"microtui/model"
)

const aboutList = `List VMs and leftovers; with names, only those.

A filter is a list of terms that must all match. A plain word matches part of
the name, of the notes or of any other word in the line. FIELD:VALUE matches a
    state, origin, freshness, verdict, kind or finding
that begins with VALUE, or with one of several values separated by commas. A
leading dash excludes what matches:
    microtui list --filter 'state:running,crash -origin:declared web'`

// addOrder adds the flags that say what is listed, and in which order.
func (o *listOptions) addOrder(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.filter, "filter", "", "show only what matches the filter `TEXT`")
	flags.StringVar(&o.sort, "sort", "", "sort VMs by `KEY`: "+strings.Join(sortKeys(), ", "))
	flags.BoolVar(&o.reverse, "reverse", false, "reverse the order")
	flags.StringVar(&o.group, "group", string(model.GroupNone), "group VMs by `KEY`: "+strings.Join(groupKeys(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(sortKeys(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("group", cobra.FixedCompletions(groupKeys(), cobra.ShellCompDirectiveNoFileComp))
}

func sortKeys() []string {
	return convert(model.SortKeys, func(key model.SortKey) string { return string(key) })
}

func groupKeys() []string {
	return convert(model.GroupKeys, func(key model.GroupKey) string { return string(key) })
}

// measuredKeys are those of figures that two observations give.
var measuredKeys = []model.SortKey{model.SortCPU, model.SortNet}

func (o *listOptions) checkOrder() error {
	key := model.SortKey(o.sort)
	switch _, why := model.ParseFilter(o.filter); {
	case why != "":
		return usage("--filter: %s", why)
	case o.sort != "" && !slices.Contains(model.SortKeys, key):
		return usage("--sort: %q is not one of %s", o.sort, strings.Join(sortKeys(), ", "))
	case !slices.Contains(model.GroupKeys, model.GroupKey(o.group)):
		return usage("--group: %q is not one of %s", o.group, strings.Join(groupKeys(), ", "))
	case slices.Contains(measuredKeys, key) && o.interval == 0:
		return usage("--sort: %s needs two samples; add --interval 2s", o.sort)
	}
	return nil
}

// arrange leaves what passes the filter, the VMs in the order asked for.
func (o *listOptions) arrange(a *answer) {
	filter, _ := model.ParseFilter(o.filter)
	view := model.View{Filter: filter, Group: model.GroupKey(o.group), Sort: model.SortKey(o.sort), Descending: o.reverse}
	a.vms = model.Arrange(a.vms, model.StandingBy(view.Sort, a.vms, a.rates), view)
	if !filter.IsEmpty() {
		a.leftovers = keep(a.leftovers, func(l model.Leftover) bool { return filter.MatchesLeftover(&l) })
	}
}
