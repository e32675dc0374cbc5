# What the stories tell of referrals: who could take her in, who does, from hand to hand, and after.
# Sourced by common.sh.  Every step looks first whether it was told before, so that a story which was
# interrupted goes on where it stopped.

directory=$(dirname "${BASH_SOURCE[0]}")/../organisations.csv
declare -A lead_of_home=([1]="in-sunauli lead" [2]="np-bhairahawa lead")

said_of() { # organisation, column
	awk -F, -v code="$1" -v want="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["code"] == code { gsub(";", ",", $at[want]); print $at[want] }' "$directory"
}

listed() { # organisation: its id as this site knows it
	lifeguard organisation list | awk -v code="$1" '$2 == code { print $1 }'
}

is_listed() {
	[ -n "$(listed "$1")" ]
}

desk_of() { # organisation: from here on somebody at its desk acts
	at "$(said_of "$1" site)" "desk-$1"
}

# In the directory, with somebody at its desk, and known at this site, which will refer to it.
need_organisation() { # code, site that must know it
	local home words
	home=$(said_of "$1" site)
	need_account "$home" "desk-$1" ngo_worker
	if [ ! -e "$folder/$home/desk.$1" ]; then
		at "$home" operator
		mapfile -t words < <(said_of "$1" takes | tr , '\n' | sed 's/^/--/')
		[ -z "$(said_of "$1" districts)" ] || words+=(--districts "$(said_of "$1" districts)")
		is_listed "$1" || lifeguard organisation add --code "$1" --name "$(said_of "$1" name)" \
			--country "$(said_of "$1" country)" --services "$(said_of "$1" services)" \
			"${words[@]}" --places "$(said_of "$1" places)" >/dev/null
		lifeguard organisation assign "$(listed "$1")" "$(user_of "desk-$1")" >/dev/null
		: >"$folder/$home/desk.$1"
	fi
	at "$2" lead
	until_true 60 is_listed "$1"
}

# --- where a referral stands ------------------------------------------------------------------

at_home() { # referral: the lead of the site that decides it acts
	# shellcheck disable=SC2086 # two words
	at ${lead_of_home[$((16#${1:0:4}))]}
}

state_of() { # referral, as the one who acts sees it
	lifeguard referral show "$1" | awk 'NR == 2 { print $2 }'
}

has_step() { # referral, words of one of its lines
	lifeguard referral show "$1" 2>/dev/null | grep -E "$2" >/dev/null
}

home_has() { # referral, words of a line
	at_home "$1"
	has_step "$1" "$2"
}

desk_has() { # organisation, referral, words of a line
	desk_of "$1"
	has_step "$2" "$3"
}

# Waits until a desk has heard of something; then somebody there acts, unless that was done.
at_desk() { # organisation, referral, what it must have heard, what tells that it was done, verb...
	local organisation=$1 referral=$2 heard=$3 done=$4
	shift 4
	until_true 60 desk_has "$organisation" "$referral" "$heard"
	has_step "$referral" "$done" || lifeguard "$@" >/dev/null
}

# --- the life of a referral ---------------------------------------------------------------------

# An offer lies on this desk, or was answered there.
is_asked() { # organisation, referral
	desk_of "$1"
	[[ "$(state_of "$2" 2>/dev/null)" =~ ^(DELIVERED|ANSWERED|ACCEPTED)$ ]]
}

answers_offer() { # organisation, referral, what the home then knows, verb...
	local organisation=$1 referral=$2 known=$3
	shift 3
	! home_has "$referral" "$known" || return 0
	until_true 60 is_asked "$organisation" "$referral"
	[ "$(state_of "$referral")" != DELIVERED ] || lifeguard "$@" >/dev/null
	until_true 60 home_has "$referral" "$known"
}

accepts() { # organisation, referral
	answers_offer "$1" "$2" ReferralAccepted referral accept "$2"
}

declines() { # organisation, referral, reason
	answers_offer "$1" "$2" ReferralDeclined referral decline "$2" --reason "$3"
}

# Those who bring her say the code to those who take her; each side confirms for itself.
handed_over() { # organisation, referral, station, time
	local code
	at_home "$2"
	code=$(lifeguard handover code "$2")
	[ -n "$code" ] || { say "there is no code" >&2; return 1; }
	has_step "$2" 'HandoverRecorded +home' ||
		lifeguard handover confirm "$2" --station "$3" --at "$4" <<<"$code"
	until_true 60 desk_has "$1" "$2" ReferralAccepted
	has_step "$2" 'HandoverRecorded +organisation' ||
		lifeguard handover confirm "$2" --station "$3" --at "$4" <<<"$code"
	until_true 60 home_has "$2" 'HandoverRecorded +organisation'
}

reunified() { # organisation, referral, district, time
	at_desk "$1" "$2" HandoverRecorded ReunificationRecorded \
		followup reunified "$2" --district "$3" --at "$4"
}

rehabilitates() { # organisation, referral, services, time
	at_desk "$1" "$2" HandoverRecorded RehabilitationStarted \
		followup rehabilitation "$2" --services "$3" --at "$4"
}

visited() { # organisation, referral, how she is, time
	at_desk "$1" "$2" 'ReunificationRecorded|RehabilitationStarted' FollowUpRecorded \
		followup record "$2" --result "$3" --at "$4"
}

closed() { # organisation, referral, outcome, time
	at_desk "$1" "$2" HandoverRecorded CaseClosed followup close "$2" --outcome "$3" --at "$4"
}

# --- how it must end ------------------------------------------------------------------------------

home_is() { # referral, state
	at_home "$1"
	[ "$(state_of "$1")" = "$2" ]
}

desk_is() { # organisation, referral, state
	desk_of "$1"
	[ "$(state_of "$2")" = "$3" ]
}

case_is() { # case, referral of somebody in it, state
	at_home "$2"
	[ "$(lifeguard case show "$1" | awk '$1 == "state" { print $2 }')" = "$3" ]
}

# Both sides have the referral in this state, and the case stands where it should.
ends_as() { # organisation or "-", referral, its state, case, the case's state
	until_true 60 home_is "$2" "$3"
	[ "$1" = - ] || until_true 60 desk_is "$1" "$2" "$3"
	until_true 60 case_is "$4" "$2" "$5"
}
