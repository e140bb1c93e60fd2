package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// enter becomes the system's ssh, which so has the terminal, the signals, job
// control and the exit status for itself. It returns only where there is none.
func enter(ctx context.Context, entry model.Entry, command []string) error {
	path, err := ssh(ctx, entry)
	if err != nil {
		return err
	}
	err = unix.Exec(path, append([]string{"ssh"}, entry.Command(command)...), os.Environ())
	return fmt.Errorf("run %s: %w", path, err)
}

// ssh is the path of an ssh that can go a way.
func ssh(ctx context.Context, entry model.Entry) (string, error) {
	path := findSSH(filepath.SplitList(os.Getenv("PATH")))
	switch {
	case path == "":
		return "", errors.New("this host has no root-owned ssh; add openssh to the system's packages")
	case !entry.Proxied:
		return path, nil
	}
	return path, checkProxy(ctx, path, entry)
}

// findSSH finds ssh in folders, where only root decides what it is.
func findSSH(folders []string) string {
	for _, folder := range folders {
		path := filepath.Join(folder, "ssh")
		var status unix.Stat_t
		if unix.Stat(path, &status) == nil && status.Uid == 0 && status.Mode&0o022 == 0 && unix.Access(path, unix.X_OK) == nil {
			return path
		}
	}
	return ""
}

// checkProxy is an error where ssh has no proxy for a destination over vsock,
// as its configuration tells (ssh -G): it would take it for the name of a
// machine, and say that it cannot be resolved.
func checkProxy(ctx context.Context, path string, entry model.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, path, append([]string{"-G"}, entry.Arguments...)...)
	cmd.Stderr = &said
	answer, err := cmd.Output()
	if err != nil {
		last := strings.TrimSpace(said.String())
		return fmt.Errorf("ssh -G: %w: %s", err, last[strings.LastIndexByte(last, '\n')+1:])
	}
	for line := range strings.Lines(string(answer)) {
		if value, found := strings.CutPrefix(line, "proxycommand "); found && strings.TrimSpace(value) != "none" {
			return nil
		}
	}
	return errors.New("ssh cannot use vsock on this host: set programs.ssh.systemd-ssh-proxy.enable (systemd 256 or newer), or set an address in config.toml [ssh.NAME]")
}
