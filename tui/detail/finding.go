package detail

import (
	"strings"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/wording"
)

// The page about one finding: what was found, and the explanation of its rule.

var findingTabs = []tab{{"finding", writeFinding}, {ExplanationTab, WriteExplanation}}

// ExplanationTab is the tab of a finding that explains its rule.
const ExplanationTab text.SafeText = "explanation"

func writeFinding(d *draw.Document, about Subject) {
	f := about.Finding
	d.Item(tone.Severity(f.Severity), tone.SeveritySign(f.Severity, d.Glyphs), wording.Of(f.Severity)+": "+text.Safe(f.Summary))
	d.Blank()
	d.Field("about", styles.Strong, wording.Subject(f.Subject))
	d.Field("concerns", styles.Text, wording.Joined(others(f)))
	if rules := about.Shot.Alike(f); len(rules) > 1 {
		d.Field("rules", styles.Text, wording.Joined(rules))
	} else {
		d.Field("rule", styles.Text, ruleText(f.Rule))
	}
	writeFacts(d, "Evidence", f.Evidence)
	writeFacts(d, "What to do", f.Advice)
	writeFix(d, about.Fix)
}

// others are the VMs that a finding concerns beside its subject.
func others(f *model.Finding) []model.Raw {
	var names []model.Raw
	for _, vm := range f.VMs {
		if (model.Ref{Kind: model.KindVM, Name: vm}) != f.Subject {
			names = append(names, vm)
		}
	}
	return names
}

func ruleText(id string) text.SafeText {
	label := text.Safe(id)
	if rule, ok := doctor.Find(id); ok {
		label += ": " + text.Safe(rule.Title)
	}
	return label
}

func writeFacts(d *draw.Document, title text.SafeText, facts []model.Raw) {
	if len(facts) == 0 {
		return
	}
	d.Heading(title)
	for _, fact := range facts {
		d.Item(styles.Text, d.Glyphs.Bullet, text.Safe(fact))
	}
}

// writeFix says what the key does that fixes it.
func writeFix(d *draw.Document, m Fixing) {
	if m.Text == "" {
		return
	}
	d.Heading("Fix it here")
	key := d.Keys.Mention("", "mend", "  ")
	if m.Why != "" {
		d.Hanging(styles.Dim, 1, key, m.Text+"; not now: "+m.Why)
		return
	}
	d.Hanging(styles.Key, 1, key, m.Text+": "+m.More)
}

// sections are the titles of an explanation's parts.
var sections = map[string]bool{
	"What it means": true, "Why it happens": true, "How to check": true,
	"How to fix it": true, "What microtui can do": true, "Upstream": true,
}

// WriteExplanation is the page of a rule. What is indented is to be typed or
// written. Where the screen is narrower than the page, sentences flow anew.
func WriteExplanation(d *draw.Document, about Subject) {
	rule, ok := doctor.Find(about.Finding.Rule)
	if !ok {
		None(d, "This rule has no explanation.")
		return
	}
	d.Paragraph(styles.Strong, text.Safe(rule.Title)+" ("+text.Safe(rule.ID)+")", 1)
	d.Blank()
	for _, line := range flowed(strings.Split(rule.Explanation, "\n"), d.Cells-1) {
		trimmed := strings.TrimLeft(line, " ")
		words, indent := text.Safe(trimmed), len(line)-len(trimmed)
		switch {
		case line == "":
			d.Blank()
		case sections[line]:
			d.Paragraph(styles.Heading, words, 1)
		case indent >= 4:
			d.Paragraph(styles.Key, words, 1+min(indent, d.Cells/4))
		default:
			d.Paragraph(styles.Text, words, 1+indent)
		}
	}
}

// flowed joins the lines of sentences, where some do not fit.
func flowed(lines []string, cells int) []string {
	fits := true
	for _, line := range lines {
		fits = fits && (len(line) <= cells || !isSentence(line))
	}
	if fits {
		return lines
	}
	var out []string
	for at, line := range lines {
		if at > 0 && isSentence(lines[at-1]) && isSentence(line) {
			out[len(out)-1] += " " + line
			continue
		}
		out = append(out, line)
	}
	return out
}

// isSentence tells a line of sentences from one that stands for itself: a
// title, something to type, a list in columns, an address.
func isSentence(line string) bool {
	return line != "" && line[0] != ' ' && !sections[line] && !strings.Contains(line, "   ") && !strings.HasPrefix(line, "https://")
}

// writeFindings lists what was found about a VM.
func writeFindings(d *draw.Document, about Subject) {
	found := about.Shot.Concerning(about.VM.Name)
	for _, f := range found {
		d.Item(tone.Severity(f.Severity), tone.SeveritySign(f.Severity, d.Glyphs),
			wording.Of(f.Severity)+": "+text.Safe(f.Summary)+" ("+text.Safe(f.Rule)+")")
	}
	if len(found) > 0 {
		if how := d.Keys.Mention("", "findings", " opens them: the evidence, and what to do."); how != "" {
			d.Paragraph(styles.Dim, how, 3)
		}
		return
	}
	d.Paragraph(styles.Dim, "No problems found.", 1)
}

// Fixing is what the key does about a finding; empty: nothing does.
type Fixing struct {
	Text text.SafeText
	More text.SafeText // how it goes
	Why  text.SafeText // it cannot be done now; empty: it can
}
