# What `run.sh run` shows: the sample of every site, eight stories told through both, and whether all
# of it is as it should be.  Sourced by run.sh.

in_site() { # name, command: with that site's folder
	local name=$1
	shift
	(site=$name state=$base/$name && "$@")
}

lifeguard() {
	LIFEGUARD_GATEWAY=$(url) LIFEGUARD_TOKEN_FILE=${token:-$state/token} "$bin/lifeguard" "$@"
}

password_of() { # account; the stories made some more of them
	cat "$state"/accounts* 2>/dev/null | awk -v name="$1" '$1 == name && !seen++ { print $2 }'
}

log_in() { # account
	password_of "$1" | lifeguard login --user "$1" --password-file - >/dev/null
}

known_accounts() {
	cat "$base"/*/accounts* 2>/dev/null | awk '!seen[$1]++ { printf "%s%s", space, $1; space = " " }'
}

# What a shell evaluates to act as somebody of the demo: the address, and a session of 15 minutes.
become() { # account
	[ -n "$(known_accounts)" ] || fail "there is no demo in $base: \`make run\` makes one, LG_STATE says where"
	for site in ${LG_SITE:-$sites}; do
		state=$base/$site
		[ -n "$(password_of "$1")" ] || continue
		[ -e "$state/gateway.url" ] || fail "$site does not run: \`make run\` starts it"
		token=$state/token.$1 log_in "$1" || exit
		say "export PATH=$bin:\$PATH LIFEGUARD_GATEWAY=$(url) LIFEGUARD_TOKEN_FILE=$state/token.$1"
		return
	done
	fail "no account of that name here; there are: $(known_accounts)"
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

# In a condition a shell does not end at what fails: each says so.
all_agree() {
	local name
	for name in $sites; do
		in_site "$name" all_at_rest && in_site "$name" wait_for_totals || return 1
	done
	[ -e "$base/stories" ] || return 0
	for name in $sites; do in_site "$name" wait_for_persons || return 1; done
	(sites_agree)
}

# --- all of it ---------------------------------------------------------------------------------

show_totals() {
	say ""
	say "Totals of $site by station, as reported:"
	lifeguard report interceptions --by station
}

say_where_to_look() {
	say ""
	say "Look further (in another terminal; a session lasts 15 minutes):"
	say "  cd $here${LG_STATE:+ && export LG_STATE=$LG_STATE}"
	say "  eval \"\$(deploy/run.sh as operator)\""
	say "  lifeguard status"
	say "  lifeguard report journey"
	say "  lifeguard audit verify"
	say "or as somebody else: $(known_accounts)"
}

run() {
	local name agree=1
	# shellcheck disable=SC2046 # words
	trap 'say ""; say "stopping"; kill $(jobs -p) 2>/dev/null; all down; exit 130' INT TERM
	[ "${EXIT:-}" != 1 ] || trap 'all down' EXIT
	all up
	[ "$sites" = "${sites#* }" ] || say "the lines between them are up"
	for name in $sites; do
		in_site "$name" log_in operator
		in_site "$name" choose_sample
		in_site "$name" import_sample
	done
	show_case
	[ "$sites" = "${sites#* }" ] || tell_stories # they need two
	all_agree || agree=''
	for name in $sites; do in_site "$name" show_totals; done
	say ""
	if [ -n "$agree" ]; then
		say "All totals agree with the files and the stories, and both sites with each other; every"
		say "referral has come to rest."
	elif [ "${EXIT:-}" = 1 ]; then
		return 1
	else
		say "So it is where somebody has used the sites since; \`deploy/run.sh destroy\` forgets them,"
		say "and \`make run\` begins anew."
	fi
	[ "${EXIT:-}" != 1 ] || return 0
	say_where_to_look
	say ""
	say "Serving until Ctrl-C."
	sleep infinity & # so that a signal is heard at once, and not when a child in front has ended
	wait
}
