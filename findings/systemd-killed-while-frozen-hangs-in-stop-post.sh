#!/usr/bin/env bash
# systemd 252.39 (Debian 12): a frozen service whose process is killed does not end, and cannot be thawed.
#
# SIGKILL works on frozen processes, so one would guess that the unit fails at once, as any killed one, or
# that systemd thaws it for its ExecStopPost=, as it does before a job; and that `thaw` helps otherwise.
# Seen: the main process is gone, ExecStopPost= is started inside the frozen cgroup and is frozen with it: the
# unit is "deactivating (stop-post)" and frozen until its stop time-out (90 s by default), which kills
# ExecStopPost= before it did anything. `systemctl thaw` refuses: "Failed to thaw unit a.service: Unit is
# inactive." `systemctl stop` thaws: ExecStopPost= runs, and the unit is failed at once.
set -euo pipefail

probe() { cat <<'PROBE'; }
systemctl --version | head -1
printf '[Service]\nTimeoutStopSec=9\nExecStart=/bin/sleep inf\nExecStopPost=/bin/touch /run/ran-%%N\n' | tee a.service b.service >c.service
systemctl daemon-reload
state() { systemctl show "$1" -p ActiveState,SubState,FreezerState,MainPID --value | sort | tr '\n' ' '; }
want() { got=$(state "$2"); echo "$1: $got"; [ "$got" = "$3 " ]; }
systemctl start a b c
systemctl kill -s KILL c
sleep 1
want 'c killed           ' c '0 failed failed running'
for u in a b; do systemctl freeze $u; systemctl kill -s KILL $u; done
sleep 2
want 'a frozen and killed' a '0 deactivating frozen stop-post'
want 'b frozen and killed' b '0 deactivating frozen stop-post'
systemctl stop b
want 'b stopped          ' b '0 failed failed running'
thaw=$(systemctl thaw a 2>&1) && exit 1
echo "thaw a: $thaw"
sleep 1
want 'a after it         ' a '0 deactivating frozen stop-post'
until [ "$(systemctl show -P ActiveState a)" = failed ]; do sleep 0.2; done
echo "ExecStopPost= ran of: $(echo /run/ran-*)"
[ "$(echo /run/ran-*)" = '/run/ran-b /run/ran-c' ]
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
