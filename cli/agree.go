package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
)

// agree asks about a plan, as far as flags have not answered already. What is
// not agreed to is among the refused of the plan that it gives.
func (s *session) agree(ctx context.Context, plan model.Plan, t terms) (model.Plan, error) {
	chosen := plan.Chosen()
	if len(chosen.Items) == 0 {
		return plan, nil
	}
	word, _ := chosen.Consent()
	switch {
	case s.flagsAgree(chosen, t, word):
		return plan, nil
	case s.In == nil:
		return s.withoutConsent(plan, t), nil
	}
	s.preview(chosen)
	ok, err := s.typedAgreement(ctx, chosen, word)
	if err != nil {
		return plan, problem{exitInterrupted, "interrupted; nothing was done"}
	}
	if ok {
		return plan, nil
	}
	return refuseAll(plan, "not confirmed"), nil
}

// flagsAgree reports whether the flags consent to all of a plan: --yes to what
// can be undone, --confirm to each name that has to be typed, or to the count.
func (s *session) flagsAgree(chosen model.Plan, t terms, word model.Raw) bool {
	if word == "" {
		return t.yes
	}
	// A VM may be called 2: of several things that is its name, and no count.
	isName := len(chosen.Items) > 1 && slices.Contains(chosen.Names(), word)
	if slices.Contains(t.confirm, string(word)) && !isName {
		return true
	}
	return !slices.ContainsFunc(chosen.Items, func(item model.Item) bool { return !t.agreesTo(item) })
}

// agreesTo reports whether the flags consent to an item of a plan.
func (t terms) agreesTo(item model.Item) bool {
	if item.ConfirmWord == "" && item.Undoable() {
		return t.yes || len(t.confirm) > 0
	}
	// An empty --confirm is a variable of a shell that was not set.
	return item.ConfirmWord != "" && slices.Contains(t.confirm, string(item.ConfirmWord)) || slices.Contains(t.confirm, string(item.Ref.Name))
}

// withoutConsent refuses what nobody can be asked about, and leaves the rest.
func (s *session) withoutConsent(plan model.Plan, t terms) model.Plan {
	word, _ := plan.Chosen().Consent()
	if !t.yes && len(t.confirm) == 0 {
		how := model.Raw("use --yes to proceed")
		if word != "" {
			how = "use --confirm " + word + " to proceed"
		}
		return refuseAll(plan, "not confirmed; "+how)
	}
	var items []model.Item
	plan.Refused = slices.Clone(plan.Refused)
	for _, item := range plan.Items {
		if !item.Ticked || t.agreesTo(item) {
			items = append(items, item)
			continue
		}
		reason := fmt.Sprintf("not confirmed: %s; use --confirm %s to proceed", whyConfirm(item), cmp.Or(item.ConfirmWord, item.Ref.Name))
		plan.Refused = append(plan.Refused, model.Blocked{Ref: item.Ref, Kind: model.ErrRefused, Reason: model.Raw(reason)})
	}
	plan.Items = items
	return plan
}

// whyConfirm says why a y is not enough for an item.
func whyConfirm(item model.Item) string {
	if len(item.Cautions) == 0 {
		return "not a proven orphan, or cannot be undone"
	}
	var cautions []string
	for _, caution := range item.Cautions {
		cautions = append(cautions, string(caution))
	}
	return strings.Join(cautions, "; ")
}

func refuseAll(plan model.Plan, why model.Raw) model.Plan {
	plan.Refused = slices.Clone(plan.Refused)
	for _, item := range plan.Chosen().Items {
		plan.Refused = append(plan.Refused, model.Blocked{Ref: item.Ref, Reason: why, Kind: model.ErrRefused})
	}
	plan.Items = slices.DeleteFunc(slices.Clone(plan.Items), func(item model.Item) bool { return item.Ticked })
	return plan
}

// typedAgreement asks a question. What is lost for good, or is no proven
// orphan, is agreed to by typing what is named; the rest by y.
func (s *session) typedAgreement(ctx context.Context, chosen model.Plan, word model.Raw) (bool, error) {
	asked := question(chosen) + "? [y/N] "
	want := []string{"y", "yes"}
	if word != "" {
		asked, want = fmt.Sprintf("%s? Type %s to confirm: ", question(chosen), word), []string{string(word)}
	}
	line, err := s.askLine(ctx, text.Safe(asked))
	return slices.Contains(want, strings.TrimSpace(line)), err
}

// askLine asks for a line on the terminal.
func (s *session) askLine(ctx context.Context, question text.SafeText) (string, error) {
	fmt.Fprint(s.Err, s.Style.text(question))
	if s.typed == nil {
		s.typed = typedLines(s.In)
	}
	select {
	case <-ctx.Done():
		fmt.Fprintln(s.Err)
		return "", ctx.Err()
	case line, more := <-s.typed:
		if !more {
			fmt.Fprintln(s.Err)
		}
		return line, nil
	}
}
