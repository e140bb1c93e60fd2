package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"microtui/model"
)

// booting is what a guest prints while it boots, so long after its kernel
// began.
var booting = []struct {
	after time.Duration
	text  string
}{
	{2 * time.Millisecond, "[    0.000000] Linux version 6.12.58 (nixbld@localhost) #1-NixOS SMP PREEMPT_DYNAMIC"},
	{2 * time.Millisecond, "[    0.000000] Command line: console=ttyS0 reboot=t panic=-1"},
	{210 * time.Millisecond, "[    0.210774] virtio_net virtio0 enp0s3: renamed from eth0"},
	{460 * time.Millisecond, "[    0.463190] Run /init as init process"},
	{480 * time.Millisecond, "<<< NixOS Stage 1 >>>"},
	{970 * time.Millisecond, "<<< NixOS Stage 2 >>>"},
	{1310 * time.Millisecond, "[\x1b[0;32m  OK  \x1b[0m] Started Journal Service."},
	{1720 * time.Millisecond, "[\x1b[0;32m  OK  \x1b[0m] Reached target Network."},
	{bootTakes, "[\x1b[0;32m  OK  \x1b[0m] Reached target Multi-User System."},
}

const bootTakes = 2400 * time.Millisecond

// talk is what guests print in their daily life, by the VM's name. Each %d is
// a number of theirs.
var talk = map[model.Raw][]string{
	"api":     {"api[311]: GET /v1/orders 200 in %d ms", "api[311]: POST /v1/orders 201 in %d ms", "api[311]: \x1b[33mWARN\x1b[0m slow query, %d ms"},
	"db":      {"postgres[204]: LOG:  checkpoint starting: time", "postgres[204]: LOG:  checkpoint complete: wrote %d buffers", "postgres[204]: LOG:  automatic vacuum of table \"shop.public.orders\": index scans: 1"},
	"edge":    {"haproxy[190]: 203.0.113.%d web/web1 0/0/1/%d/9 200", "haproxy[190]: Health check for server web/web1 succeeded, %d ms"},
	"git":     {"sshd[%d]: Accepted publickey for git from 10.0.0.%d", "forgejo[266]: completed GET /infra/nixos 200 OK in %d ms"},
	"grafana": {"grafana[230]: logger=context status=200 method=GET path=/api/ds/query duration=%dms"},
	"web":     {"nginx[212]: 203.0.113.%d \"GET / HTTP/2.0\" 200 5117", "nginx[212]: 203.0.113.%d \"GET /style.css HTTP/2.0\" 304 0"},
}

// smallTalk is what the others print.
var smallTalk = []string{
	"systemd[1]: Started logrotate.service.", "systemd[1]: logrotate.service: Deactivated successfully.",
	"sshd[%d]: Accepted publickey for admin from 10.0.0.%d", "systemd-timesyncd[97]: Contacted time server 10.0.0.1:123",
}

// lastWords is what the guest of a crash loop prints in the end, and farewell
// what one does that shuts down.
var (
	lastWords = []string{
		"app[88]: reading /run/secrets/token: no such file or directory",
		"app[88]: \x1b[1;31mfatal:\x1b[0m cannot start without its token",
		"[    3.871020] reboot: Restarting system",
	}
	farewell = []string{"[\x1b[0;32m  OK  \x1b[0m] Reached target System Power Off.", "reboot: Power down"}
)

// saying is what a VM's guest says, by chance.
func saying(name model.Raw, random *rand.Rand) string {
	choices := talk[name]
	if choices == nil {
		choices = smallTalk
	}
	text := choices[random.IntN(len(choices))]
	numbers := make([]any, strings.Count(text, "%d"))
	for i := range numbers {
		numbers[i] = 2 + random.IntN(250)
	}
	return fmt.Sprintf(text, numbers...)
}

// titles are what systemd calls the units, by their place in roles.
var titles = [...]string{
	install: "Install MicroVM '%s'", setBooted: "Save MicroVM '%s' booted configuration",
	tapInterfaces: "Setup MicroVM '%s' TAP interfaces", macvtapInterfaces: "Setup MicroVM '%s' MACVTAP interfaces",
	pciDevices: "Setup MicroVM '%s' devices for passthrough", virtiofsd: "VirtioFS daemons for MicroVM '%s'", vm: "MicroVM '%s'",
}
