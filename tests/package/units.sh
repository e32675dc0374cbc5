#!/bin/bash
# Goal: every service of the tree has a unit, an account and its place in the target, and runs within
# all that PROTECTION asks of systemd; the package's scripts are sound.
# Method: the units as they stand, read by themselves (no systemd is needed), each with its drop-in as the
# package lays it; where systemd is installed, its own verdict as well.
source "$(dirname "$0")/../support/site.sh"

root=$(mktemp -d "${TMPDIR:-/tmp}/lg-units.XXXXXX")
trap 'rm -rf "$root"' EXIT
units=$here/deploy/systemd
services=$(cd "$here/services" && for folder in */main.c; do dirname "$folder"; done)

# The directives of a unit and its drop-in, one a line: Name=value.
lines_of() { # unit
	cat "$units/$1" "$units/hardening.conf" | sed -e ':again' -e '/\\$/{N; s/\\\n[ \t]*//; b again' -e '}' |
		grep -E '^[A-Za-z]+='
}

has() { # unit, directive
	lines_of "$1" | grep -qxF -- "$2" || { echo "$1 does not say $2"; return 1; }
}

each_has_a_unit() {
	local service
	for service in $services; do
		[ -e "$units/lg-$service@.service" ] || { echo "lg-$service has no unit"; return 1; }
		has "lg-$service@.service" "User=lg_$service" || return 1
		lines_of "lg-$service@.service" | grep -q "^ExecStart=/usr/bin/lg-$service --config /etc/lifeguard/%i.conf " ||
			{ echo "lg-$service's unit does not start it"; return 1; }
		grep -q "^u lg_$service  *-:lifeguard " "$units/sysusers.conf" || { echo "lg_$service is no account"; return 1; }
		grep -q "^Wants=.*\<lg-$service@%i\.service" "$units/lifeguard@.target" ||
			{ echo "the target does not want lg-$service"; return 1; }
	done
}

no_unit_without_a_service() {
	local unit name
	for unit in "$units"/lg-*@.service; do
		name=$(basename "$unit" @.service)
		[[ " $(echo $services) " == *" ${name#lg-} "* ]] || { echo "$name is no service"; return 1; }
	done
}

# As PROTECTION.md names them, and what they do not name but costs nothing.
hardened() {
	local unit directive
	for unit in "$units"/*@.service; do
		for directive in NoNewPrivileges=yes CapabilityBoundingSet= LimitCORE=0 MemorySwapMax=0 \
			MemoryDenyWriteExecute=yes ProtectSystem=strict ProtectHome=yes PrivateTmp=yes \
			PrivateDevices=yes ProtectProc=invisible LockPersonality=yes RestrictNamespaces=yes \
			"RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6" SystemCallFilter=@system-service \
			SystemCallFilter=~@privileged SystemCallArchitectures=native IPAddressDeny=any \
			IPAddressAllow=localhost UMask=0077 TemporaryFileSystem=/var/lib/lifeguard:ro; do
			has "$(basename "$unit")" "$directive" || return 1
		done
	done
}

# Who may speak to other machines is a list of three.
open_to_others() {
	grep -l '^IPAddressAllow=any' "$units"/*@.service | xargs -n1 basename >"$root/open"
	printf 'lg-%s@.service\n' bus gateway notification | diff - "$root/open"
}

no_secret_on_a_command_line() {
	! grep -nE '^(Exec|Environment|PassEnvironment).*(pass|secret|token|key=)' "$units"/*.service
}

scripts_are_sound() {
	local script
	for script in "$here"/deploy/debian/{postinst,prerm,postrm}; do sh -n "$script" || return 1; done
	bash -n "$here/deploy/debian/build.sh" && bash -n "$units/site.sh"
}

# A purge that would drop data would do it with these words.
purge_keeps() {
	! grep -nE 'rm -r|dropdb|DROP |userdel|deluser' "$here"/deploy/debian/{postinst,prerm,postrm}
}

# roles.sql makes every database, and what a private server is told of its log each database is told too.
same_roles() {
	local service
	for service in $services; do
		[ -e "$here/services/$service/store.c" ] || continue
		grep -q "'lg_$service'" "$here/deploy/roles.sql" && grep -q "('$service')" "$here/deploy/roles.sql" ||
			{ echo "roles.sql does not know $service"; return 1; }
	done
	grep -hoE "log_[a-z_]+ = [^ ]+" "$here/deploy/postgres.sh" | grep -vE 'log_(timezone|destination)' | tr -d "'" |
		while read -r name _ value; do
			grep -q "'$name', '$value'" "$here/deploy/roles.sql" || { echo "roles.sql does not set $name = $value"; exit 1; }
		done
}

laid_out() { # as in the package, with something to start
	local unit
	mkdir -p "$root/tree/lib/systemd/system" "$root/tree/usr/bin" "$root/tree/usr/lib/lifeguard"
	cp "$units"/*.service "$units"/*.target "$root/tree/lib/systemd/system/"
	for unit in "$units"/*@.service; do
		mkdir "$root/tree/lib/systemd/system/${unit##*/}.d"
		cp "$units/hardening.conf" "$root/tree/lib/systemd/system/${unit##*/}.d/"
	done
	for unit in $services; do install -m 755 /dev/null "$root/tree/usr/bin/lg-$unit"; done
	install -m 755 /dev/null "$root/tree/usr/lib/lifeguard/site"
	cp -r /lib/systemd/system/{sysinit,basic,network-online,network,shutdown,multi-user}.target "$root/tree/lib/systemd/system/"
}

exposure() {
	local unit
	laid_out && cd "$root/tree/lib/systemd/system" || return 1
	for unit in *@.service; do
		# offline, it rates a unit from 0 (closed) to 100 (open) and fails above the threshold
		systemd-analyze security --offline=true --threshold=20 --no-pager --root="$root/tree" "${unit/@/@x}" >"$root/rated" 2>&1 ||
			{ tail -3 "$root/rated"; return 1; }
		tail -1 "$root/rated" | sed 's/.*level for/          /' >>"$root/exposure"
	done
}

check "every service has a unit, an account and its place in the target" each_has_a_unit
check "no unit is without a service" no_unit_without_a_service
check "every unit holds to every directive" hardened
check "only bus, gateway and notification speak to other machines" open_to_others
check "no secret stands in a unit" no_secret_on_a_command_line
check "the package's scripts can be read" scripts_are_sound
check "removing and purging forget nothing" purge_keeps
check "every service has a role, and the log is told to hold no statement" same_roles
if command -v systemd-analyze >/dev/null; then
	check "systemd rates every unit below 2.0" exposure
	cat "$root/exposure" 2>/dev/null
else
	skip "systemd rates every unit below 2.0" "systemd is not installed"
fi
finish units-of-systemd
