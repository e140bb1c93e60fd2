#!/usr/bin/env bash
# socat 1.7.4.4 (Debian 12): `socat STDOUT UNIX-CONNECT:…` works into a pipe and writes nothing into a file.
#
# One would guess that an address named STDOUT is only written, and that `| cat >file` and `>file` get the
# same text.
# Seen: STDOUT is used in both directions. On the write end of a pipe, poll never calls it readable, so all is
# well; a file is readable always, reading it is EBADF, and socat is gone with status 1 before the first byte
# came. A file that is open for reading too is at its end at once, which starts the half second of
# time-out after which the peer is cut off. `socat -u PEER STDOUT` is what was meant.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"; kill "$server" 2>/dev/null || true' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download socat=1.7.4.4-2
dpkg-deb -x socat_*.deb .
socat=$PWD/usr/bin/socat
"$socat" -V | sed -n 2p
"$socat" UNIX-LISTEN:peer,fork SYSTEM:'sleep 1; echo late; sleep 1' 2>/dev/null &
server=$!
until [ -S peer ]; do sleep 0.1; done
pipe=$("$socat" STDOUT UNIX-CONNECT:peer,shut-none | cat)
file=0 both=0 right=0
"$socat" STDOUT UNIX-CONNECT:peer,shut-none >file 2>told || file=$?
"$socat" STDOUT UNIX-CONNECT:peer,shut-none 1<>both || both=$?
"$socat" -u UNIX-CONNECT:peer STDOUT >right || right=$?
echo "into a pipe:        '$pipe'"
echo "into a file:        '$(cat file)', status $file, $(sed 's/.*\] E //; s/0x[0-9a-f]*/…/' told)"
echo "read and write:     '$(cat both)', status $both"
echo "-u, peer first:     '$(cat right)', status $right"
[ "$pipe" = late ]
[ ! -s file ] && [ "$file" = 1 ] && grep -q 'read(1.*Bad file descriptor' told
[ ! -s both ] && [ "$both" = 0 ]
[ "$(cat right)" = late ] && [ "$right" = 0 ]
