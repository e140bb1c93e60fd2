package backend

import (
	"strings"

	"microtui/model"
)

// faults gathers what went wrong during one observation.
type faults struct {
	list    []model.Fault
	anyLate bool
}

func (f *faults) add(list ...model.Fault) { f.list = append(f.list, list...) }

// from notes an error, if it is one, for the sources it took away.
func (f *faults) from(err error, sources ...model.Source) {
	if err == nil {
		return
	}
	for _, source := range sources {
		f.add(model.Fault{Source: source, Error: oneLine(err)})
	}
}

// late is from for a source that did not answer.
func (f *faults) late(err error, sources ...model.Source) {
	f.anyLate = f.anyLate || err != nil
	f.from(err, sources...)
}

func oneLine(err error) model.Raw {
	return model.Raw(strings.Join(strings.Fields(err.Error()), " "))
}
