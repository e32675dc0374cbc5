#!/bin/bash
# Goal: sites run different versions for months: what an old one says the new one takes, and the other
# way round; and an old site becomes a new one where it stands.
# Method: the programs of an older commit are built (LG_OLD names it; else the one before what carries events last
# changed), one site runs them and the other runs ours; two stories are told, one over the line each way.
# Then the old site's programs are replaced by ours over its own database, and both are told again.
# Skipped where there is no history to build from.
source "$(dirname "$0")/../support/site.sh"

site_make versions
both=$root/both first=in-sunauli second=np-bhairahawa
port=$(free_port 3) # of the line, and behind it of the gateways
mkdir "$both"
chmod 711 "$both"

# what both files say to a program, without the words about it
wire_at() { # commit
	git -C "$here" show "$1:proto/envelope.proto" "$1:proto/bus.proto" 2>/dev/null |
		tr -s '[:space:]' ' ' | sed -E 's,/\*([^*]|\*+[^*/])*\*+/,,g' | tr -s ' '
}
changed_last() {
	local commit
	for commit in $(git -C "$here" log --format=%h -- proto/envelope.proto proto/bus.proto 2>/dev/null); do
		[ "$(wire_at "$commit")" = "$(wire_at "$commit^")" ] || { echo "$commit"; return; }
	done
}
old_commit() {
	git -C "$here" rev-parse --verify -q "${LG_OLD:-$(changed_last)}^"
}
if ! commit=$(old_commit); then
	skip "an old and a new site" "no history to build an old one from"
	echo "versions: 0 passed, 0 failed, $skipped skipped"
	exit 0
fi
old=$here/build/old/$commit
build_old() { # kept until the commit is another one
	[ ! -e "$old/made" ] || return 0
	rm -rf "$here/build/old"
	mkdir -p "$old"
	git -C "$here" archive "$commit" | tar -x -C "$old" &&
		env -u MAKEFLAGS make -C "$old" -j2 all && touch "$old/made"
}
check "the programs of ${commit:0:10} are built" build_old
[ "$failed" -eq 0 ] || { finish versions; exit 1; }

declare -A gateway_port=([$first]=$((port + 1)) [$second]=$((port + 2)))
declare -A tree=([$first]=$here [$second]=$old) bin=([$first]=$here/build/bin [$second]=$old/build/bin)
at() { # site, run.sh's words: with the programs and the scripts of its version
	local site=$1
	shift
	LG_PORT=${gateway_port[$site]} LG_SITE=$site LG_STATE=$both/$site LG_BIN=${bin[$site]} "${tree[$site]}/deploy/run.sh" "$@"
}
end_all() {
	for site in $first $second; do at $site destroy >/dev/null 2>&1; done
	site_end
}
trap end_all EXIT

join() {
	at $first keys && at $second keys || return 1
	at $first trust "$both/$second/keys/keyring" && at $second trust "$both/$first/keys/keyring" || return 1
	echo "connect 2=tcp://127.0.0.1:$port" >"$both/$first/links"
	echo "listen 1=tcp://127.0.0.1:$port" >"$both/$second/links"
}
is_up() { # site
	curl -fs --unix-socket "$both/$1/health/bus.1.sock" http://localhost/metrics | grep -q '^lifeguard_bus_link_up{.*} 1$'
}
up() { # sites
	local site
	for site in "$@"; do at "$site" up || return 1; done
	soon is_up $first && soon is_up $second || { echo "the line did not come up"; return 1; }
}
tell() { # story
	rm -f "$both/stories/$1"*
	LG_SITES_FOLDER=$both LG_BIN=$here/build/bin "$here/deploy/sample/stories/$1.sh"
}
clean() { # nothing was refused and nothing lies dead, on either side
	local site service
	for site in $first $second; do
		for service in intake matching referral notification reporting; do
			curl -fs --unix-socket "$both/$site/health/$service.1.sock" http://localhost/metrics |
				awk -v who="$site $service" '/^lifeguard_(dead_letters_total|frames_refused_total)/ && $NF > 0 { print who, $0; bad = 1 }
					END { exit bad }' || return 1
		done
	done
}

check "a new site and an old one come up, joined" eval "join && up $first $second"
check "new home, old desk: a girl is handed over the same day" tell 1-hand-back
check "old home, new desk: an Indian girl found in Nepal goes home" tell 5-indian-girl
check "neither has refused a frame or buried a letter" clean
new_reads_old() { # with programs that knew no trace the row says so
	local rows
	rows=$("$here/deploy/postgres.sh" psql "$both/$first/db" -At -c "SELECT count(*) FROM referral.position WHERE site = 2")
	[ "$rows" -gt 0 ] || { echo "nothing of the old site took effect at the new one"; return 1; }
}
check "the new site has applied what the old one told" new_reads_old

other_bus() { # site, whose programs: its bus alone is replaced, while its services run
	local mixed=$root/mixed.$1
	mkdir "$mixed" && ln -s "${bin[$1]}"/* "$mixed/" && ln -sf "$2/build/bin/lg-bus" "$mixed/lg-bus" || return 1
	at "$1" stop bus && bin[$1]=$mixed || return 1
	up "$1"
}
check "the old site gets the new bus, the new one the old" eval "other_bus $second $here && other_bus $first $old"
check "new services by an old bus, old ones by a new: a hand-over" tell 1-hand-back
check "and a way home" tell 5-indian-girl
check "and no frame was refused" clean

asked() { "$here/deploy/postgres.sh" psql "$both/$second/db" -qAt -c "$1"; }
of_a_newer="referral.reader WHERE destination = 0 AND service = 99"

upgrade() {
	asked "INSERT INTO referral.reader (destination, lane, p, service, applied)
		SELECT 0, 0, p, 99, 0 FROM referral.partition" || return 1
	at $second down || return 1
	tree[$second]=$here bin[$second]=$here/build/bin bin[$first]=$here/build/bin
	at $first stop bus || return 1
	up $first
	up $second
}
check "the old site becomes a new one over its own database" upgrade
held() { [ "$(asked "SELECT count(*) FROM $of_a_newer")" -eq 16 ] && asked "DELETE FROM $of_a_newer"; }
check "what a service of a still newer version has to read is kept for it" held
check "the same stories are told again: a hand-over" tell 1-hand-back
check "and a way home" tell 5-indian-girl
check "and still nothing was refused" clean

finish versions
