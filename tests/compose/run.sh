#!/bin/bash
# Goal: docker-compose.yml is two sites of which only the buses meet, each service knows only its own
# secrets, and the work goes through: sample, totals, stories, a line that is cut, an owner that dies,
# instances that come and go.
# Method: an engine and a base image of our own (nothing is pulled), images built from the Dockerfiles,
# the composed group with three instances of matching, used through the gateways' ports as from outside.
# As root, on Debian; installs what is missing.  Not part of `make test`.
#
#   LG_COMPOSE_FOLDER   keep engine and images there for the next run (else: a temporary folder)
source "$(dirname "$0")/../support/site.sh"
set -e

export COMPOSE_PROJECT_NAME=lifeguard
folder=${LG_COMPOSE_FOLDER:-}
cd "$here"

# --- outside of the engine: packages, base image --------------------------------------------------

fail() {
	echo "compose: $*" >&2
	exit 1
}

install_tools() {
	local missing=() package made=
	for package in docker.io docker-compose mmdebstrap iproute2 iptables curl; do
		[ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] ||
			missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	# no engine may start because its package was installed
	if ! [ -e /usr/sbin/policy-rc.d ]; then
		printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
		chmod 755 /usr/sbin/policy-rc.d
		made=1
	fi
	apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
	[ -z "$made" ] || rm /usr/sbin/policy-rc.d
}

# What everybody else pulls by this name, made here.  Inside, apt is told what it is told on this
# machine (mirrors, their keys); that stays in this image, which is never sent anywhere.
make_base() {
	local base=$folder/base file
	[ ! -e "$folder/base.tar" ] || return 0
	rm -rf "$base"
	mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$base"
	rm -rf "$base"/etc/apt/sources.list "$base"/etc/apt/sources.list.d
	for file in sources.list sources.list.d apt.conf.d auth.conf.d preferences.d trusted.gpg.d keyrings; do
		[ ! -e "/etc/apt/$file" ] || cp -aL "/etc/apt/$file" "$base/etc/apt/"
	done
	mkdir -p "$base/usr/local/share/ca-certificates"
	cp -a /usr/local/share/ca-certificates/. "$base/usr/local/share/ca-certificates/" 2>/dev/null || true
	printf '#!/bin/sh\nexit 101\n' >"$base/usr/sbin/policy-rc.d"
	chmod 755 "$base/usr/sbin/policy-rc.d"
	tar -C "$base" -cf "$folder/base.next" --exclude './dev/*' .
	rm -rf "$base"
	mv "$folder/base.next" "$folder/base.tar"
}

outside() {
	local started=$SECONDS
	[ "$(id -u)" -eq 0 ] || fail "an engine of our own needs root"
	if [ -z "$folder" ]; then
		folder=$(mktemp -d "${TMPDIR:-/tmp}/lg-compose.XXXXXX")
		# shellcheck disable=SC2064 # the folder as it is now
		trap "rm -rf '$folder'" EXIT
	fi
	mkdir -p "$folder"
	export LG_COMPOSE_FOLDER=$folder
	install_tools >"$folder/install.log" 2>&1 || { tail -20 "$folder/install.log" >&2; fail "a package is missing"; }
	make_base >"$folder/base.log" 2>&1 || { tail -20 "$folder/base.log" >&2; fail "the base image cannot be made"; }
	tests/compose/engine.sh "$folder" shared "$0" images >"$folder/build.log" 2>&1 ||
		{ tail -40 "$folder/build.log" >&2; fail "the images cannot be built"; }
	echo "compose: $(docker-compose version --short), images built in $((SECONDS - started)) s"
	tests/compose/engine.sh "$folder" own "$0" prove
}

# --- in the engine, while it shares this machine's network ------------------------------------------

images() {
	docker image inspect debian:bookworm-slim >/dev/null 2>&1 ||
		docker import "$folder/base.tar" debian:bookworm-slim
	# for apt: the network of a build is nobody's business but the builder's
	printf 'services:\n' >"$folder/build.yml"
	printf '  %s: {build: {context: %s, network: host}}\n' init "$here" db "$here" \
		np-init "$here" np-db "$here" >>"$folder/build.yml"
	docker-compose -f docker-compose.yml -f "$folder/build.yml" build init db
	docker image ls
}

case ${1:-} in
'') outside ;;
images) images ;;
prove) source "$here/tests/compose/prove.sh" ;;
*) fail "no argument is needed" ;;
esac
