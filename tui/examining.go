package tui

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/detail"
	"microtui/tui/intent"
	"microtui/tui/list"
	"microtui/wording"
)

// What the doctor's keys do.

// openDoctor opens the page of all findings.
func (a *App) openDoctor() {
	a.doctor.About, a.doctorFrom = model.Ref{}, nil
	a.page = pageDoctor
}

// openFindings opens the page; from the page about a VM, with what concerns
// that one.
func (a *App) openFindings() {
	if a.page != pageDetail || a.detail.About.VM == nil {
		a.openDoctor()
		return
	}
	from := a.detail
	a.doctor.About, a.doctorFrom, a.doctor.Filter, a.doctor.FaultsOnly = a.detail.Ref, &from, list.Filter{}, false
	a.page = pageDoctor
}

func (a *App) doctorHint() text.SafeText {
	if a.page != pageDetail || a.detail.About.VM == nil {
		return "doctor"
	}
	n := len(a.Shot.Concerning(a.detail.Ref.Name))
	return text.Safef("%d finding%s", n, wording.Plural(n))
}

// selectedFinding is the finding that keys are for; nil: none.
func (a *App) selectedFinding() *model.Finding {
	if a.page == pageDetail {
		return a.detail.About.Finding
	}
	ref, ok := a.list().Selected()
	if !ok {
		return nil
	}
	return a.Shot.Finding(ref)
}

// explain opens the explanation of a finding's rule.
func (a *App) explain() intent.Intent {
	if a.page == pageDoctor {
		if ref, ok := a.doctor.Selected(); !ok || a.Shot.Finding(ref) == nil {
			return intent.Warn("Explain: no finding is selected")
		}
		a.openDetail()
	}
	a.turnTo(detail.ExplanationTab)
	return nil
}

// subjectOf is what there is a page about, of what a finding concerns.
func (a *App) subjectOf(f *model.Finding) (model.Ref, bool) {
	if f == nil {
		return model.Ref{}, false
	}
	if a.Shot.Has(f.Subject) {
		return f.Subject, true
	}
	for _, vm := range f.VMs {
		if ref := (model.Ref{Kind: model.KindVM, Name: vm}); a.Shot.Has(ref) {
			return ref, true
		}
	}
	return model.Ref{}, false
}

// openSubject opens the page about what a finding concerns.
func (a *App) openSubject() intent.Intent {
	ref, ok := a.subjectOf(a.selectedFinding())
	if !ok {
		return intent.Warn(wording.Capital(a.subjectHint()) + ": " + a.whyNoSubject())
	}
	var from *detail.Page
	if a.page == pageDetail {
		before := a.detail
		from = &before
	}
	a.detail.Open(ref, a.about(ref), int(a.page))
	a.detail.From = from
	a.page = pageDetail
	return nil
}

func (a *App) whyNoSubject() text.SafeText {
	if _, ok := a.subjectOf(a.selectedFinding()); ok {
		return ""
	}
	return "it is about the whole host"
}

func (a *App) subjectHint() text.SafeText {
	ref, ok := a.subjectOf(a.selectedFinding())
	if !ok || ref.Kind == model.KindVM {
		return "its VM"
	}
	return "its " + wording.Of(ref.Kind)
}
