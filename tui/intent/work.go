package intent

import "microtui/model"

// The intents about what a host is asked to do: orders, which systemd carries
// out as jobs, and operations.
type (
	// Order gives orders, of marked VMs or of one.
	Order struct {
		Orders []model.Order
		Marked bool
	}
	// Act has one order carried out, by its number.
	Act struct {
		Number int
		Order  model.Order
	}
	// CancelJob takes back the job that a VM waits for.
	CancelJob struct{ VM model.Raw }

	// Survey looks at the disk for what speaks against a plan, and compares
	// closures. Number tells its answer from that of an earlier one.
	Survey struct {
		Number  int
		Plan    model.Plan
		Compare []model.Comparison
	}
	// Begin begins an operation.
	Begin struct {
		Plan model.Plan
		// Build is the operation that built what the plan switches to: given up
		// where it does not come to that. Empty: none did.
		Build  string
		Marked bool // it is about marked VMs
	}
	// Compare compares closures, for the page about a VM.
	Compare struct{ Wanted []model.Comparison }
	// Follow follows an operation to its end.
	Follow struct{ ID string }
	// CancelOperation asks an operation to end where it can.
	CancelOperation struct {
		ID string
		// Quietly: nobody is told, not even that it needs none any more.
		Quietly bool
	}
	// Settle brings an operation that was interrupted to its end.
	Settle struct{ ID string }
	// Unwanted gives up a build, and what comes of it.
	Unwanted struct{ ID string }
	// Discard gives up what an operation built.
	Discard struct{ Build string }
	// ReadOperations reads what operations there are.
	ReadOperations struct{}
	// ReadOutput reads what programs said during an operation.
	ReadOutput struct{ ID string }

	// Keep puts a VM on the keep list.
	Keep struct{ VM model.Raw }
	// Unkeep drops an entry from it.
	Unkeep struct {
		VM    model.Raw
		Entry model.Ref
	}
	// Refresh asks for an observation now.
	Refresh struct{}
)

func (Order) intent()           {}
func (Act) intent()             {}
func (CancelJob) intent()       {}
func (Survey) intent()          {}
func (Begin) intent()           {}
func (Compare) intent()         {}
func (Follow) intent()          {}
func (CancelOperation) intent() {}
func (Settle) intent()          {}
func (Unwanted) intent()        {}
func (Discard) intent()         {}
func (ReadOperations) intent()  {}
func (ReadOutput) intent()      {}
func (Keep) intent()            {}
func (Unkeep) intent()          {}
func (Refresh) intent()         {}
