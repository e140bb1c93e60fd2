#!/usr/bin/env bash
# systemd 252.39 (Debian 12): what NRestarts says after a stop depends on whether any other unit names this one.
#
# One would guess that a stop, or the next explicit start, resets the counter, or that neither does.
# Seen, of 3 restarts counted: before `systemctl stop`, after it, and after the next `systemctl start`:
#   stopped in         nobody wants it     another unit wants it
#   the pause          3, 0, 0             3, 3, 3
#   running            3, 0, 0             3, 3, 0
# What nothing references is unloaded by the stop and forgets everything. A Wants= of an active target
# keeps it loaded; then a start resets the counter only when the stop did not interrupt a pause.
set -euo pipefail

probe() { cat <<'PROBE'; }
systemctl --version | head -1
for u in pause-alone pause-wanted running-alone running-wanted; do
    # Fails three times; then it stays, or fails on.
    case $u in pause*) end='exit 1' ;; *) end='exec sleep inf' ;; esac
    printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=1\nExecStart=/bin/bash -c "%s"\n' \
        "echo >>/run/$u; [ -e /run/$u.3 ] && $end; exit 1" >$u.service
done
printf '[Unit]\nWants=pause-wanted.service running-wanted.service\n' >keep.target
systemctl daemon-reload
systemctl start keep.target pause-alone running-alone
n() { systemctl show -P NRestarts "$1"; }
for u in pause-alone pause-wanted running-alone running-wanted; do
    case $u in
    pause*) until [ "$(n $u)" -ge 3 ] && [ "$(systemctl show -P SubState $u)" = auto-restart ]; do sleep 0.05; done ;;
    *)
        until [ "$(n $u)" -ge 2 ]; do sleep 0.1; done
        touch /run/$u.3
        until [ "$(n $u)" -ge 3 ] && [ "$(systemctl show -P SubState $u)" = running ]; do sleep 0.1; done ;;
    esac
    state=$(systemctl show -P SubState $u) before=$(n $u)
    systemctl stop $u; stopped=$(n $u)
    systemctl start $u; started=$(n $u)
    echo "$u ($state): $before, stopped $stopped, started $started"
    [ "$before" -ge 3 ]
    case $u in
    *-alone) [ "$stopped" = 0 ] && [ "$started" = 0 ] ;;
    pause-*) [ "$stopped" = "$before" ] && [ "$started" = "$before" ] ;;
    running-*) [ "$stopped" = "$before" ] && [ "$started" = 0 ] ;;
    esac
done
PROBE

# A root of its own from pinned packages; its systemd runs the probe and leaves with the probe's status.
tmp=$(mktemp -d)
cg=$(findmnt -nt cgroup2 -o TARGET | head -1)/finding.$$
trap 'rm -rf "$tmp"; [ ! -d "$cg" ] || find "$cg" -depth -type d -exec rmdir {} +' EXIT
root=$tmp/root
mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{proc,sys,dev,run,tmp,etc,var/log} "$tmp/debs/partial"
for d in bin sbin lib lib64; do ln -s "usr/$d" "$root/$d"; done
apt-get -yqq --no-install-recommends --download-only -o Dir::State::status=/dev/null -o Debug::NoLocking=1 \
    -o Dir::Cache::archives="$tmp/debs" -o APT::Sandbox::User=root \
    install systemd=252.39-1~deb12u2 dbus bash coreutils dash grep sed util-linux >/dev/null
for deb in "$tmp"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -xC "$root" --keep-directory-symlink; done
printf '%s\n' root:x:0:0::/:/bin/sh messagebus:x:100:100::/: >"$root/etc/passwd"
printf '%s\n' root:x:0: messagebus:x:100: >"$root/etc/group"
: >"$root/etc/machine-id"
probe >"$root/probe"
cat >"$root/etc/systemd/system/finding.service" <<'UNIT'
[Unit]
DefaultDependencies=no
Requires=systemd-journald.service dbus.socket
After=systemd-journald.service dbus.socket
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
WorkingDirectory=/etc/systemd/system
ExecStart=/bin/bash -euo pipefail /probe
StandardOutput=append:/out
StandardError=inherit
UNIT
mkdir "$cg"
rc=0
(
    echo "$BASHPID" >"$cg/cgroup.procs"
    exec timeout 120 unshare --fork --kill-child --pid --mount --uts --ipc --net --cgroup bash -ec '
        mount --bind "$1" "$1"; cd "$1"
        mount -t proc proc proc; mount -t sysfs -o ro sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup
        for d in dev run tmp; do mount -t tmpfs tmpfs $d; done
        for f in null zero full random urandom; do touch dev/$f; mount --bind /dev/$f dev/$f; done
        pivot_root . dev; umount -l /dev
        exec env -i container=finding PATH=/usr/bin /lib/systemd/systemd --system --unit=finding.service \
            --log-target=journal --show-status=0' - "$root"
) </dev/null || rc=$?
cat "$root/out"
exit "$rc"
