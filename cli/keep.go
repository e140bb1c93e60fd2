package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/wording"
)

const keepLong = `Put VMs on the keep list. What is on it is never reported as a leftover, and
neither clean-up nor purge removes it, until it is dropped from the list. With
--kind, the names are those of single interfaces, gcroot links or units.`

func (s *session) keepCommand() *cobra.Command {
	var note, kind string
	var list, drop bool
	cmd := named("keep NAME… | --list", "Protect VMs from clean-up", func(ctx context.Context, names []string) error {
		switch {
		case list && (len(names) > 0 || drop || note != ""):
			return usage("keep: --list takes no names or other flags; see microtui keep --help")
		case list:
			return s.listKeep(ctx)
		case drop && note != "":
			return usage("keep: use only one of --drop and --note")
		}
		if !slices.Contains(model.KeptKinds, model.Kind(kind)) {
			return usage("keep: --kind must be one of %s", keptKinds())
		}
		if kind == string(model.KindVM) || len(names) == 0 {
			if err := possible("keep", names); err != nil {
				return err
			}
		}
		return s.changeKeep(ctx, model.Kind(kind), names, note, drop)
	})
	cmd.Long = keepLong
	cmd.Flags().StringVar(&note, "note", "", "why it is kept, as a `TEXT` shown next to it")
	cmd.Flags().StringVar(&kind, "kind", string(model.KindVM), "`KIND` of thing that is named: "+keptKinds())
	cmd.Flags().BoolVar(&list, "list", false, "show the keep list")
	cmd.Flags().BoolVar(&drop, "drop", false, "remove the names from the keep list")
	return cmd
}

// keptKinds are the kinds that can be kept, for the help.
func keptKinds() string {
	var kinds []string
	for _, kind := range model.KeptKinds {
		kinds = append(kinds, string(kind))
	}
	return strings.Join(kinds, ", ")
}

// changeKeep puts names on the list, or takes them off.
func (s *session) changeKeep(ctx context.Context, kind model.Kind, names []string, note string, drop bool) error {
	all := results{schema, []resultEntry{}}
	err := s.withOperator(ctx, "keep", func(h Host, operator Operator) error {
		if why := s.barred(h); why != "" {
			return problem{exitRefused, text.Safef("keep: %s", why)}
		}
		for _, name := range raws(names) {
			var err error
			if drop {
				err = operator.Unkeep(ctx, model.Ref{Kind: kind, Name: name})
			} else {
				err = operator.Keep(ctx, model.KeepEntry{Kind: kind, Name: name, Note: model.Raw(note)})
			}
			all.Results = append(all.Results, s.kept(model.Ref{Kind: kind, Name: name}, drop, err))
		}
		return nil
	})
	if err != nil || !s.json {
		return err
	}
	return s.answerJSON(all)
}

// kept tells what came of one name.
func (s *session) kept(ref model.Ref, drop bool, err error) resultEntry {
	name := ref.Name
	entry := resultEntry{Kind: ref.Kind, Name: name, Action: "keep", Result: model.ResultDone}
	said := text.Safef("%s: on the keep list", name)
	if drop {
		entry.Action, said = "drop", text.Safef("%s: no longer on the keep list", name)
	}
	if err != nil {
		s.refused++
		entry.Result, entry.Reason = model.ResultRefused, orNull(model.Raw(oneLine(err)))
		if !s.json {
			s.say(text.Safef("keep %s: %s", name, oneLine(err)))
		}
		return entry
	}
	if !s.json {
		s.writeLine(said)
	}
	return entry
}

// keepDocument is the JSON of keep --list.
type keepDocument struct {
	Schema int               `json:"schema"`
	Keep   []model.KeepEntry `json:"keep"`
}

func (s *session) listKeep(ctx context.Context) error {
	seen, err := s.observe(ctx)
	if err != nil {
		return err
	}
	for _, fault := range seen.Faults {
		if fault.Source == model.SourceKeep {
			return problem{exitFailed, text.Safef("keep: %s", fault.Error)}
		}
	}
	if s.json {
		return s.answerJSON(keepDocument{schema, orEmpty(seen.Keep)})
	}
	if len(seen.Keep) == 0 {
		s.answer.WriteString("the keep list is empty\n")
		return nil
	}
	out := table{style: s.Style}
	out.add(styles.Strong, "NAME", "KIND", "SINCE", "BY", "NOTE")
	for _, k := range seen.Keep {
		since := text.SafeText("")
		if !k.At.IsZero() {
			since = text.Safe(k.At.Local().Format(time.DateOnly))
		}
		out.add(styles.Text, text.Safe(k.Name), wording.Of(k.Kind), since, text.Safe(k.By), text.Safe(k.Note))
	}
	s.answerTable(out)
	return nil
}
