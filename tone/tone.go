// Package tone says how the model's words look: which role and which sign a
// state, a verdict or a severity has, the same on both faces. It knows the
// model and the roles of styles, and no place where anything stands.
package tone

import (
	"microtui/model"
	"microtui/styles"
)

var states = map[model.State]styles.Role{
	model.StateRunning:   styles.Good,
	model.StatePaused:    styles.Warn,
	model.StateStarting:  styles.Busy,
	model.StateStopping:  styles.Busy,
	model.StateStopped:   styles.Idle,
	model.StateFailed:    styles.Bad,
	model.StateCrashLoop: styles.Bad,
	model.StateOutside:   styles.Warn,
	model.StateUnknown:   styles.Unclear,
}

// State is the role of a VM's state.
func State(s model.State) styles.Role { return states[s] }

// Note is the role of what is noted about a VM in a state.
func Note(s model.State) styles.Role {
	switch states[s] {
	case styles.Bad:
		return styles.Bad
	case styles.Warn:
		return styles.Warn
	}
	return styles.Dim
}

// Origin is the role of a VM's origin.
func Origin(o model.Origin) styles.Role {
	switch o {
	case model.OriginUndeclared:
		return styles.Warn
	case model.OriginUnknown:
		return styles.Unclear
	}
	return styles.Dim
}

var freshnesses = map[model.Freshness]styles.Role{
	model.FreshnessCurrent:      styles.Dim,
	model.FreshnessRebootNeeded: styles.Warn,
	model.FreshnessOutdated:     styles.Warn,
	model.FreshnessDrifted:      styles.Warn,
	model.FreshnessMissing:      styles.Bad,
	model.FreshnessUnknown:      styles.Unclear,
}

// Freshness is the role of how a VM's links stand to each other.
func Freshness(f model.Freshness) styles.Role { return freshnesses[f] }

var verdicts = map[model.Verdict]styles.Role{
	model.VerdictOrphan:  styles.Orphan,
	model.VerdictSuspect: styles.Suspect,
	model.VerdictUnclear: styles.Unclear,
	model.VerdictForeign: styles.Unclear,
}

// Verdict is the role of a thing with a verdict, its whole row; styles.Text:
// none of its own.
func Verdict(v model.Verdict) styles.Role { return verdicts[v] }

// VerdictSign is the sign before a thing with a verdict; a blank: none.
func VerdictSign(v model.Verdict, g styles.Glyphs) styles.Glyph {
	switch v {
	case model.VerdictOrphan:
		return g.Orphan
	case model.VerdictSuspect:
		return g.Suspect
	case model.VerdictUnclear, model.VerdictForeign:
		return g.Unclear
	}
	return " "
}

var severities = map[model.Severity]styles.Role{
	model.SeverityError: styles.Bad, model.SeverityWarning: styles.Warn, model.SeverityInfo: styles.Dim,
}

// Severity is the role of a finding.
func Severity(s model.Severity) styles.Role { return severities[s] }

// SeveritySign is the sign before a finding.
func SeveritySign(s model.Severity, g styles.Glyphs) styles.Glyph {
	switch s {
	case model.SeverityError:
		return g.Broken
	case model.SeverityWarning:
		return g.Attention
	}
	return g.Bullet
}

var operations = map[model.OperationState]styles.Role{
	model.OperationRunning:     styles.Busy,
	model.OperationDone:        styles.Good,
	model.OperationFailed:      styles.Bad,
	model.OperationInterrupted: styles.Warn,
	model.OperationUndone:      styles.Dim,
}

// Operation is the role of an operation's state.
func Operation(s model.OperationState) styles.Role { return operations[s] }

var steps = map[model.StepState]styles.Role{
	model.StepWaiting:   styles.Dim,
	model.StepRunning:   styles.Busy,
	model.StepDone:      styles.Good,
	model.StepUnchanged: styles.Dim,
	model.StepFailed:    styles.Bad,
	model.StepUndone:    styles.Warn,
	model.StepSkipped:   styles.Dim,
}

// Step is the role of a step's state.
func Step(s model.StepState) styles.Role { return steps[s] }

var results = map[model.Result]styles.Role{
	model.ResultDone:      styles.Good,
	model.ResultUnchanged: styles.Dim,
	model.ResultFailed:    styles.Bad,
	model.ResultRefused:   styles.Warn,
}

// Result is the role of what came of an order.
func Result(r model.Result) styles.Role { return results[r] }
