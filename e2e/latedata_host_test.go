package e2e

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
)

// TestDataThatComesLate: data that comes after a purge was agreed to does not
// expire in the trash, as what holds none does.
func TestDataThatComesLate(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	for _, vm := range []string{"empty", "late"} {
		host.Create(vm, fixture.Tap("vm-"+vm))
		id := recordOnly(t, purgeOf(vm))
		if vm == "late" {
			if err := os.WriteFile(host.Dir(vm)+"/root.img", []byte("data"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		shell(t, lab.ProgramPath, "operation", "run", id)
	}
	var trash struct {
		Entries []struct {
			Name    string
			Data    bool
			Expires *time.Time `json:"expires_at"`
		}
	}
	if err := json.Unmarshal([]byte(shell(t, lab.ProgramPath, "trash", "--json")), &trash); err != nil {
		t.Fatal(err)
	}
	if len(trash.Entries) != 2 {
		t.Fatalf("in the trash is %+v", trash)
	}
	for _, e := range trash.Entries {
		if late := e.Name == "late"; e.Data != late || (e.Expires == nil) != late {
			t.Errorf("%s: data %v, expires %v", e.Name, e.Data, e.Expires)
		}
	}
}
