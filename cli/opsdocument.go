package cli

import (
	"time"

	"microtui/model"
)

// opsDocument is the JSON of ops.
type opsDocument struct {
	Schema     int              `json:"schema"`
	Operations []operationEntry `json:"operations"`
}

type operationEntry struct {
	ID        string               `json:"id"`
	Action    model.Action         `json:"action"`
	Names     []model.Raw          `json:"names"`
	State     model.OperationState `json:"state"`
	By        *model.Raw           `json:"by"`
	StartedAt time.Time            `json:"started_at"`
	EndedAt   *time.Time           `json:"ended_at"`
	Digest    string               `json:"digest"`
	Reason    *model.Raw           `json:"reason"`
	Steps     []operationStep      `json:"steps"`
}

type operationStep struct {
	Action model.StepAction `json:"action"`
	Kind   model.Kind       `json:"kind"`
	Name   model.Raw        `json:"name"`
	VM     *model.Raw       `json:"vm"`
	State  model.StepState  `json:"state"`
	Reason *model.Raw       `json:"reason"`
	Result *model.Raw       `json:"result"`
	Since  *time.Time       `json:"since"`
	Ended  *time.Time       `json:"ended"`
	Freed  uint64           `json:"freed_bytes"`
}

func newOperationEntry(o model.Operation) operationEntry {
	e := operationEntry{
		ID: o.ID, Action: o.Plan.Action, Names: orEmpty(o.Plan.Names()), State: o.State, By: orNull(o.By),
		StartedAt: o.StartedAt.UTC(), EndedAt: orNull(o.EndedAt), Digest: o.Digest, Reason: orNull(o.Reason), Steps: []operationStep{},
	}
	for item, steps := range o.Steps {
		for at, report := range steps {
			step := o.Plan.Items[item].Steps[at]
			e.Steps = append(e.Steps, operationStep{
				Action: step.Action, Kind: step.Ref.Kind, Name: step.Ref.Name, VM: orNull(step.VM), State: report.State,
				Reason: orNull(report.Reason), Result: orNull(report.Result), Since: orNull(report.Since), Ended: orNull(report.Ended), Freed: report.Freed,
			})
		}
	}
	return e
}
