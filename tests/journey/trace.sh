#!/bin/bash
# Goal: a girl reported in India is found in a family's report of Nepal without her name crossing the
# line; names follow only after a human of each side agreed; what may not be asked is not answered.
# What nobody agreed to does not cross; a question stands until it is answered, taken back or expires, and
# then nothing of it is left.  Method: two sites of real processes; the one report in Devanagari, the other in Latin letters, made-up
# canary names; the verbs of `lifeguard match trace` on both sides; then every row that crossed and
# every table, log and audit record is searched for the names.
source "$(dirname "$0")/../support/two_sites.sh"

sites_make trace
latin="Kanariya Zavatika" devanagari="कनारिया जावतिका"
later="Mulkanari Vetovana" woman="Zuleka Tirsanari"

# a family's report; prints its id
report() { # district, country, names
	local district=$1 country=$2
	shift 2
	lifeguard missing report --search-abroad --sex female --age 15 --district "$district" --country "$country" \
		--identity-file "$(named "$@")" 2>/dev/null
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
		for word in Kanariya Zavatika कनारिया जावतिका Mulkanari Vetovana Zuleka Tirsanari; do
			! grep -rqs -- "$word" "$folder/$site/db" "$folder/$site/log" ||
				{ echo "$word of $site lies in: $(grep -rls -- "$word" "$folder/$site/db" "$folder/$site/log" | head -3)"; return 1; }
		done
	done
}

questions_are_audited() { # count
	[ "$(of np-bhairahawa "SELECT count(*) FROM matching.trace WHERE NOT asked_here")" = "$1" ] &&
		at np-bhairahawa operator && lifeguard audit verify
}

# four encodings of 128 bytes, whether of one name or of three; the envelope's own numbers have lengths, too:
# three durations of up to five bytes, which a busy machine makes long
questions_are_of_one_size() {
	[ "$(LG_STATE=$folder/in-sunauli sql -c "SELECT count(*) || ' ' || (max(size_bytes) - min(size_bytes) <= 12)
		FROM matching.outbox_event WHERE type = 204 AND destination = 2")" = "$1 true" ]
}

hears_of_hits() {
	local site
	for site in in-sunauli np-bhairahawa; do
		at "$site" lead && lifeguard notification subscribe --as centre_lead --events TraceHit --channel file \
			--language "$([ "$site" = in-sunauli ] && echo hi || echo ne)" || return 1
	done
}
told_of_hit() {
	local site
	for site in in-sunauli np-bhairahawa; do
		[ "$(of "$site" "SELECT count(*) FROM notification.notice WHERE event = 'TraceHit'
			AND body LIKE '%$(cat "$root/standing")%'")" = 1 ] || return 1
	done
}

rescued() {
	local now
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	at in-sunauli lead && case_id=$(lifeguard arrival engage SNL --language ne --at "$now" | tail -1) &&
		person=$(lifeguard screening identify "$case_id" --status possible_victim --by centre --sex female \
			--age 24 --age-basis stated --district palpa --country NP --identity-file "$(named "$woman")" \
			--at "$now" | grep -oE '[0-9a-f]{32}' | tail -1) &&
		lifeguard rescue record "$case_id" "$person" --route R1 --by border_force --reason both_nepali_same_day \
			--needs shelter --at "$now" && soon indexed in-sunauli "$person"
}
speaks() { # purpose, state
	at in-sunauli lead && lifeguard consent record "$case_id" "$person" --purpose "$1" --state "$2" \
		--giver herself --manner oral --language ne
}
nothing_said_nothing_crosses() {
	local before
	before=$(of in-sunauli "SELECT count(*) FROM matching.outbox_event WHERE destination = 2")
	is_refused "no consent of hers" ask_plain "$person" her_consent &&
		[ "$(of in-sunauli "SELECT count(*) FROM matching.outbox_event WHERE destination = 2")" = "$before" ]
}
asked_for_nothing() {
	soon spoken GIVEN && ask "$person" her_consent >"$root/standing" &&
		soon state_is in-sunauli "$(cat "$root/standing")" NO_HIT &&
		state_is np-bhairahawa "$(cat "$root/standing")" OPEN
}
spoken() {
	[ "$(of in-sunauli "SELECT abroad FROM matching.person_record WHERE encode(record_id, 'hex') = '$person'")" = "$1" ]
}
her_own_word_counts() {
	is_refused "best-interest" ask_plain "$person" her_best_interest
}
reported_later() {
	at np-bhairahawa lead && lifeguard missing report --sex female --age 24 --district palpa --country NP \
		--identity-file "$(named "$woman")"
}
officer_is_named() {
	local officer
	officer=$(of np-bhairahawa "SELECT encode(officer, 'hex') FROM matching.person_record WHERE officer IS NOT NULL
		AND encode(record_id, 'hex') = (SELECT encode(record_id, 'hex') FROM matching.trace
			WHERE encode(trace_id, 'hex') = '$(cat "$root/standing")')")
	[ -n "$officer" ] && at in-sunauli lead &&
		lifeguard match trace list | grep "$(cat "$root/standing")" | grep "of site 2, account $officer"
}
approval_needs_a_word() {
	at np-bhairahawa lead && is_refused "nobody who may has agreed" lifeguard match trace approve "$(cat "$root/standing")"
}
withdrawn() {
	speaks tracing_abroad withdrawn && soon state_is np-bhairahawa "$(cat "$root/standing")" DECLINED &&
		state_is in-sunauli "$(cat "$root/standing")" DECLINED
}
nothing_stands_of() { # trace
	[ "$(of np-bhairahawa "SELECT encodings IS NULL AND names IS NULL FROM matching.trace
		WHERE encode(trace_id, 'hex') = '$1'")" = t ]
}

gone() { # trace
	local site
	for site in in-sunauli np-bhairahawa; do
		[ "$(of "$site" "SELECT count(*) FROM matching.trace WHERE encode(trace_id, 'hex') = '$1'")" = 0 ] || return 1
	done
}
time_passes() { # trace: its deadlines come now, where it is kept
	local site id
	id=${1:0:16}$(printf '%016x' $((~0x${1:16})))
	for site in in-sunauli np-bhairahawa; do
		of "$site" "UPDATE matching.due SET due_ms = 1 WHERE type = 3504 AND encode(due_id, 'hex') = '$id'" || return 1
	done
}
when_due() { # trace: days from its question to its end
	of in-sunauli "SELECT (expires_ms - asked_ms) / 86400000 FROM matching.trace WHERE encode(trace_id, 'hex') = '$1'"
}
expires() {
	local one days
	at in-sunauli volunteer && one=$(report palpa IN "$later") && soon indexed in-sunauli "$one" &&
		ask "$one" family_asked >"$root/waiting" && one=$(cat "$root/waiting") &&
		soon state_is in-sunauli "$one" NO_HIT && days=$(when_due "$one") && echo "$days days" &&
		[ "$days" -ge 30 ] && [ "$days" -le 60 ] && time_passes "$one" && soon gone "$one"
}
agreed_expires() {
	local keys
	keys="SELECT count(*) FROM matching.subject_key WHERE encode(subject, 'hex') = '$trace'"
	[ "$(when_due "$trace")" = 365 ] && [ "$(of in-sunauli "$keys")" -ge 1 ] && time_passes "$trace" &&
		soon gone "$trace" && [ "$(of in-sunauli "$keys")" = 0 ] && [ "$(of np-bhairahawa "$keys")" = 0 ]
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
check "all questions are of one size" questions_are_of_one_size 5
check "the answering side counted and audited each question" questions_are_audited 5
# --- a word for it, a question that stands, whom to ask, and the end -------------------------------------
check "who a lead is told of a hit, without a name" hears_of_hits
check "a woman rescued in India has said nothing of other countries" rescued
check "she cannot be asked for" nothing_said_nothing_crosses
check "she agrees" speaks tracing_abroad given
check "now she can; nobody is alike in Nepal yet" asked_for_nothing
check "another basis than hers is refused" her_own_word_counts
check "her family reports her in Nepal, to a lead, a while later" reported_later
check "the question still stands there: both sites hear of it" soon state_is in-sunauli "$(cat "$root/standing")" ALIKE
check "with the account of the officer who took the report" officer_is_named
check "both leads are told, without a name" soon told_of_hit
check "her family did not agree that her name crosses" approval_needs_a_word
check "she changes her mind: it ends on both sides, at once" withdrawn
check "nothing crosses any more" is_refused "she said no" ask_plain "$person" her_consent
check "what was encoded of her is forgotten there" nothing_stands_of "$(cat "$root/standing")"
check "a question waits; its time comes: it is deleted on both sides" expires
check "names of those who agreed are kept a year, then deleted with their keys" agreed_expires
check "nothing became a dead letter" none_dead matching
check "no name lies in any table, segment or log of either site" no_name_anywhere
finish trace
