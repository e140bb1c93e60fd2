#!/usr/bin/env bash
# systemd 252.39 (Debian 12): a slice that was frozen runs again when one of its services is thawed or stopped.
#
# One would guess that a service in a frozen slice stays frozen until the slice is thawed, or that the
# slice goes on reporting "frozen", with its other services, when only one member is thawed.
# Seen: `systemctl freeze SLICE` freezes each member by itself, too. `systemctl thaw MEMBER` thaws that
# member and the slice, which says "running" from then on, while the other members stay frozen; the
# automatic thaw of a stop does the same. So a slice that says "running" may be half frozen.
set -euo pipefail

probe() { cat <<'PROBE'; }
systemctl --version | head -1
for u in a b; do printf '[Service]\nSlice=grp.slice\nExecStart=/bin/sleep inf\n' >$u.service; done
systemctl daemon-reload
systemctl start a b
states() {
    for u in grp.slice a.service b.service; do
        dir=/sys/fs/cgroup/grp.slice; [ $u = grp.slice ] || dir=$dir/$u
        printf '%s=%s/%s ' ${u%.*} "$(systemctl show -P FreezerState $u)" "$(sed -n 's/^frozen //p' $dir/cgroup.events)"
    done
}
want() { got=$(states); echo "$1: $got"; [ "$got" = "$2 " ]; }
want 'before                ' 'grp=running/0 a=running/0 b=running/0'
systemctl freeze grp.slice
want 'freeze grp.slice      ' 'grp=frozen/1 a=frozen/1 b=frozen/1'
systemctl thaw a.service
want 'thaw a.service        ' 'grp=running/0 a=running/0 b=frozen/1'
systemctl thaw grp.slice
want 'thaw grp.slice        ' 'grp=running/0 a=running/0 b=running/0'
systemctl freeze grp.slice
systemctl restart a.service
want 'frozen, then restart a' 'grp=running/0 a=running/0 b=frozen/1'
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
