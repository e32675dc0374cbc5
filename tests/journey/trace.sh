#!/bin/bash
# Goal: a girl reported in India is found in a family's report of Nepal without her name crossing the
# line; names follow only after a human of each side agreed; what may not be asked is not answered.
# Method: two sites of real processes; the one report in Devanagari, the other in Latin letters, made-up
# canary names; the verbs of `lifeguard match trace` on both sides; then every row that crossed and
# every table, log and audit record is searched for the names.
source "$(dirname "$0")/../support/site.sh"

root=$(mktemp -d "${TMPDIR:-/tmp}/lg-trace.XXXXXX")
chmod 711 "$root"
folder=$root/sites
export LG_LINK_PORT=$((21000 + RANDOM % 20000))
latin="Kanariya Zavatika" devanagari="कनारिया जावतिका"

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

at() { # site, account: who acts
	export LG_STATE=$folder/$1 LIFEGUARD_TOKEN_FILE=$root/token.$1.$2
	LIFEGUARD_GATEWAY=$(LG_SITE=$1 run_sh url)
	export LIFEGUARD_GATEWAY
	[ -s "$LIFEGUARD_TOKEN_FILE" ] || log_in "$2" >&2
}

named() { # name -> a file of an identity
	printf 'name: %s\n' "$@" >"$root/identity"
	echo "$root/identity"
}

# a family's report; prints its id
report() { # district, country, names
	local district=$1 country=$2
	shift 2
	lifeguard missing report --sex female --age 15 --district "$district" --country "$country" \
		--identity-file "$(named "$@")" 2>/dev/null
}

soon() { # command...
	for _ in $(seq 200); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

state_is() { # site, trace, state
	[ "$(LG_STATE=$folder/$1 sql -c "SELECT state FROM matching.trace WHERE encode(trace_id, 'hex') = '$2'")" = "$3" ]
}

indexed() { # site, record
	[ "$(LG_STATE=$folder/$1 sql -c "SELECT count(*) FROM matching.person_record
		WHERE state = 'INDEXED' AND encode(record_id, 'hex') = '$2'")" = 1 ]
}

both_report() {
	at np-bhairahawa volunteer && theirs=$(report bardiya NP "$devanagari") &&
		at in-sunauli volunteer && ours=$(report bardiya IN "$latin") &&
		other=$(report palpa IN "Gulnaz Begum" "Rubina Khatun" "Farida Bano") &&
		soon indexed np-bhairahawa "$theirs" && soon indexed in-sunauli "$ours" &&
		soon indexed in-sunauli "$other"
}

ask() { # record, basis; prints the trace's id
	at in-sunauli lead && lifeguard match trace ask "$1" --site 2 --basis "$2"
}

asked_and_alike() {
	trace=$(ask "$ours" family_asked) || return 1
	echo "$trace"
	soon state_is in-sunauli "$trace" ALIKE && state_is np-bhairahawa "$trace" ALIKE
}

nobody_is_alike() {
	local one
	one=$(ask "$other" family_asked) && soon state_is in-sunauli "$one" NO_HIT
}

contact_is_named_by_role() {
	at in-sunauli lead && lifeguard match trace list | grep "$trace" | grep "protection_officer of site 2"
}

no_name_yet() {
	at in-sunauli lead && ! lifeguard match trace show "$trace" | grep -q '^name'
}

one_side_is_not_enough() {
	at in-sunauli lead && lifeguard match trace approve "$trace" &&
		soon state_is np-bhairahawa "$trace" THEY_AGREE && no_name_yet
}

both_see_the_others_name() {
	at np-bhairahawa lead && lifeguard match trace approve "$trace" || return 1
	soon state_is in-sunauli "$trace" AGREED && soon shown in-sunauli "$devanagari" &&
		soon shown np-bhairahawa "$latin"
}

shown() { # site, name
	at "$1" lead && lifeguard match trace show "$trace" | grep -qx "name  $2"
}

# the third question of her was alike, too, and nobody agreed to it
no_ends_it() {
	local one
	one=$(LG_STATE=$folder/np-bhairahawa sql -c "SELECT encode(trace_id, 'hex') FROM matching.trace WHERE state = 'ALIKE' LIMIT 1")
	at np-bhairahawa lead && lifeguard match trace decline "$one" && soon state_is in-sunauli "$one" DECLINED &&
		at in-sunauli lead && is_refused "not possible" lifeguard match trace approve "$one"
}

# three questions of one person in a period; the first was answered above
the_fourth_is_refused() {
	local one n
	for n in 2 3; do
		one=$(ask "$ours" family_asked) && soon state_is in-sunauli "$one" ALIKE || { echo "question $n"; return 1; }
	done
	one=$(ask "$ours" family_asked) && soon state_is in-sunauli "$one" NO_HIT
}

is_refused() { # words, command...
	local words=$1
	shift
	! "$@" >"$root/said" 2>&1 && grep "$words" "$root/said"
}

basis_is_asked_for() {
	is_refused "family asks" ask_plain "$ours" her_consent && is_refused "basis" ask_plain "$ours" because &&
		is_refused "no such record" ask_plain "0001000000000000$(head -c8 /dev/urandom | od -An -tx1 | tr -d ' \n')" her_consent
}

ask_plain() {
	at in-sunauli lead && lifeguard match trace ask "$1" --site 2 --basis "$2"
}

volunteers_may_not() {
	at in-sunauli volunteer && is_refused role lifeguard match trace list
}

# what lies in the outboxes is what crosses, before CURVE closes it again
no_name_anywhere() {
	local site word
	for site in in-sunauli np-bhairahawa; do
		grep -rqs -- bardiya "$folder/$site/db" || { echo "the search sees nothing"; return 1; }
		for word in Kanariya Zavatika कनारिया जावतिका; do
			! grep -rqs -- "$word" "$folder/$site/db" "$folder/$site/log" ||
				{ echo "$word of $site lies in: $(grep -rls -- "$word" "$folder/$site/db" "$folder/$site/log" | head -3)"; return 1; }
		done
	done
}

questions_are_audited() {
	[ "$(LG_STATE=$folder/np-bhairahawa sql -c "SELECT count(*) FROM matching.trace WHERE NOT asked_here")" = 5 ] &&
		at np-bhairahawa operator && lifeguard audit verify
}

# four encodings of 128 bytes, whether of one name or of three; the envelope's own numbers have lengths, too
questions_are_of_one_size() {
	[ "$(LG_STATE=$folder/in-sunauli sql -c "SELECT count(*) || ' ' || (max(size_bytes) - min(size_bytes) <= 4)
		FROM matching.outbox_event WHERE type = 204 AND destination = 2")" = "5 true" ]
}

check "two sites come up, linked" all up
check "a family reports in Nepal, a family in India" both_report
check "somebody is alike across the border and across scripts" asked_and_alike
check "nobody is alike to somebody else" nobody_is_alike
check "the contact officer is named by role" contact_is_named_by_role
check "no name is shown before anybody agreed" no_name_yet
check "one side alone is not enough" one_side_is_not_enough
check "when both agreed each sees the other's name" both_see_the_others_name
check "the fourth question of one person is refused" the_fourth_is_refused
check "a basis that does not fit is refused" basis_is_asked_for
check "volunteers may not ask" volunteers_may_not
check "one side says no: it ends on both" no_ends_it
check "all questions are of one size" questions_are_of_one_size
check "the answering side counted and audited each question" questions_are_audited
check "no name lies in any table, segment or log of either site" no_name_anywhere
finish trace
