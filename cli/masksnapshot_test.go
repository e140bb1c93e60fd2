package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// Snapshots are masked like all else: of a VM that is gone, too.
func TestMaskedSnapshots(t *testing.T) {
	o := demo.NewHost(demo.Settings{}).Observe()
	o.Snapshots = []model.Snapshot{{
		ID: "20261103-120411-a1b2.1", VM: "payroll", At: time.Unix(0, 0), By: "alice", Note: "before the merger",
		Files: []model.SnapshotFile{{Path: "payroll/data.img"}, {Path: "/srv/payroll/more.img"}},
	}}
	is, err := masked(o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(is)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"payroll", "alice", "merger"} {
		if strings.Contains(string(text), name) {
			t.Errorf("%s is in %+v", name, is.Snapshots)
		}
	}
	if at := is.Snapshots[0]; at.Files[0].Path != at.VM+"/data.img" {
		t.Errorf("%+v", at)
	}
}
