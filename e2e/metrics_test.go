package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"microtui/model"
)

const rulesFolder = "../packaging/prometheus"

func promtool(t *testing.T, folder string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("needs the Debian packages prometheus")
	}
	cmd := exec.Command("promtool", args...)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestAlertRules(t *testing.T) {
	promtool(t, rulesFolder, "check", "rules", "microtui.rules.yml")
	promtool(t, rulesFolder, "test", "rules", "microtui.test.yml")
}

// TestDashboard: each query of the dashboard is one, and together with the rules
// they ask for nothing that the program does not tell.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../packaging/grafana/microtui.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	rules, queries := "groups:\n- name: dashboard\n  rules:\n", 0
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			expr := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*", "$vm", ".*").Replace(target.Expr)
			rules += fmt.Sprintf("  - record: dashboard:%d\n    expr: %q\n", queries, expr)
			queries++
		}
	}
	if queries < 10 {
		t.Fatalf("only %d queries are found", queries)
	}
	alerts, err := os.ReadFile(filepath.Join(rulesFolder, "microtui.rules.yml"))
	if err != nil {
		t.Fatal(err)
	}
	told := make(map[string]bool)
	for _, m := range model.Metrics(model.Inventory{}, model.MetricFacts{}) {
		told[m.Name] = true
	}
	for _, name := range regexp.MustCompile(`\bmicro(?:vm|tui)_[a-z_]+`).FindAllString(rules+string(alerts), -1) {
		if !told[name] {
			t.Errorf("%s is asked for, and never told", name)
		}
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "dashboard.yml"), []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	promtool(t, folder, "check", "rules", "dashboard.yml")
}
