package statedir

import (
	"testing"

	"microtui/model"
)

// The scripts are those that microvm.nix writes.
func TestShutdown(t *testing.T) {
	const (
		keys   = "(\n  echo '{\"execute\":\"qmp_capabilities\"}'\n  echo '{\"execute\":\"input-send-event\"}'\n"
		before = "# Exit gracefully if QEMU is already gone (e.g., killed by machinectl)\nif [ ! -S web.sock ]; then\n  exit 0\nfi\n" +
			keys + "   # wait for exit\n  cat\n) | \\\n/x/socat STDIO UNIX:web.sock,shut-none\n"
		after  = keys + ") | \\\n/x/socat STDIO UNIX:web.sock,shut-none\nwhile /x/socat -u /dev/null UNIX:web.sock 2>/dev/null; do\n  sleep 1\ndone\n"
		button = "printf '%s\\n' '{\"execute\":\"qmp_capabilities\"}' '{\"execute\":\"system_powerdown\"}' | /x/socat "
		ch     = "api() {\n  /x/curl -s \\\n    --unix-socket web.sock \\\n    $@\n}\n\napi -X PUT http://localhost/api/v1/vm.power-button\n\n"
		fc     = "/x/curl -s \\\n  --unix-socket web.sock \\\n  -X PUT http://localhost/actions \\\n  -d '{ \"action_type\": \"SendCtrlAltDel\" }'\n\n"
	)
	type reading struct {
		asks  model.ShutdownRequest
		waits string
	}
	hasty, waits := "no", "yes"
	for name, want := range map[string]struct {
		script string
		reading
	}{
		"microvm-qemu-before":             {before, reading{model.AsksCtrlAltDel, hasty}},
		"microvm-qemu-after":              {after, reading{model.AsksCtrlAltDel, waits}},
		"microvm-qemu-at-once":            {keys + ") | /x/socat STDIO UNIX:web.sock\n", reading{model.AsksCtrlAltDel, hasty}},
		"microvm-qemu-button":             {button + "- UNIX-CONNECT:web.sock\n", reading{model.AsksPowerButton, hasty}},
		"microvm-qemu-button-long":        {button + "-t 120 - UNIX-CONNECT:web.sock\n", reading{model.AsksPowerButton, waits}},
		"microvm-qemu-button-short":       {button + "-t 3 - UNIX-CONNECT:web.sock\n", reading{model.AsksPowerButton, hasty}},
		"microvm-qemu-button-pid":         {button + "- UNIX:web.sock\ntail -f --pid=$MAINPID /dev/null\n", reading{model.AsksPowerButton, waits}},
		"microvm-cloud-hypervisor-web":    {ch + "/x/waitpid $MAINPID\n", reading{model.AsksPowerButton, waits}},
		"microvm-cloud-hypervisor-cut":    {ch, reading{model.AsksPowerButton, hasty}},
		"microvm-crosvm-web":              {"/x/crosvm powerbtn web.sock\n", reading{model.AsksPowerButton, hasty}},
		"microvm-firecracker-web":         {fc + "# wait for exit\n/x/socat STDOUT UNIX:web.sock,shut-none\n", reading{model.AsksCtrlAltDel, hasty}},
		"microvm-qemu-own":                {"kill $MAINPID\ncat\n", reading{}},
		"microvm-stratovirt-commented":    {"# {\"execute\":\"system_powerdown\"}\ncat web.sock\n", reading{}},
		"microvm-kvmtool-none":            {"", reading{}},
		"microvm-qemu-loop-on-one-line":   {keys + ") | /x/socat - UNIX:web.sock; until [ ! -S web.sock ]; do sleep 1; done\n", reading{model.AsksCtrlAltDel, waits}},
		"microvm-qemu-waits-in-a-comment": {keys + ") | /x/socat - UNIX:web.sock\n# while waitpid\n", reading{model.AsksCtrlAltDel, hasty}},
	} {
		h := newHost(t)
		files := map[string]string{"bin/microvm-run": run("true")}
		if want.script != "" {
			files["bin/microvm-shutdown"] = want.script
		}
		got := h.read(h.runner(name, files)).Runners[0].Shutdown
		read := reading{asks: got.Asks}
		if got.Waits != nil {
			read.waits = map[bool]string{true: waits, false: hasty}[*got.Waits]
		}
		if read != want.reading {
			t.Errorf("%s: %+v, want %+v", name, read, want.reading)
		}
	}
}
