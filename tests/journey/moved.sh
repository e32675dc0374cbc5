#!/bin/bash
# Goal: a copy of a site that wakes on another machine sends nothing until it is adopted; a site that is
# retired holds nothing more.
# Method: one site of real processes; its databases are told that they were last at home on
# another machine (as a restored backup would be); then a partner is trusted and retired.
source "$(dirname "$0")/../support/site.sh"

site_make moved
check "the site comes up" site_up
check "an operator logs in" log_in operator

owned() {
	curl -fs --unix-socket "$LG_STATE/health/intake.1.sock" http://localhost/metrics |
		sed -n 's/^lifeguard_partitions_owned{.*} //p'
}
owns() { # how many partitions
	[ "$(owned)" = "$1" ] || { echo "$(owned) partitions are owned"; return 1; }
}
restart_intake() {
	run_sh stop intake && run_sh start intake
}

check "at home it owns its partitions" soon owns 16
elsewhere() {
	sql -c "UPDATE intake.home SET machine = decode(repeat('ab', 16), 'hex')" && restart_intake
}
check "its database wakes on another machine" elsewhere
check "it says what to do" soon grep -q "site adopt" "$LG_STATE/log/intake.log"
check "there it owns nothing" owns 0
not_ready() {
	! curl -fs -o /dev/null --unix-socket "$LG_STATE/health/intake.1.sock" http://localhost/readyz
}
check "and is not ready" not_ready
check "an operator adopts it" run_sh adopt
check "intake starts again" restart_intake
check "it owns its partitions again" soon owns 16

partner() {
	"$LG_BIN/lifeguard" site create "$root/partner" --number 7 --name partner --country NP --demo &&
		"$LG_BIN/lifeguard" site trust "$LG_STATE/keys" "$root/partner/keyring" --yes
}
check "a partner is trusted" partner
check "it is shown" bash -c "'$LG_BIN/lifeguard' site show '$LG_STATE/keys' | grep -q partner"
held() { # a row that waits for it, as if it had read once
	sql -c "INSERT INTO intake.reader SELECT 7, 0, p, 4, 0 FROM generate_series(0, 15) AS p"
	restart_intake && soon owns 16 || return 1
	[ "$(sql -c "SELECT count(*) FROM intake.reader WHERE destination = 7")" = 16 ]
}
check "its readers hold their rows over a restart" held
check "retiring asks" bash -c "! '$LG_BIN/lifeguard' site retire '$LG_STATE/keys' 7 </dev/null"
check "an unknown site cannot be retired" bash -c "! '$LG_BIN/lifeguard' site retire '$LG_STATE/keys' 9 --yes"
check "it is retired" "$LG_BIN/lifeguard" site retire "$LG_STATE/keys" 7 --yes
gone() {
	restart_intake && soon owns 16 || return 1
	soon readers_are_forgotten
}
readers_are_forgotten() { # behind the opening that found them
	[ "$(sql -c "SELECT count(*) FROM intake.reader WHERE destination = 7")" = 0 ]
}
check "its readers are forgotten" gone

# last: the site itself cannot log in behind it
another_server() {
	local told=$root/roles.sql
	"$here/deploy/postgres.sh" roles "$root/elsewhere" >"$told" || return 1
	[ "$(grep -c '^ALTER ROLE lg_[a-z]* PASSWORD' "$told")" = "$(find "$root/elsewhere/pass" -name '*.pgpass' | wc -l)" ] &&
		grep -q 'ALTER ROLE lg_intake PASSWORD' "$told" && sql -v ON_ERROR_STOP=1 -f - <"$told"
}
check "a server elsewhere is told its roles and their new passwords" another_server
finish moved
