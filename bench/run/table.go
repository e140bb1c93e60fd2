package main

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// table is what was measured on a host, for people.
func (r result) table() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d VMs (made in %.0f s; %s; load %s before)\n", r.VMs, r.Took.Seconds(), r.Machine, r.Load)
	if len(r.Answers) > 0 {
		columns(&out, "one answer, CPU ms\town\tPID 1\tbus\tjournal\twhole\ttakes ms", r.Answers, func(a answer) []string {
			return append([]string{a.Name}, append(a.Cost.cells(ms), ms(a.Wall))...)
		})
	}
	if len(r.Screens) > 0 {
		all := append([]screen{{Name: "nothing", Watching: r.Nothing, Changing: r.Changes}}, r.Screens...)
		columns(&out, fmt.Sprintf("watching for %v, %% of a core\town\tPID 1\tbus\tjournal\twhole\tB/s\twake-ups/s\tcalls/2 s\tMiB\t10 change", r.Watching), all, func(s screen) []string {
			return append(append([]string{s.Name}, s.Watching.cells(percent)...),
				count("%.0f", s.Bytes), count("%.1f", s.WakeUps), count("%.0f", s.Calls), count("%.1f", float64(s.Resident)/(1<<20)), count("%.2f", s.Changing.Whole.Seconds()*100))
		})
		columns(&out, "from exec, ms; a key\tframe\trow\tfigures\tkey CPU ms\tkey B\tkey ms", r.Screens, func(s screen) []string {
			if s.KeyTime == 0 {
				return []string{s.Name, ms(s.First), ms(s.Row), ms(s.Figure), "–", "–", "–"}
			}
			return []string{s.Name, ms(s.First), ms(s.Row), ms(s.Figure), ms(s.Key.Own), strconv.Itoa(s.KeyBytes), ms(s.KeyTime)}
		})
	}
	return out.String()
}

// columns writes a table, its numbers to the right.
func columns[T any](out *strings.Builder, head string, all []T, cells func(T) []string) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	rows := [][]string{strings.Split(head, "\t")}
	for _, one := range all {
		rows = append(rows, cells(one))
	}
	for _, row := range rows {
		fmt.Fprintf(t, "%-40s\t%s\t\n", row[0], strings.Join(row[1:], "\t"))
	}
	_ = t.Flush() // into memory
	out.WriteByte('\n')
}

// cells are the parts of a cost.
func (c cost) cells(format func(time.Duration) string) []string {
	return []string{format(c.Own), format(c.PID1), format(c.Bus), format(c.Journal), format(c.Whole)}
}

// ms is a time in milliseconds, with a digit more where it is short.
func ms(d time.Duration) string {
	n := float64(d) / float64(time.Millisecond)
	switch {
	case d == 0:
		return "–"
	case n < 10:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.0f", n)
}

// percent is a time in a second. The whole is not read at one moment with its
// parts, and so may be a little less than nothing.
func percent(d time.Duration) string { return fmt.Sprintf("%.2f", max(0, d.Seconds()*100)) }

func count(format string, n float64) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf(format, n)
}
