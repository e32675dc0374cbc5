# Two linked sites of one run.sh in a temporary folder, for tests of what crosses the line.  Sourced.
#
#   sites_make NAME    makes their folder; they end with the test
#   all WORD...        run.sh's words, for both
#   at SITE ACCOUNT    who acts from here on, and where
#   of SITE SQL        asks one site's database
#   none_dead SERVICE  no dead letter lies at either
#   named NAME...      writes a file of an identity, prints its path
source "$(dirname "${BASH_SOURCE[0]}")/site.sh"

sites_make() {
	root=$(mktemp -d "${TMPDIR:-/tmp}/lg-$1.XXXXXX")
	chmod 711 "$root"
	folder=$root/sites
	site_ports
	export NO_COLOR=1
	trap sites_end EXIT
	trap 'exit 130' INT TERM
}

all() {
	LG_STATE=$folder "$here/deploy/run.sh" all "$@"
}

sites_end() {
	[ "$failed" -eq 0 ] || tail -n 4 "$folder"/*/log/*.log
	all destroy >/dev/null 2>&1
	rm -rf "$root"
}

at() {
	export LG_STATE=$folder/$1 LIFEGUARD_TOKEN_FILE=$root/token.$1.$2
	LIFEGUARD_GATEWAY=$(LG_SITE=$1 run_sh url)
	export LIFEGUARD_GATEWAY
	[ -s "$LIFEGUARD_TOKEN_FILE" ] || log_in "$2" >&2
}

none_dead() { # service
	local site
	for site in in-sunauli np-bhairahawa; do
		LG_STATE=$folder/$site no_dead_letters "$1" || { echo "at $site"; return 1; }
	done
}

of() {
	LG_STATE=$folder/$1 sql -c "$2"
}

named() {
	printf 'name: %s\n' "$@" >"$root/identity"
	echo "$root/identity"
}
