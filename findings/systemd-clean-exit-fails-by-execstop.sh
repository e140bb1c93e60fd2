#!/usr/bin/env bash
# systemd 252.39 (Debian 12): Restart=on-failure restarts a service that exits with 0, for its ExecStop=.
#
# One would guess that ExecStop= is for `systemctl stop`, and that a main process that ends by itself with
# status 0 is a clean exit, which on-failure leaves alone.
# Seen: ExecStop= runs then, too, and one that fails makes it a failure: Result=exit-code beside
# ExecMainCode=1 (exited) ExecMainStatus=0, and the service is started again and again. The journal's
# "process exited" message (98e32220…) tells of COMMAND=ExecStop only; the clean exit of the main
# process leaves none. So Result=exit-code does not mean that ExecMainStatus is the culprit.
set -euo pipefail

probe() { cat <<'PROBE'; }
systemctl --version | head -1
for u in plain stopped; do printf '[Service]\nExecStart=/bin/true\nRestart=on-failure\nRestartSec=1\n' >$u.service; done
sed -i 's/=.bin.true/=\/bin\/sh -c "sleep 0.5; exit 0"/' plain.service stopped.service
echo 'ExecStop=/bin/sh -c "exit 7"' >>stopped.service
printf '[Unit]\nWants=plain.service stopped.service\n' >keep.target
systemctl daemon-reload
systemctl start keep.target
until [ "$(systemctl show -P NRestarts stopped)" -ge 2 ]; do sleep 0.1; done
until [ "$(systemctl show -P SubState stopped)" = auto-restart ]; do sleep 0.05; done
show() { systemctl show "$1" -p Result,ExecMainCode,ExecMainStatus | sort | tr '\n' ' '; }
for u in plain stopped; do echo "$u: $(show $u)NRestarts=$(systemctl show -P NRestarts $u)"; done
[ "$(show plain)" = "ExecMainCode=1 ExecMainStatus=0 Result=success " ]
[ "$(show stopped)" = "ExecMainCode=1 ExecMainStatus=0 Result=exit-code " ]
[ "$(systemctl show -P NRestarts plain)" = 0 ]
journalctl --sync
for u in plain stopped; do
    told=$(journalctl -o json UNIT=$u.service MESSAGE_ID=98e322203f7a4ed290d09fe03c09fe15 | grep -o '"COMMAND":"[^"]*"' | sort -u || true)
    echo "$u: told of processes: ${told:-none}"
    [ "$u:$told" = plain: ] || [ "$u:$told" = 'stopped:"COMMAND":"ExecStop"' ]
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
