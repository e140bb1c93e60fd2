package cli

import (
	"regexp"
	"testing"

	"microtui/backend/demo"
)

// oneOfEach is a host of one VM.
func oneOfEach() Host {
	h := demo.NewHost(demo.Settings{Seed: 1})
	h.Write(demo.Guest{Name: "web"})
	h.Create("web")
	h.Start("web")
	return demo.Run(h)
}

func TestOneIsNoMany(t *testing.T) {
	wrong := regexp.MustCompile(`\b1 [a-z]*[a-rt-z]s\b|\b1 VMs\b`)
	for _, args := range [][]string{{"list"}, {"list", "--group", "state"}, {"doctor"}} {
		_, out, _ := runOn(t, oneOfEach(), OutputStyle{}, args...)
		if found := wrong.FindString(out); found != "" {
			t.Errorf("%q says %q:\n%s", args, found, out)
		}
	}
}
