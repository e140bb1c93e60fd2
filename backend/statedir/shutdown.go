package statedir

import (
	"regexp"
	"strconv"
	"strings"

	"microtui/model"
)

// requests are the words by which microvm-shutdown asks a guest: of QMP (qemu,
// stratovirt), cloud-hypervisor's API, crosvm's command and firecracker's API.
var requests = []struct {
	word string
	asks model.ShutdownRequest
}{
	{"system_powerdown", model.AsksPowerButton},
	{"vm.power-button", model.AsksPowerButton},
	{" powerbtn ", model.AsksPowerButton},
	{"input-send-event", model.AsksCtrlAltDel},
	{"input_event", model.AsksCtrlAltDel},
	{"SendCtrlAltDel", model.AsksCtrlAltDel},
}

// parseShutdown reads what a microvm-shutdown does. One that asks in none of
// the known ways does what nobody here knows.
//
// qemu's before microvm.nix #578 (August 2026) stays for the end of its
// standard input (`cat`), firecracker's for that of its standard output (socat
// STDOUT): under systemd, both are at their end from the start, and socat
// leaves half a second after that. crosvm's does not stay at all.
func parseShutdown(script string) model.Shutdown {
	text := withoutComments(script)
	for _, request := range requests {
		if strings.Contains(text, request.word) {
			waits := waitsForEnd(text)
			return model.Shutdown{Asks: request.asks, Waits: &waits}
		}
	}
	return model.Shutdown{}
}

var (
	// waiting is a loop, or a command that stays as long as a process does.
	waiting = regexp.MustCompile(`(?m)(^|[;&|]|\bdo\b)\s*(while|until|for)\s|\bwaitpid\s|\btail\b.*--pid|\binotifywait\s`)
	// socatTime is how long socat stays after one side has ended.
	socatTime = regexp.MustCompile(`\bsocat\b[^|\n]*\s-[tT]\s*([0-9]+)`)
)

// patience is how long a script has to stay, in seconds, for a guest to be
// able to shut down in the meantime.
const patience = 10

func waitsForEnd(text string) bool {
	if waiting.MatchString(text) {
		return true
	}
	for _, found := range socatTime.FindAllStringSubmatch(text, -1) {
		if seconds, err := strconv.Atoi(found[1]); err == nil && seconds >= patience {
			return true
		}
	}
	return false
}

func withoutComments(script string) string {
	var text strings.Builder
	for line := range strings.Lines(script) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			text.WriteString(line)
		}
	}
	return text.String()
}
