package terminal

import "os"

// hangup waits until a terminal is gone. The kernel tells by SIGHUP, but only
// its session; under su or sudo, or a wrapper, that is somebody else's, and
// programs that rely on it live on forever (btop#1597, sngrep#424). Polling
// for no event at all still returns when the terminal hangs up, and costs
// nothing until then.
//
// Closing stop's other end makes it return false.
func hangup(tty int, stop *os.File) bool { return await(tty, 0, -1, stop) == came }
