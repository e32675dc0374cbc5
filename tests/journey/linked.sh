#!/bin/bash
# Goal: a site that is linked later knows whom it can ask, without anybody touching the directory again.
# Method: India alone lists an organisation; then Nepal is founded and linked; Nepal's directory must
# have it within two looks of the clock, and India must not tell it again.
source "$(dirname "$0")/../support/site.sh"

root=$(mktemp -d "${TMPDIR:-/tmp}/lg-linked.XXXXXX")
chmod 711 "$root"
folder=$root/sites
site_ports

all() { # run.sh's words
	LG_STATE=$folder "$here/deploy/run.sh" all "$@"
}

end_all() {
	[ "$failed" -eq 0 ] || tail -n 4 "$folder"/*/log/*.log
	all destroy >/dev/null 2>&1
	rm -rf "$root"
}
trap end_all EXIT
trap 'exit 130' INT TERM

at() { # site: its operator acts
	export LG_STATE=$folder/$1 LIFEGUARD_TOKEN_FILE=$root/token.$1
	LIFEGUARD_GATEWAY=$(LG_SITE=$1 run_sh url)
	export LIFEGUARD_GATEWAY
	log_in operator
}

add_home() {
	at in-sunauli && lifeguard organisation add --code early-home --name "Invented Home" --country IN \
		--services shelter --women --places 3
}

is_known() {
	at np-bhairahawa && lifeguard organisation list | grep early-home
}

told() { # how often India has told it
	LG_STATE=$folder/in-sunauli
	sql -c "SELECT count(*) FROM referral.outbox_event WHERE type = 321 AND destination = 2"
}

is_told_once() {
	[ "$(told)" = 1 ] || return 1
	sql -c "UPDATE referral.due SET due_ms = 0 WHERE type = 3603"
	soon looked_again && [ "$(told)" = 1 ]
}
looked_again() {
	[ "$(sql -c "SELECT due_ms > 0 FROM referral.due WHERE type = 3603")" = t ]
}

check "India comes up alone" env LG_SITES=in-sunauli LG_STATE="$folder" "$here/deploy/run.sh" all up
check "an organisation is listed while nobody is linked" add_home
check "India stops" env LG_SITES=in-sunauli LG_STATE="$folder" "$here/deploy/run.sh" all down
check "Nepal is founded and linked" all up
check "Nepal knows the organisation" soon is_known
check "it was told once, also after the next look" is_told_once
finish linked
