#!/usr/bin/env bash
# systemd 252.39 (Debian 12): which prefix drop-ins an instance of a template has.
#
# A unit foo-bar.service also reads foo-.service.d. For foo-bar@x.service one would guess that the
# shortened name is either foo-@.service.d or nothing, and that whatever names the instance wins.
# Seen: the template's name is shortened to foo-.service.d, without its @; the instance's is shortened
# to foo-@x.service.d, which applies to instance x of *every* template named foo-…; and foo-@.service.d
# is read as well. Of files with one name the plain prefix beats both, the one with the instance included:
#   app-tap@one.service.d > app-tap@.service.d > app-.service.d > app-@one.service.d > app-@.service.d > service.d
set -euo pipefail

probe() { cat <<'PROBE'; }
systemctl --version | head -1
printf '[Service]\nExecStart=/bin/sleep inf\n' >app-tap@.service
seen=
while :; do
    for d in service.d app-{,@,@one,tap@,tap@one}.service.d; do
        case " $seen " in *" $d "*) rm -rf "$d" ;; *) mkdir -p "$d"; printf '[Unit]\nDescription=%s\n' "$d" >"$d/same.conf" ;; esac
    done
    systemctl daemon-reload
    winner=$(systemctl show -P Description app-tap@one.service)
    [ -d "$winner" ] || break
    seen="${seen:+$seen }$winner"
done
echo "same file name, strongest first: $seen"
[ "$seen" = "app-tap@one.service.d app-tap@.service.d app-.service.d app-@one.service.d app-@.service.d service.d" ]
for d in $seen; do mkdir -p "$d"; printf '[Unit]\nDescription=x\n' >"$d/$d.conf"; done
systemctl daemon-reload
all=$(systemctl show -P DropInPaths app-tap@one.service | wc -w)
echo "different file names: $all of 6 apply"
[ "$all" = 6 ]
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
