package operation

import (
	"cmp"
	"slices"
	"strings"

	"microtui/model"
)

// Survey gives a plan without the items that check speaks against: they are
// among the refused then.
func Survey(plan model.Plan, check func(model.Item) error) model.Plan {
	plan.Refused = slices.Clone(plan.Refused)
	var items []model.Item
	for _, item := range plan.Items {
		err := check(item)
		if err == nil {
			items = append(items, item)
			continue
		}
		kind := cmp.Or(refusalNamed(refusalOf(err)), model.ErrRefused) // what could not be looked at is not touched
		plan.Refused = append(plan.Refused, model.Blocked{Ref: item.Ref, Reason: reasonOf(err), Kind: kind})
	}
	plan.Items = items
	return plan
}

// reasonOf is an error's text as a reason for a refusal, which needs not say that
// it is one.
func reasonOf(err error) model.Raw {
	return model.Raw(strings.TrimPrefix(err.Error(), model.ErrRefused.Error()+": "))
}
