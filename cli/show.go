package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/wording"
)

func (s *session) showCommand() *cobra.Command {
	return named("show NAME…", "Show details of a VM or leftover", s.show)
}

func (s *session) show(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return usage("show: missing name; see microtui list")
	}
	a, err := s.ask(ctx, 0, convert(names, func(name string) model.Raw { return model.Raw(name) })...)
	if err != nil {
		return err
	}
	if err := s.pick(&a, "show", names, true); err != nil {
		return err
	}
	if s.json {
		return s.answerJSON(newDocument(a, true))
	}
	s.sayFaults(a.inventory)
	var pages []string
	for _, vm := range a.vms {
		pages = append(pages, s.page(vm.Verdict, text.Safe(vm.Name), s.vmFacts(vm, a.inventory)))
	}
	for _, l := range a.leftovers {
		pages = append(pages, s.page(l.Verdict, text.Safe(l.Ref.Name), leftoverFacts(l, a.inventory.StateDir)))
	}
	s.answer.WriteString(strings.Join(pages, "\n"))
	return nil
}

// fact is one thing that is known: a label and lines.
type fact struct {
	label text.SafeText
	lines []text.SafeText
}

// page is a title and facts below it; a fact without lines is left out.
func (s *session) page(v model.Verdict, name text.SafeText, facts []fact) string {
	const labelWidth = 12
	var out strings.Builder
	glyph, role := tone.VerdictSign(v, s.Style.glyphs()), tone.Verdict(v)
	if role == styles.Text {
		role = styles.Strong
	}
	title := strings.TrimLeft(fmt.Sprintf("%s %s", glyph, s.Style.text(name)), " ")
	out.WriteString(s.Style.inked(role, title) + "\n")
	for _, f := range facts {
		for i, line := range f.lines {
			label := f.label
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(&out, "  %s  %s\n", s.Style.inked(styles.Dim, padded(label, labelWidth)), s.Style.text(line))
		}
	}
	return out.String()
}

func leftoverFacts(l model.Leftover, stateDir model.Raw) []fact {
	var directory []text.SafeText
	if l.Ref.Kind == model.KindStateDir {
		directory = one(text.Safe(stateDir + "/" + l.Ref.Name))
	}
	return []fact{
		{"kind", one(wording.Of(l.Ref.Kind))},
		{"directory", directory},
		{"verdict", one(wording.Notes(l.Verdict, l.Why, l.Notes))},
		{"evidence", safe(l.Evidence)},
		{"on disk", one(sizeOf(l))},
	}
}

// one is a line, where there is something in it.
func one(line text.SafeText) []text.SafeText {
	if line == "" {
		return nil
	}
	return []text.SafeText{line}
}

func safe(lines []model.Raw) []text.SafeText { return convert(lines, text.Safe) }
