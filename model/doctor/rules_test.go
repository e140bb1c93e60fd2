package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model/doctor"
)

// trouble is a host with all that the doctor says of it. Where that has nothing
// of the rule, the host looks like one in trouble, and is none.
type trouble struct {
	rule, name string
	host       *host
	want       []string
}

// one is a host with a declared VM that runs.
func one() *host { return newHost().declared("db").running("db") }

func two() *host { return one().declared("web").running("web") }

func TestRules(t *testing.T) {
	found, silent := map[string]bool{}, map[string]bool{}
	for _, test := range slices.Concat(leftoverTroubles(), moduleTroubles(), shareTroubles(), macvtapTroubles(),
		networkTroubles(), lifecycleTroubles(), runnerTroubles(), storageTroubles(), unitTroubles(), recordTroubles(), lossTroubles()) {
		if slices.ContainsFunc(test.want, func(w string) bool { return strings.Contains(w, " "+test.rule+" ") }) {
			found[test.rule] = true
		} else {
			silent[test.rule] = true
		}
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.host.findings()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	for _, r := range doctor.Rules() {
		if !found[r.ID] || !silent[r.ID] {
			t.Errorf("%s: tested as found: %v, and on a healthy look-alike: %v", r.ID, found[r.ID], silent[r.ID])
		}
	}
}
