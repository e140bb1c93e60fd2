package cli

import (
	"context"
	"strings"
	"testing"

	"microtui/model"
)

// losing is the demo host, on which db's hypervisor holds an image that was
// deleted.
type losing struct{ unclosed }

func (l losing) Observe(ctx context.Context) (model.Observation, error) {
	seen, err := l.unclosed.Observe(ctx)
	for at := range seen.Processes {
		if p := &seen.Processes[at]; strings.HasSuffix(string(p.Cgroup), "/"+string(model.UnitName(model.RoleVM, "db"))) {
			p.Unlinked = []model.OpenFile{{FD: 9, Path: "/var/lib/microvms/db/db.img", Type: "file", Writes: true}}
		}
	}
	return seen, err
}

// TestStopThatLosesData: --yes and a y are no consent to it, the name is; the
// command that copies it is said.
func TestStopThatLosesData(t *testing.T) {
	for _, test := range []struct {
		args, typed string
		status      int
		said        string
	}{
		{"stop db", "", 3, "use --confirm db to proceed anyway"},
		{"restart db --yes", "", 3, "use --confirm db to proceed anyway"},
		{"kill db --yes", "", 3, "use --confirm db to proceed anyway"},
		{"stop db --confirm web", "", 3, "use --confirm db to proceed anyway"},
		{"stop db", "y\n", 3, "Type db to confirm: "},
		{"stop db", "db\n", 0, "db: stopped"},
		{"stop db --confirm db", "", 0, "db: stopped"},
		{"kill db --confirm db", "", 0, "db: powered off"},
	} {
		a := acting{host: losing{openDemo(t)}}
		if test.typed != "" {
			a.typed = strings.NewReader(test.typed)
		}
		status, out, errs := a.run(t, strings.Fields(test.args)...)
		if status != test.status || !strings.Contains(out+errs, test.said) || !strings.Contains(errs, "fd/9 DEST") {
			t.Errorf("%s, %q: status %d\n%s%s", test.args, test.typed, status, out, errs)
		}
	}
}
