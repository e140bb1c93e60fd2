package model_test

import (
	"testing"

	"microtui/model"
)

func TestNearest(t *testing.T) {
	known := []string{"api", "web", "old-web", "staging", "cache"}
	for name, want := range map[string]string{
		"wbe": "web", "we": "web", "WEB": "web", "webb": "web", "stagign": "staging", "oldweb": "old-web", "": "", "x": "", "grafana": "", "cahce": "cache",
	} {
		if got := model.Nearest(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
