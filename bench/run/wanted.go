package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// wish is what has to hold.
type wish struct {
	what     string
	most     map[int]float64 // by the number of VMs
	format   string
	measured func(r result, all []result) (float64, bool)
}

// wishes are the ratios of one run that are to hold.
var wishes = []wish{
	{"one list beside the shell's way, whole machine", map[int]float64{20: 1. / 2, 300: 1. / 8, 1000: 1. / 15}, ratio,
		ofAnswers(answerList, answerShell)},
	{"one list beside the other build's, whole machine", map[int]float64{300: 1. / 10}, ratio,
		ofAnswers(answerList, answerBeside)},
	{"watching beside watch systemctl, whole machine", map[int]float64{20: 1. / 2, 300: 1. / 2, 1000: 1. / 2}, ratio,
		ofScreens(screenWatch, watching)},
	{"watching beside the other build, whole machine", map[int]float64{1000: 1. / 10}, ratio,
		ofScreens(screenBeside, watching)},
	{"10 VMs that change, beside 10 of 20, whole machine", map[int]float64{1000: 2}, ratio, ofChanges},
	{"exec to the first VM's row beside the other build", map[int]float64{20: 1. / 5, 300: 1. / 12, 1000: 1. / 15}, ratio,
		ofScreens(screenBeside, func(s screen) float64 { return s.Row.Seconds() })},
	{"a key beside lazygit's, CPU", map[int]float64{20: 1, 300: 1, 1000: 1}, ratio,
		ofScreens(screenLazygit, func(s screen) float64 { return s.Key.Own.Seconds() })},
	{"metrics each 15 s, of a core, whole machine", map[int]float64{1000: 1}, ofACore,
		func(r result, _ []result) (float64, bool) {
			a, ok := r.answer(answerMetrics)
			return a.Cost.Whole.Seconds() / 15 * 100, ok
		}},
	{"resident memory", map[int]float64{20: 22, 300: 28, 1000: 40}, mebibytes,
		func(r result, _ []result) (float64, bool) {
			s, ok := r.screen(screenOwn)
			return float64(s.Resident) / (1 << 20), ok
		}},
}

const (
	ratio     = "%.3f"
	ofACore   = "%.2f %%"
	mebibytes = "%.1f MiB"
)

func watching(s screen) float64 { return s.Watching.Whole.Seconds() }

// ofAnswers is what one answer costs the whole machine beside another.
func ofAnswers(name, beside string) func(result, []result) (float64, bool) {
	return func(r result, _ []result) (float64, bool) {
		a, ok := r.answer(name)
		b, there := r.answer(beside)
		return quotient(a.Cost.Whole.Seconds(), b.Cost.Whole.Seconds(), ok && there)
	}
}

// ofScreens is a figure of microtui's screen beside that of another program.
func ofScreens(beside string, figure func(screen) float64) func(result, []result) (float64, bool) {
	return func(r result, _ []result) (float64, bool) {
		a, ok := r.screen(screenOwn)
		b, there := r.screen(beside)
		return quotient(figure(a), figure(b), ok && there)
	}
}

// ofChanges is what it costs to see some VMs change on a host, beside what it
// costs on the smallest one.
func ofChanges(r result, all []result) (float64, bool) {
	i := slices.IndexFunc(all, func(r result) bool { return r.VMs == 20 })
	if i < 0 {
		return 0, false
	}
	seen := func(r result) (float64, bool) {
		s, ok := r.screen(screenOwn)
		return s.Changing.minus(r.Changes).Whole.Seconds(), ok && s.Changing != cost{}
	}
	a, ok := seen(r)
	b, there := seen(all[i])
	return quotient(a, b, ok && there)
}

// quotient is nothing where a figure is missing.
func quotient(a, b float64, ok bool) (float64, bool) {
	if !ok || a == 0 || b == 0 {
		return 0, false
	}
	return a / b, true
}

func (r result) answer(name string) (answer, bool) {
	i := slices.IndexFunc(r.Answers, func(a answer) bool { return a.Name == name })
	if i < 0 {
		return answer{}, false
	}
	return r.Answers[i], true
}

func (r result) screen(name string) (screen, bool) {
	i := slices.IndexFunc(r.Screens, func(s screen) bool { return s.Name == name })
	if i < 0 {
		return screen{}, false
	}
	return r.Screens[i], true
}

// judge says of each wish what was measured and whether it holds; all: every
// one does, on the hosts that were measured.
func judge(results []result) (text string, all bool) {
	all = true
	var out strings.Builder
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tVMs\tmeasured\twanted\t")
	for _, w := range wishes {
		for _, r := range results {
			most, wanted := w.most[r.VMs]
			if !wanted {
				continue
			}
			value, verdict := "–", "not measured"
			if is, ok := w.measured(r, results); ok {
				value, verdict = fmt.Sprintf(w.format, is), "does not hold"
				if is <= most {
					verdict = "holds"
				}
			}
			all = all && verdict == "holds"
			fmt.Fprintf(t, "%s\t%d\t%s\t≤ %s\t%s\n", w.what, r.VMs, value, fmt.Sprintf(w.format, most), verdict)
		}
	}
	_ = t.Flush() // into memory
	return out.String(), all
}
