# What `run.sh run` shows: the sample of every site, eight stories told through both, and whether all
# of it is as it should be.  Sourced by run.sh.

in_site() { # name, command: with that site's folder
	local name=$1
	shift
	(site=$name state=$base/$name && "$@")
}

lifeguard() {
	LIFEGUARD_GATEWAY=$(url) LIFEGUARD_TOKEN_FILE=$state/token "$bin/lifeguard" "$@"
}

log_in() { # account
	local password=$state/password.$$
	awk -v name="$1" '$1 == name { print $2 }' "$state/accounts" >"$password"
	lifeguard login --user "$1" --password-file "$password" >/dev/null
	rm -f "$password"
}

# --- the sample ------------------------------------------------------------------------------

# The forms of the site's own stations, and who is listed in them; all, where no station is named.
choose_sample() {
	local sample=$here/deploy/sample
	awk -F, -v stations=" $(said_of "$site" stations) " -v forms="$state/sample.forms.csv" \
		-v people="$state/sample.people.csv" '
		FNR == NR { if (FNR == 1 || stations ~ /^ *$/ || index(stations, " " $2 " ")) {
			print >forms; ours[$1] = 1 }; next }
		FNR == 1 || $1 in ours { print >people }' "$sample/interceptions.csv" "$sample/people.csv"
}

import_sample() { # options of lifeguard import
	lifeguard import interceptions "$state/sample.forms.csv" --people "$state/sample.people.csv" "$@"
}

# What the files and the stories say, counted without the product: forms, victims, suspects.
expected_totals() {
	local stories=/dev/null
	[ ! -e "$base/stories" ] || stories=$(find "$base/stories" -name '[0-9]-*' ! -name '*.*')
	# shellcheck disable=SC2086 # a list of files, none with spaces
	awk -F, -v number="$(printf '%04x' "$(said_of "$site" number)")" '
		FILENAME ~ /stories/ {
			split($0, word, " ")
			if (substr(word[2], 1, 4) == number) told[word[1]]++
			next }
		FNR == 1 { for (i = 1; i <= NF; i++) column[FILENAME, $i] = i; next }
		FILENAME ~ /forms/ { forms++ }
		FILENAME ~ /people/ { kind[$column[FILENAME, "kind"]]++ }
		END { printf "%d %d %d\n", forms + told["case"] + told["first_case"],
			kind["potential_victim"] + told["person"] + told["first_person"],
			kind["suspect"] + told["suspect"] }' \
		"$state/sample.forms.csv" "$state/sample.people.csv" $stories
}

reported_totals() {
	lifeguard report interceptions --by station --format csv |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{ f += $at["interceptions"]; v += $at["victims"]; s += $at["suspects"] }
			END { printf "%d %d %d\n", f, v, s }'
}

wait_for_totals() {
	local expected seen=
	expected=$(expected_totals)
	for _ in $(seq 600); do
		seen=$(reported_totals)
		[ "$seen" != "$expected" ] || return 0
		sleep 0.1
	done
	fail "totals of $site do not agree: expected $expected (forms, victims, suspects), reported $seen"
}

# A counter of the journey over all months, as this site reports it.
counted() { # name
	lifeguard report journey | awk -v name="$1" '$1 == "total" && $2 == name { n = $3 } END { print n + 0 }'
}

# Who was met twice under two names counts once.
wait_for_persons() {
	local number told
	number=$(printf '%04x' "$(said_of "$site" number)")
	told=$(find "$base/stories" -name '[0-9]-*' ! -name '*.*' -exec cat {} + |
		awk -v number="$number" '($1 == "person" || $1 == "traveller") && substr($2, 1, 4) == number' | wc -l)
	for _ in $(seq 600); do
		[ "$(counted persons)" != "$told" ] || return 0
		sleep 0.1
	done
	fail "$site counts $(counted persons) persons whose route was decided; the stories tell of $told"
}

# As many handed over, say those who brought them, as were taken, say those who took them.
sites_agree() {
	local name brought=0 taken=0
	for name in $sites; do
		brought=$((brought + $(in_site "$name" counted handed_over)))
		taken=$((taken + $(in_site "$name" counted desk_took)))
	done
	[ "$brought" = "$taken" ] || fail "the sites do not agree: $brought handed over, $taken taken"
}

show_case() {
	local id
	id=$(import_sample --print-ids | awk '$1 == "'"${LG_SHOWN_RECORD:-S0042}"'" { print $2 }')
	[ -n "$id" ] || fail "the sample's case to show was not found"
	say ""
	say "One case, from the form to the report:"
	lifeguard case show "$id"
}

# --- the stories -----------------------------------------------------------------------------

tell_stories() {
	local told story wrong=
	for told in "$here"/deploy/sample/stories/[0-9]-*.sh; do
		story=$(basename "$told" .sh)
		say ""
		sed -n '2,/^[^#]/s/^# //p' "$told"
		LG_SITES_FOLDER=$base LG_BIN=$bin "$told" | sed "s/^$story: /  /" || wrong+=" $story"
	done
	[ -z "$wrong" ] || fail "did not end as told:$wrong"
}

# Silence is not a state: every referral of the site was accepted, declined, withdrawn or escalated.
all_at_rest() {
	local open
	log_in lead
	open=$(lifeguard referral list --ended |
		awk 'NR > 1 && $2 ~ /^(NEW|OFFERED|DELIVERED|ANSWERED|PASSED)$/ { print $1, $2 }')
	[ -z "$open" ] || fail "referrals of $site are still open: $open"
	log_in operator
}

# --- all of it ---------------------------------------------------------------------------------

# Sites that are up, one line each.
show_sites() {
	local name
	for name in $sites; do
		say "site $name is up: $(of_site "$name" url)   (demo keys: not for real people's data)"
	done
	[ "$sites" = "${sites#* }" ] || say "the lines between them are up"
}

show_totals() {
	say ""
	say "Totals of $site by station, as reported:"
	lifeguard report interceptions --by station
}

say_where_to_look() {
	say ""
	say "Look further (in another terminal):"
	say "  export LIFEGUARD_GATEWAY=$(url) LIFEGUARD_TOKEN_FILE=$state/token"
	say "  $bin/lifeguard status"
	say "  $bin/lifeguard report journey"
	say "  $bin/lifeguard audit verify"
}

run() {
	local name
	# shellcheck disable=SC2046 # words
	trap 'say ""; say "stopping"; kill $(jobs -p) 2>/dev/null; all down; exit 130' INT TERM
	[ "${EXIT:-}" != 1 ] || trap 'all down' EXIT
	all up
	show_sites
	for name in $sites; do
		in_site "$name" log_in operator
		in_site "$name" choose_sample
		in_site "$name" import_sample
	done
	show_case
	[ "$sites" = "${sites#* }" ] || tell_stories # they need two
	for name in $sites; do
		in_site "$name" all_at_rest
		in_site "$name" wait_for_totals
		in_site "$name" show_totals
	done
	if [ -e "$base/stories" ]; then
		for name in $sites; do in_site "$name" wait_for_persons; done
		sites_agree
	fi
	say ""
	say "All totals agree with the files and the stories, and both sites with each other; every"
	say "referral has come to rest."
	[ "${EXIT:-}" != 1 ] || return 0
	say_where_to_look
	say ""
	say "Serving until Ctrl-C."
	sleep infinity & # so that a signal is heard at once, and not when a child in front has ended
	wait
}
