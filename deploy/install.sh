#!/bin/bash
# Installs what is missing, from Debian's packages, and nothing when all is there.
#
#   deploy/install.sh run    what building and running a site needs
#   deploy/install.sh test   that, and what the tests and lint need
#   deploy/install.sh deb    what building and running needs, and building the Debian package
#   deploy/install.sh bench  that, and the broker that the bench stands beside
#   deploy/install.sh patroni  that of test, and what keeps three PostgreSQL nodes together
#
# Asks sudo when it is not root.  PostgreSQL is told not to make or start a cluster of its own.
set -euo pipefail

run="gcc make pkg-config libc6-dev protobuf-c-compiler protobuf-compiler libzmq3-dev libpq-dev
	libprotobuf-c-dev libuv1-dev libsodium-dev libmicrohttpd-dev libjansson-dev
	libcurl4-openssl-dev libinih-dev uthash-dev postgresql-15 curl ca-certificates"
check="$run libcmocka-dev clang clang-format clang-tidy libclang-rt-14-dev git procps jq python3-minimal python3-yaml python3-jsonschema python3-aiosmtpd openssl libfaketime"

case ${1:-} in
run) wanted=$run ;;
test) wanted=$check ;;
deb) wanted="$run dpkg-dev binutils xz-utils" ;;
bench) wanted="$check libnats-dev librabbitmq-dev" ;;
patroni) wanted="$check patroni etcd-server iproute2" ;;
*) sed -n '3,9s/^# *//p' "$0" >&2; exit 2 ;;
esac

missing=()
for package in $wanted; do
	status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
	[ "$status" = "install ok installed" ] || missing+=("$package")
done
tools=$(cd "$(dirname "$0")/.." && pwd)/build/tools
needs_server() {
	[ "$1" = bench ] && ! [ -x "$tools/usr/sbin/nats-server" ] &&
		! PATH=$PATH:/usr/sbin command -v nats-server >/dev/null
}
needs_promtool() {
	[ "$1" = test ] && ! [ -x "$tools/usr/bin/promtool" ] && ! command -v promtool >/dev/null
}
[ ${#missing[@]} -gt 0 ] || needs_server "$1" || needs_promtool "$1" || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "missing: ${missing[*]:-nats-server}: install them, or sudo, and try again" >&2
		exit 1
	}
	sudo=sudo
fi

# no cluster "main" and no port 5432: a private one is made instead
if ! [ -e /etc/postgresql-common/createcluster.conf ]; then
	$sudo mkdir -p /etc/postgresql-common
	echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
apt() {
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

install_packages() {
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "installing ${#missing[@]} Debian packages: ${missing[*]}" >&3
	apt install -y --no-install-recommends "${missing[@]}"
}

# Only unpacked, beside what is built: installed, each would start a server on this machine.
unpack() { # package
	echo "unpacking Debian's $1 into build/tools" >&3
	mkdir -p "$tools"
	(cd "$tools" && apt-get -q download "$1" && dpkg-deb -x "$1"_*.deb . && rm -f "$1"_*.deb)
}

# the broker for the bench; prometheus for its promtool, which checks deploy/monitoring (a test that
# has none says "skipped", so a mirror without it stops nothing)
unpack_tools() {
	! needs_server "$1" || unpack nats-server
	! needs_promtool "$1" || unpack prometheus || true
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ apt update && install_packages && unpack_tools "$1"; } 3>&2 >"$log" 2>&1 || {
	tail -20 "$log" >&2
	echo "the packages could not be installed: see above" >&2
	exit 1
}
