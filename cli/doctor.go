package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/wording"
)

// SystemReader is a host that can look at a NixOS system that it does not run.
type SystemReader interface {
	ReadSystem(ctx context.Context, path string) (model.System, error)
}

const doctorLong = `Report what is wrong on this host, with evidence and advice. With names, report
only what concerns those VMs. Checks that could not be made are listed too.

With --check, exit with status 4 if there are warnings or errors.`

// doctorOptions are the flags of doctor.
type doctorOptions struct {
	check   bool
	explain string
	system  string
}

func (s *session) doctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := named("doctor [NAME…]", "Report what is wrong, why, and how to fix it", func(ctx context.Context, names []string) error {
		switch {
		case o.explain != "" && (o.system != "" || o.check || len(names) > 0):
			return usage("doctor: --explain takes no names or other flags; see microtui doctor --help")
		case o.system != "" && len(names) > 0:
			return usage("doctor: --system takes no names; see microtui doctor --help")
		case o.explain != "":
			return s.explain(o.explain)
		}
		return s.examine(ctx, names, o)
	})
	cmd.Long = doctorLong
	flags := cmd.Flags()
	flags.BoolVar(&o.check, "check", false, "exit with status 4 if there are warnings or errors")
	flags.StringVar(&o.explain, "explain", "", "explain a `RULE`, or \"list\" the rules")
	flags.StringVar(&o.system, "system", "", "check the NixOS system at `PATH` before switching to it")
	return cmd
}

// examine tells the findings of this host, or of a system.
func (s *session) examine(ctx context.Context, names []string, o doctorOptions) error {
	var i model.Inventory
	var found []model.Finding
	err := s.withHost(ctx, func(h Host) error {
		seen, err := h.Observe(ctx)
		if err != nil {
			return err
		}
		i = doctor.Interpret(seen)
		found = i.Findings
		if o.system != "" {
			found, err = s.examineSystem(ctx, h, i, o.system)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(names) > 0 {
		if found, err = s.concerning(found, i, names); err != nil {
			return err
		}
	}
	if err := s.tellFindings(found, i); err != nil {
		return err
	}
	if o.check && slices.ContainsFunc(found, func(f model.Finding) bool { return f.Severity != model.SeverityInfo }) {
		return problem{status: exitFound}
	}
	return nil
}

func (s *session) examineSystem(ctx context.Context, h Host, i model.Inventory, path string) ([]model.Finding, error) {
	reader, ok := h.(SystemReader)
	if !ok {
		return nil, problem{exitRefused, "doctor: --system works on this host only, not with --demo or --observation"}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	system, err := reader.ReadSystem(ctx, absolute)
	if err != nil {
		return nil, problem{exitRefused, text.Safef("doctor --system %s: %s", path, oneLine(err))}
	}
	return doctor.System(system, i), nil
}

// concerning are the findings about some VMs.
func (s *session) concerning(found []model.Finding, i model.Inventory, names []string) ([]model.Finding, error) {
	for _, name := range names {
		if err := impossible("doctor", name); err != nil {
			return nil, err
		}
		known := i.VM(model.Raw(name)) != nil || slices.ContainsFunc(i.Leftovers, func(l model.Leftover) bool { return l.Ref.Name == model.Raw(name) })
		if !known {
			s.refused++
			s.say(text.Safef("doctor %s: unknown name; %s", name, i.InsteadOf(model.Raw(name), "see microtui list")))
		}
	}
	return keep(found, func(f model.Finding) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return f.Subject.Name == model.Raw(name) || slices.Contains(f.VMs, model.Raw(name))
		})
	}), nil
}

// findingsDocument is the JSON of doctor.
type findingsDocument struct {
	Schema   int            `json:"schema"`
	Findings []findingEntry `json:"findings"`
	Faults   []model.Fault  `json:"faults"`
}

type findingEntry struct {
	Rule      string         `json:"rule"`
	Severity  model.Severity `json:"severity"`
	Subject   model.Ref      `json:"subject"`
	VMs       []model.Raw    `json:"vms"`
	Summary   model.Raw      `json:"summary"`
	Evidence  []model.Raw    `json:"evidence"`
	Advice    model.Raw      `json:"advice"` // lines
	Fix       *model.Fix     `json:"mend"`
	Unchecked bool           `json:"unchecked"`
}

func newFindingEntry(f model.Finding) findingEntry {
	return findingEntry{
		Rule: f.Rule, Severity: f.Severity, Subject: f.Subject, VMs: orEmpty(f.VMs), Summary: f.Summary,
		Evidence: orEmpty(f.Evidence), Advice: asLines(f.Advice), Fix: f.Fix, Unchecked: f.Unchecked,
	}
}

func asLines(lines []model.Raw) model.Raw {
	var words []string
	for _, line := range lines {
		words = append(words, string(line))
	}
	return model.Raw(strings.Join(words, "\n"))
}

// tellFindings answers with findings.
func (s *session) tellFindings(found []model.Finding, i model.Inventory) error {
	if s.json {
		return s.answerJSON(findingsDocument{schema, convert(found, newFindingEntry), orEmpty(i.Faults)})
	}
	s.sayFaults(i)
	if len(found) == 0 {
		s.answer.WriteString("no problems found\n")
		return nil
	}
	s.answer.WriteString(s.firstThing(found))
	for _, alike := range doctor.ByCause(found, func(f model.Finding) *model.Finding { return &f }) {
		if len(alike) > 1 {
			s.answer.WriteString(s.uncheckedText(alike))
			continue
		}
		s.answer.WriteString(s.findingText(alike[0]))
	}
	counts := severities(found)
	fmt.Fprintf(&s.answer, "%s, %s, %s; for details see microtui doctor --explain RULE\n",
		model.Counted(counts[model.SeverityError], "error"), model.Counted(counts[model.SeverityWarning], "warning"),
		model.Counted(counts[model.SeverityInfo], "notice"))
	return nil
}

// firstThing says what to begin with, where there is more than one thing to do:
// the first advice for the worst finding.
func (s *session) firstThing(found []model.Finding) string {
	f := found[0]
	if len(found) == 1 || f.Severity == model.SeverityInfo || len(f.Advice) == 0 {
		return ""
	}
	line := text.Safef("Start with %s %s: %s", wording.Of(f.Subject.Kind), f.Subject.Name, f.Advice[0])
	return s.Style.inked(styles.Strong, string(s.Style.text(line))) + "\n\n"
}

// severities counts findings.
func severities(found []model.Finding) map[model.Severity]int {
	counts := map[model.Severity]int{}
	for _, f := range found {
		counts[f.Severity]++
	}
	return counts
}

// findingText is a finding as lines.
func (s *session) findingText(f model.Finding) string {
	var out strings.Builder
	head := text.Safef("%s %s %s: %s (%s)", wording.Of(f.Severity), wording.Of(f.Subject.Kind), f.Subject.Name, f.Summary, f.Rule)
	out.WriteString(s.Style.inked(tone.Severity(f.Severity), string(s.Style.text(head))) + "\n")
	for _, line := range f.Evidence {
		fmt.Fprintf(&out, "    %s\n", s.Style.inked(styles.Dim, string(s.Style.text(text.Safe(line)))))
	}
	for _, line := range f.Advice {
		fmt.Fprintf(&out, "  → %s\n", s.Style.text(text.Safe(line)))
	}
	out.WriteByte('\n')
	return out.String()
}

// uncheckedText are the rules that could not be checked for one reason, as
// lines.
func (s *session) uncheckedText(alike []model.Finding) string {
	f := alike[0]
	head := text.Safef("%s %s %s: %s (%s)", wording.Of(f.Severity), wording.Of(f.Subject.Kind), f.Subject.Name, f.Summary, model.Counted(len(alike), "rule"))
	rules := strings.Join(convert(alike, func(f model.Finding) string { return f.Rule }), ", ")
	return s.Style.inked(tone.Severity(f.Severity), string(s.Style.text(head))) + "\n    " +
		s.Style.inked(styles.Dim, string(s.Style.text(text.Safe(rules)))) + "\n\n"
}

// explain tells what a rule is about.
func (s *session) explain(id string) error {
	if id == "list" {
		if s.json {
			return usage("doctor: --explain does not support --json")
		}
		out := table{style: s.Style}
		out.add(styles.Strong, "RULE", "SEVERITY", "PROBLEM")
		for _, r := range doctor.Rules() {
			out.add(tone.Severity(r.Severity), text.Safe(r.ID), wording.Of(r.Severity), text.Safe(r.Title))
		}
		s.answerTable(out)
		return nil
	}
	rule, ok := doctor.Find(id)
	if !ok {
		return usage("doctor: unknown rule %q; see microtui doctor --explain list", id)
	}
	s.answer.WriteString(s.Style.inked(styles.Strong, fmt.Sprintf("%s (%s): %s", rule.ID, wording.Of(rule.Severity), rule.Title)) + "\n\n")
	s.answer.WriteString(strings.TrimRight(rule.Explanation, "\n") + "\n")
	return nil
}
