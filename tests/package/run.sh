#!/bin/bash
# Goal: what an operator installs on a bare Debian 12 works: two sites made by `lifeguard site create` run as
# systemd units, tell the six stories, come back after a boot, and lose nothing when the package goes.
# Method: builds the package; makes a bare Debian; apt installs the package there while its own systemd runs
# (systemd-nspawn, a network of its own); everything else is asked from inside (prove.sh).
# As root, on Debian; installs what is missing.  Not part of `make test`.
#
#   LG_BARE_TAR     a bare Debian 12 as a tar (else mmdebstrap makes one)
#   LG_BARE_MIRROR  where mmdebstrap takes it from
#   LG_KEEP=1       leave the folder, to look into it
source "$(dirname "$0")/../support/site.sh"
set -e

fail() {
	echo "package: $*" >&2
	exit 1
}

[ "$(id -u)" -eq 0 ] || fail "a Debian of our own needs root"
cd "$here"
root=$(mktemp -d "${TMPDIR:-/tmp}/lg-package.XXXXXX")
debian=$root/debian
nspawn=

end_all() {
	local pid=$nspawn
	nspawn=
	[ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; }
	[ -n "${LG_KEEP:-}" ] || rm -rf "$root"
}
trap end_all EXIT
trap 'exit 130' INT TERM

install_tools() {
	local missing=() package
	for package in systemd-container dpkg-dev binutils xz-utils ${LG_BARE_TAR:-mmdebstrap}; do
		[ -e "$package" ] || [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] ||
			missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] ||
		{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"; }
}

# apt inside is told what it is told on this machine (mirrors, their keys); that goes with the folder.
make_debian() {
	local file
	umask 022
	mkdir "$debian"
	if [ -n "${LG_BARE_TAR:-}" ]; then
		tar -C "$debian" -xf "$LG_BARE_TAR" --exclude='./dev/*'
	else
		# shellcheck disable=SC2086 # no mirror is no word
		mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$debian" ${LG_BARE_MIRROR:-}
	fi
	rm -rf "$debian"/etc/apt/sources.list "$debian"/etc/apt/sources.list.d
	for file in sources.list sources.list.d apt.conf.d auth.conf.d preferences.d trusted.gpg.d keyrings; do
		[ ! -e "/etc/apt/$file" ] || cp -aL "/etc/apt/$file" "$debian/etc/apt/"
	done
	rm -f "$debian"/etc/apt/apt.conf.d/docker-* # they would forget what was fetched
	mkdir -p "$debian/usr/local/share/ca-certificates"
	cp -a /usr/local/share/ca-certificates/. "$debian/usr/local/share/ca-certificates/" 2>/dev/null || true
	cp -L /etc/resolv.conf "$debian/etc/resolv.conf"
	cp "$package" "$debian/root/lifeguard.deb"
	fetch_packages
	rm -f "$debian/etc/resolv.conf" "$debian/usr/sbin/policy-rc.d"
	printf '127.0.0.1 localhost\n' >"$debian/etc/hosts"
	: >"$debian/etc/machine-id"
}

# Only an init and what this test looks with are installed before it boots; what the package asks for is fetched, not installed.
fetch_packages() {
	cp /etc/hosts "$debian/etc/hosts"
	systemd-nspawn -q --register=no --keep-unit -D "$debian" --resolv-conf=off sh -ec '
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -q
		apt-get install -qy --no-install-recommends systemd-sysv dbus procps iproute2
		apt-get install -qy --download-only /root/lifeguard.deb' </dev/null
}

boot() {
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn -q --register=no --keep-unit --private-network \
		--link-journal=no --resolv-conf=off --system-call-filter=bpf --capability=CAP_NET_ADMIN,CAP_BPF \
		-b -D "$debian" </dev/null >>"$root/console" 2>&1 &
	nspawn=$!
	for _ in $(seq 300); do
		init=$(pgrep -P "$nspawn" | head -1)
		! is_booted || return 0
		sleep 0.2
	done
	tail -5 "$root/console"
	return 1
}

is_booted() {
	[ -n "$init" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'
}

power_off() {
	inside systemctl poweroff >/dev/null 2>&1
	wait "$nspawn" || true
	nspawn=
}

# A command in there, as root; each word is its own.
inside() {
	nsenter -t "$init" -m -u -i -n -p -C env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LANG=C.UTF-8 NO_COLOR=1 "$@"
}

started=$SECONDS
install_tools >"$root/install.log" 2>&1 || { tail -20 "$root/install.log" >&2; fail "a tool is missing"; }
package=$(make -s deb 2>"$root/build.log" | tail -1) && [ -e "$package" ] ||
	{ tail -20 "$root/build.log" >&2; fail "the package cannot be built"; }
echo "package: $(basename "$package"), $(($(stat -c %s "$package") / 1024)) KiB"
make_debian >"$root/debian.log" 2>&1 || { tail -20 "$root/debian.log" >&2; fail "no bare Debian"; }
echo "package: a bare Debian after $((SECONDS - started)) s"
set +e
source "$here/tests/package/prove.sh"
