package cli

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"microtui/model"
)

const aboutSSH = `Enter the guest of a VM with ssh, for a shell or to run a command there. The
command is what stands after two dashes; as with ssh, the guest's shell reads it.

It goes to the address in the configuration, [ssh.NAME] address, with the host
keys that ssh knows; or else over vsock as root, where the VM has microvm.vsock.cid
and microvm.vsock.ssh.enable, and the host systemd-ssh-proxy (systemd 256). Over
vsock no host key is asked for: it never leaves the machine.

The exit status is that of ssh: the command's, or 255 where ssh failed; 3 where
there is no way in.`

func (s *session) sshCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ssh NAME [-- COMMAND…]", Short: "Enter the guest of a VM", Long: aboutSSH, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			names := args
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				names = args[:at]
			}
			switch {
			case s.json:
				return usage("ssh: it has no --json")
			case len(names) > 1:
				return usage("ssh %s: one VM at a time; a command stands after --", names[0])
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
	return problem{exitRefused, model.Safef("ssh %s: %s", name, why)}
}

// entryOf is the way into a guest; why says that there is none.
func (s *session) entryOf(ctx context.Context, name model.Raw) (entry model.Entry, why model.Raw, err error) {
	switch {
	case s.choice.Demo:
		return entry, "the demo host has no guests to enter", nil
	case s.choice.recorded():
		return entry, "this is a recorded observation, not a host", nil
	case s.choice.ReadOnly:
		return entry, "read-only: in the guest anything could be changed", nil
	case s.Enter == nil:
		return entry, "no guest can be entered here", nil
	}
	seen, err := s.observe(ctx)
	if err != nil {
		return entry, "", err
	}
	i := model.Interpret(seen)
	vm := vmOf(i, name)
	if vm == nil {
		return entry, "no VM has this name; see microtui list", nil
	}
	entry, why = model.EntryOf(i, vm, s.settings.Addresses[name])
	return entry, why, nil
}
