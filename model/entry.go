package model

import (
	"slices"
	"strconv"
	"strings"
)

// Address is how the guest of a VM is reached with ssh, as the user has
// configured it. What is empty is not configured.
type Address struct {
	Host string // name or IP address; empty: over vsock
	User string // who to be there
	Port uint16
}

// Entry is a way into the guest of a VM.
type Entry struct {
	// Arguments are those of ssh, its own name left out, up to and with the
	// destination. Whatever comes after them is the command to run there, also
	// where it begins with a dash.
	Arguments []string
	// Proxied: ssh goes there through systemd-ssh-proxy(1), which its
	// configuration has to name.
	Proxied bool
	By      Raw // "vsock CID 17", "web.lan"
}

// Command are the arguments of an ssh that runs a command in the guest; none
// is a shell.
func (e Entry) Command(command []string) []string { return slices.Concat(e.Arguments, command) }

// vsockWay is how a hypervisor puts its guest's vsock on the host.
type vsockWay int

const (
	inKernel    vsockWay = iota + 1 // AF_VSOCK: ssh vsock/CID
	multiplexed                     // a Unix socket in the VM's directory: ssh vsock-mux/PATH
)

// vsockWays are those of microvm.nix's runners (lib/runners/*.nix at 71beea0;
// its command takes firecracker for one in the kernel).
var vsockWays = map[string]vsockWay{
	"qemu": inKernel, "crosvm": inKernel, "kvmtool": inKernel, "alioth": inKernel,
	"cloud-hypervisor": multiplexed, "firecracker": multiplexed,
}

const (
	muxSocket = "notify.vsock"
	firstCID  = 3   // below are the hypervisor, the loopback and the host (vsock(7))
	mostFiles = 256 // of a directory, that are listed
	noConsole = "set an address in config.toml [ssh.%s], or set microvm.vsock.cid and microvm.vsock.ssh.enable"
)

// vsockOptions are for a destination that never leaves the machine: the kernel,
// or a socket of root's and the hypervisor's, leads to this guest and nobody
// else. A CID names another guest tomorrow, so that a remembered key would
// cry wolf, and a shared connection lead into the wrong one. The agent stays
// here: whoever is root in a guest could use it.
var vsockOptions = []string{
	"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null",
	"-o", "LogLevel=ERROR", "-o", "ControlPath=none", "-o", "ForwardAgent=no",
}

// EntryOf is the way into the guest of a VM: to the configured address, with
// the host keys that ssh knows as for any other machine, or over vsock where
// its runner has one. Where there is none, why says so in a line.
func EntryOf(i Inventory, vm *VM, configured Address) (entry Entry, why Raw) {
	switch {
	case vm.State == StateStopped || vm.State == StateFailed:
		return Entry{}, rawf("it is %s; see microtui start", vm.State)
	case configured.Host != "":
		return Entry{Arguments: configured.arguments(nil, configured.Host), By: Raw(configured.Host)}, ""
	}
	runner := vm.Running()
	switch {
	case runner == nil:
		return Entry{}, rawf("its runner could not be read, and no address is configured; "+noConsole, vm.Name)
	case runner.VsockCID == nil:
		return Entry{}, rawf("its runner has no vsock CID, and no address is configured; "+noConsole, vm.Name)
	case *runner.VsockCID < firstCID:
		return Entry{}, rawf("vsock CID %d is reserved: set microvm.vsock.cid to 3 or higher", *runner.VsockCID)
	}
	if configured.User == "" {
		configured.User = "root" // as the microvm command has it
	}
	entry = Entry{Proxied: true, By: rawf("vsock CID %d", *runner.VsockCID)}
	switch vsockWays[runner.Hypervisor] {
	case inKernel:
		entry.Arguments = configured.arguments(vsockOptions, "vsock/"+strconv.FormatUint(uint64(*runner.VsockCID), 10))
		return entry, ""
	case multiplexed:
		path, why := i.muxPath(vm)
		if why != "" {
			return Entry{}, why
		}
		entry.Arguments = configured.arguments(vsockOptions, "vsock-mux"+path)
		return entry, ""
	}
	return Entry{}, rawf("%s does not support vsock; "+noConsole, runner.Hypervisor, vm.Name)
}

// Running is the runner of what runs: the booted one of a VM that is up, else
// the current one; nil: it could not be read.
func (v *VM) Running() *Runner {
	if all := v.takes(); len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// muxPath is the socket through which a hypervisor in user space passes its
// guest's vsock on; why says what keeps ssh from it.
func (i *Inventory) muxPath(vm *VM) (path string, why Raw) {
	if vm.Directory == nil {
		return "", "its directory, which holds its vsock socket, could not be read"
	}
	path = strings.TrimRight(string(i.StateDir), "/") + "/" + string(vm.Directory.Name) + "/" + muxSocket
	isSocket := func(f File) bool { return f.Name == muxSocket && f.Type == "socket" }
	switch {
	case !isDestination(path):
		return "", rawf("%s contains characters that ssh does not accept", path)
	case len(vm.Directory.Files) < mostFiles && !slices.ContainsFunc(vm.Directory.Files, isSocket):
		return "", rawf("its hypervisor has no socket %s", path)
	case !i.Host.Privileged:
		return "", rawf("only root and the hypervisor can open %s; use sudo", path)
	}
	return path, ""
}

// arguments are those of an ssh to a destination. After the two dashes ssh
// takes nothing for an option any more, neither the destination nor what is to
// be run there.
func (a Address) arguments(options []string, destination string) []string {
	all := slices.Clone(options)
	if a.User != "" {
		all = append(all, "-l", a.User)
	}
	if a.Port != 0 {
		all = append(all, "-p", strconv.Itoa(int(a.Port)))
	}
	return append(all, "--", destination)
}

// IsHost reports whether a text can be the host of an [Address].
func IsHost(text string) bool {
	return isDestination(text) && !strings.Contains(text, "/") && strings.Trim(text, ".:%-_") != ""
}

// IsUser reports whether a text can be the user of an [Address].
func IsUser(text string) bool { return ParseName(Raw(text)) }

// isDestination reports whether ssh can be given a text as the host: it puts
// it into the command line of a proxy, which a shell reads (%h in
// ssh_config(5); OpenSSH looks at its characters only since 9.6).
func isDestination(text string) bool {
	return text != "" && text[0] != '-' && len(text) <= 255 && strings.IndexFunc(text, func(r rune) bool {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("._-:%/", r):
			return false
		}
		return true
	}) < 0
}
