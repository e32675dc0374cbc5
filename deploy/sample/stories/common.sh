# What the stories share: sites, people who act, ids and times.  Sourced by each of them.
#
# A story is told with the `lifeguard` command alone, as people at the crossings would.  Its ids come
# from its name and its times from the moment when it was first told, so telling it again changes
# nothing, and one that was interrupted is told on.  Everybody in it is invented, and so is everybody
# who takes people in (../organisations.csv).
#
#   LG_SITES_FOLDER   the folder above the sites' (in-sunauli, np-bhairahawa): gateway.url, accounts
#   LG_BIN            the folder of the programs
#
# What a story made is in $LG_SITES_FOLDER/stories/<its name>: one word and one id a line.
set -euo pipefail
umask 077

folder=${LG_SITES_FOLDER:?the folder above the sites}
command=${LG_BIN:?the folder of the programs}/lifeguard
story=$(basename "$0" .sh)
kept=$folder/stories/$story
mkdir -p "$folder/stories"
[ -e "$kept.start" ] || date +%s >"$kept.start"
: >"$kept"
started=$(cat "$kept.start")
site= account=

say() { printf '%s: %s\n' "$story" "$*"; }

# --- who acts, and where ----------------------------------------------------------------------

password_of() { # account
	cat "$folder/$site"/accounts* | awk -v name="$1" '$1 == name { print $2 }'
}

log_in() { # account
	local file=$folder/$site/password.$$
	password_of "$1" >"$file"
	lifeguard login --user "$1" --password-file "$file" >/dev/null
	rm -f "$file"
}

# What it says of states is of no interest here; what went wrong is.
lifeguard() {
	LIFEGUARD_GATEWAY=$(cat "$folder/$site/gateway.url") \
		LIFEGUARD_TOKEN_FILE=$folder/$site/token.$account "$command" "$@" 2>"$kept.said" ||
		{ local code=$?; say "lifeguard $1 $2: $(cat "$kept.said")" >&2; return $code; }
}

# From here on this account of this site acts; a session of 15 minutes is begun when there is none.
at() { # site, account
	site=$1 account=$2
	[ -n "$(find "$folder/$site/token.$account" -mmin -10 2>/dev/null)" ] || log_in "$account"
}

# An account that the demo may not come with.  Where the answer was lost it is there already.
need_account() { # site, account, role
	site=$1 account=operator
	local made=$folder/$site/made.$2
	[ ! -e "$made" ] || return 0
	if [ -n "$(password_of "$2")" ] && (account=$2 log_in "$2") 2>/dev/null; then
		: >"$made"
		return
	fi
	log_in operator
	[ -n "$(password_of "$2")" ] ||
		printf '%s %s\n' "$2" "$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')" >>"$folder/$site/accounts.more"
	password_of "$2" >"$folder/$site/password.new"
	lifeguard account create "$2" --role "$3" --password-file "$folder/$site/password.new" >/dev/null ||
		account=$2 log_in "$2"
	rm -f "$folder/$site/password.new"
	: >"$made"
}

# The id of an account, as its own login says it.
user_of() { # account; of the site that acts
	local file=$folder/$site/password.$$
	password_of "$1" >"$file"
	account=$1 lifeguard login --user "$1" --password-file "$file" | awk '{ print $NF }'
	rm -f "$file"
}

# --- ids and times ------------------------------------------------------------------------------

# An id of the site, always the same for this word of this telling.
id_of() { # site's number, word
	printf '%04x%012x%s\n' "$1" $((started * 1000)) \
		"$(printf '%s %s %s' "$story" "$started" "$2" | sha256sum | cut -c1-16)"
}

# The id, kept under its word for whoever tells the story's end or looks at it.
keep() { # word, id
	printf '%s %s\n' "$1" "$2" >>"$kept"
	printf '%s\n' "$2"
}

ago() { # "3 hours", "21 days", before the story was first told
	local number=${1% *} unit=3600
	[ "${1#* }" = hours ] || unit=86400
	date -u -d "@$((started - number * unit))" +%Y-%m-%dT%H:%M:%SZ
}

# --- what every story does ------------------------------------------------------------------------

# Names come from here to standard input, never into an argument.
named() { # name...
	printf 'name: %s\n' "$@"
}

# An answer of the interview per line.
answers() { # indicator=answer...
	printf '%s\n' "$@" | tr = ,
}

# Her word: help, looking for her family, and being told to the organisations that are named.
consents() { # case, person, time, words of lifeguard consent, "--", organisation...
	local case=$1 person=$2 time=$3 words=() organisation
	shift 3
	while [ "$1" != -- ]; do words+=("$1") && shift; done
	shift
	for purpose in help family_tracing; do
		lifeguard consent record "$case" "$person" --purpose $purpose "${words[@]}" --at "$time"
	done
	for organisation in "$@"; do
		lifeguard consent record "$case" "$person" --purpose sharing --to "$organisation" "${words[@]}" --at "$time"
	done
}

# Steps that were done at one time.
done_steps() { # case, person, time, step[=proof]...
	local case=$1 person=$2 time=$3 step
	shift 3
	for step in "$@"; do
		if [ "$step" = "${step%%=*}" ]; then
			lifeguard step done "$case" "$person" "$step" --at "$time"
		else
			lifeguard step done "$case" "$person" "${step%%=*}" --proof "${step#*=}" --at "$time"
		fi
	done
}

# Waits until a command succeeds: what crosses between services takes a moment.
until_true() { # seconds, command...
	local left=$(($1 * 5))
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || { say "this did not come true: $*" >&2; return 1; }
		sleep 0.2
	done
}

# The match of two records, once matching has proposed it; by a lead.
match_of() { # record, record
	for state in PROPOSED CONFIRMED; do
		lifeguard match list --state $state --limit 200 --format json
	done | tr '{' '\n' >"$kept.matches"
	awk -v a="$1" -v b="$2" '
		/"match_id":/ { match($0, /"match_id":"[0-9a-f]*"/); id = substr($0, RSTART + 12, RLENGTH - 13); seen = 0 }
		index($0, a) || index($0, b) { seen++ }
		seen == 2 { print id; exit }' "$kept.matches"
}

# A lead confirms that two records are one person; told before, it is done already.
confirm_match() { # record, record
	local id
	[ ! -e "$kept.matched" ] || return 0
	for _ in $(seq 300); do
		id=$(match_of "$1" "$2")
		[ -z "$id" ] || break
		sleep 0.2
	done
	[ -n "$id" ] || { say "no match was proposed" >&2; return 1; }
	lifeguard match confirm "$id" >/dev/null # told twice it is the same
	if [ -n "$(lifeguard match list --limit 200 | grep "$id")" ]; then # a strong one needs two persons
		local first=$account
		need_account "$site" second centre_lead
		at "$site" second
		lifeguard match confirm "$id" >/dev/null
		at "$site" "$first"
	fi
	echo "$id" >"$kept.matched"
}

source "$(dirname "${BASH_SOURCE[0]}")/referral.sh"
source "$(dirname "${BASH_SOURCE[0]}")/timeline.sh"
