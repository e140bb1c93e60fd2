package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// operatorRule lets a user without rights run one VM, as somebody would write
// it who gives a colleague that VM.
const operatorRule = `polkit.addRule(function(action, subject) {
	if (action.id == "org.freedesktop.systemd1.manage-units" && subject.user == "nobody" &&
	    action.lookup("unit") == "microvm@api.service") {
		return polkit.Result.YES;
	}
});
`

// TestOperatorOfPolkit: systemd and polkit decide who may start and stop a VM,
// not the user id; what needs root by other means stays refused, and where a
// password would be asked for, a sentence says what to do.
func TestOperatorOfPolkit(t *testing.T) {
	lab.Require(t)
	if _, err := os.Stat("/usr/lib/polkit-1/polkitd"); err != nil {
		t.Skip("needs the Debian packages polkitd")
	}
	const rules, rule = "/etc/polkit-1/rules.d", "/etc/polkit-1/rules.d/49-operator.rules"
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	if err := os.MkdirAll(rules, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(rule, []byte(operatorRule), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(rule) })
	if out := answer(t, exec.Command("systemctl", "restart", "polkit.service")); out.status != 0 {
		t.Fatalf("polkit does not run: %q", out.err)
	}
	const password = "not permitted: polkit requires a password"
	for _, test := range []struct {
		args  []string
		state string // of api afterwards
		says  string // empty: it is done
	}{
		{[]string{"stop", "api"}, "inactive", ""},
		{[]string{"start", "api"}, "active", ""},
		{[]string{"restart", "api"}, "active", ""},
		{[]string{"kill", "api", "--yes"}, "inactive", ""},
		{[]string{"stop", "db"}, "inactive", password},
		{[]string{"start", "stopped"}, "inactive", password},
		{[]string{"purge", "removed", "--yes"}, "inactive", "not permitted: run as root"},
	} {
		got := answer(t, asNobody(program(test.args...)))
		if want := map[bool]int{true: 0, false: 3}[test.says == ""]; got.status != want || !strings.Contains(got.err, test.says) {
			t.Errorf("%q: status %d, %q, %q", test.args, got.status, got.out, got.err)
		}
		if state := strings.TrimSpace(answer(t, exec.Command("systemctl", "is-active", "microvm@api.service")).out); state != test.state {
			t.Errorf("%q: api is %s, want %s", test.args, state, test.state)
		}
	}
}
