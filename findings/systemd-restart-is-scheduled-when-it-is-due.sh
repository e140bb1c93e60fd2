#!/usr/bin/env bash
# systemd 252.39 (Debian 12): "Scheduled restart job" (MESSAGE_ID 5eb03494…) is written when the pause is over.
#
# One would guess that the message announces the pause: failure, "scheduled", RestartSec= of waiting, start.
# Seen: it is written after RestartSec=, just before "Started"; during the pause (SubState=auto-restart) the
# journal has nothing about a restart, and NRestarts does not count it yet. Its INVOCATION_ID is that of the
# life that ended, and N_RESTARTS the number of the one that begins.
set -euo pipefail

probe() { cat <<'PROBE'; }
systemctl --version | head -1
printf '[Service]\nExecStart=/bin/sh -c "[ ! -e /run/was ] || exec sleep inf; touch /run/was; exit 1"\nRestart=always\nRestartSec=4\n' >a.service
systemctl daemon-reload
entry() { journalctl --sync; journalctl -o json UNIT=a.service MESSAGE_ID="$1" | tail -n "${2:-1}"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
scheduled=5eb03494b6584870a536b337290809b3 failed=d9b373ed55a64feb8242e02dbe79a49c started=39f53479d3a045ac8e11786248231fbf
systemctl start a
until [ "$(systemctl show -P SubState a)" = auto-restart ]; do sleep 0.05; done
ended=$(systemctl show -P InvocationID a)
echo "in the pause: NRestarts=$(systemctl show -P NRestarts a), messages 'scheduled': $(entry $scheduled | wc -l)"
[ "$(systemctl show -P NRestarts a)" = 0 ] && [ -z "$(entry $scheduled)" ]
[ "$(systemctl show -P SubState a)" = auto-restart ]
until [ "$(systemctl show -P SubState a)" = running ]; do sleep 0.1; done
at() { entry $1 | field __MONOTONIC_TIMESTAMP; }
pause=$((($(at $scheduled) - $(at $failed)) / 1000)) rest=$((($(at $started) - $(at $scheduled)) / 1000))
echo "failed, $pause ms, scheduled, $rest ms, started"
[ "$pause" -ge 3900 ]
[ "$rest" -lt "$pause" ]
echo "scheduled: N_RESTARTS=$(entry $scheduled | field N_RESTARTS), the ended life's invocation: $(entry $scheduled | field INVOCATION_ID)"
[ "$(entry $scheduled | field N_RESTARTS)" = 1 ]
[ "$(entry $scheduled | field INVOCATION_ID)" = "$ended" ] && [ "$(systemctl show -P InvocationID a)" != "$ended" ]
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
