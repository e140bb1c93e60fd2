package cli

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

const aboutSSH = `Open a shell in a VM's guest with ssh, or run a command there. The command goes
after two dashes; as with ssh, the guest's shell interprets it.

The address is the one in the configuration, [ssh.NAME] address, checked against
the host keys that ssh knows. Without one, microtui connects over vsock as root,
if the VM has microvm.vsock.cid and microvm.vsock.ssh.enable and the host has
systemd-ssh-proxy (systemd 256). Host keys are not checked over vsock, which
never leaves the host.

The exit status is that of ssh: that of the command, or 255 if ssh failed; 3 if
there is no way to reach the guest.`

func (s *session) sshCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ssh NAME [-- COMMAND…]", Short: "Open a shell in a VM's guest", Long: aboutSSH, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			names := args
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				names = args[:at]
			}
			switch {
			case s.json:
				return usage("ssh does not support --json")
			case len(names) > 1:
				return usage("ssh %s: only one VM at a time; put a command after --", names[0])
			}
			if err := possible("ssh", names); err != nil {
				return err
			}
			return s.enter(cmd.Context(), model.Raw(names[0]), args[len(names):])
		},
	}
}

// enter enters the guest of a VM.
func (s *session) enter(ctx context.Context, name model.Raw, command []string) error {
	entry, why, err := s.entryOf(ctx, name)
	if err != nil {
		return err
	}
	if why == "" {
		slog.Info("enter", "vm", name, "by", entry.By)
		if err = s.Enter(ctx, entry, command); err == nil {
			return nil
		}
		why = model.Raw(err.Error())
	}
	return problem{exitRefused, text.Safef("ssh %s: %s", name, why)}
}

// entryOf is the way into a guest; why says that there is none.
func (s *session) entryOf(ctx context.Context, name model.Raw) (entry model.Entry, why model.Raw, err error) {
	switch {
	case s.choice.Demo:
		return entry, "the demo host has no guests to enter", nil
	case s.choice.recorded():
		return entry, wording.Recorded, nil
	case s.choice.ReadOnly:
		return entry, wording.ShellChanges, nil
	case s.Enter == nil:
		return entry, "ssh is not available here", nil
	}
	seen, err := s.observe(ctx)
	if err != nil {
		return entry, "", err
	}
	i := model.Interpret(seen)
	vm := i.VM(name)
	if vm == nil {
		return entry, "unknown VM; " + i.InsteadOf(name, "see microtui list"), nil
	}
	entry, why = model.EntryOf(i, vm, s.settings.Addresses[name])
	return entry, why, nil
}
