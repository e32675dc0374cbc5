#!/bin/bash
# Goal: what the people behind the records were promised holds against those who would break it: no
# name lies readable anywhere, no role reaches another's rows, no bus can forge, no stranger gets in.
# Method: one site of real processes with planted markers for names, attacked from each side by
# real programs (canary_main, knock_main, attack_main); totals and invariants afterwards.
# SEED repeats what the hostile bus did at random.
source "$(dirname "$0")/../support/site.sh"
source "$(dirname "$0")/../support/invariants.sh"
suite=$here/tests/protection tools=${LG_TOOLS:-$here/build/tests/protection}
export SEED=${SEED:-$RANDOM}
echo "protection: seed $SEED"

site_make protection
mkdir "$root/metrics" "$root/scratch"

# --- what is planted ----------------------------------------------------------------------------
# read from here, never from an argument: command lines are searched too
cat >"$root/markers" <<'MARKERS'
name Zqwvarna
devanagari सुस्मिताक्षमाश्री
phone +9779841557213
address Qwharpur-tole-77
password Kx7-lamp-otter-Quilt
MARKERS

# forms of the sample, their people under planted names; each call is told apart by its prefix
plant() { # prefix, forms
	local name devanagari phone
	name=$(awk '$1 == "name" { print $2 }' "$root/markers")
	devanagari=$(awk '$1 == "devanagari" { print $2 }' "$root/markers")
	phone=$(awk '$1 == "phone" { print $2 }' "$root/markers")
	head -$(($2 + 1)) "$here/deploy/sample/interceptions.csv" | sed "2,\$s/^/$1-/" >"$root/$1.csv"
	{
		head -1 "$here/deploy/sample/people.csv"
		printf '%s\n%s\n%s\n' "$name" "$devanagari" "$phone" >"$root/names"
		awk -F, -v OFS=, -v prefix="$1" '
			FNR == 1 { file++ }
			file == 1 { name[FNR] = $0; next }
			file == 2 { record[$1] = 1; next }
			FNR > 1 && (prefix "-" $1) in record {
				$1 = prefix "-" $1
				$7 = name[1] FNR ";" name[2] ";" name[3]
				print
			}' "$root/names" "$root/$1.csv" "$here/deploy/sample/people.csv"
	} >"$root/$1.people.csv"
	[ -e "$root/forms.csv" ] || { head -1 "$root/$1.csv" >"$root/forms.csv"; head -1 "$root/$1.people.csv" >"$root/people.csv"; }
	tail -n +2 "$root/$1.csv" >>"$root/forms.csv"
	tail -n +2 "$root/$1.people.csv" >>"$root/people.csv"
}

import() { # prefix; says in `imports` how often it was tried
	local code
	for imports in 1 2 3; do # as its user would, when the bus loses what he sends
		lifeguard import interceptions "$root/$1.csv" --people "$root/$1.people.csv" >"$root/import.$1" 2>&1
		code=$?
		cat "$root/import.$1"
		[ $code -ne 0 ] || return 0
	done
	return 1
}

# services that run, but for the bus
running() {
	ls "$LG_STATE/pid" | sed -n '/^bus\./d; s/\.1$//p'
}

# what a service counts: its metric, summed over labels that contain a word
counted() { # service, metric, word in its labels
	curl -fs --unix-socket "$LG_STATE/health/$1.1.sock" http://localhost/metrics |
		awk -v name="lifeguard_$2{" -v word="${3:-}" 'index($0, name) == 1 && index($0, word) { n += $NF } END { printf "%d\n", n }'
}

rises() { # service, metric, word, command...
	local before
	before=$(counted "$1" "$2" "$3")
	"${@:4}" || return 1
	soon is_above "$before" counted "${@:1:3}"
}

is_above() { # a number, a command that says it now
	local now
	now=$("${@:2}")
	[ "$now" -gt "$1" ] || { echo "it stands at $now: ${*:2}"; return 1; }
}

# a header file for curl, so that no token is in a command line
as() { # account
	log_in "$1" >/dev/null || return 1
	printf 'Authorization: Bearer %s\n' "$(cat "$LIFEGUARD_TOKEN_FILE")" >"$root/header.$1"
	# the end of a token is its signature: a marker of its own
	echo "token hex:$(tail -c 81 "$LIFEGUARD_TOKEN_FILE" | tr -d '\n' | tail -c 80)" >>"$root/tokens"
}

attacker=
trap '[ -z "$attacker" ] || kill "$attacker"; site_end' EXIT
check "the site comes up" site_up
[ "$failed" -eq 0 ] || { finish protection; exit 1; } # else the default gateway would be attacked
for account in auditor manager volunteer lead operator; do
	check "the $account logs in" as "$account"
done
plant first 60
check "forms with planted names are imported" import first
check "totals are those of the files" totals_agree "$root/forms.csv" "$root/people.csv"

source "$suite/roles.sh"
source "$suite/door.sh"
source "$suite/audit.sh"
source "$suite/bus.sh"
source "$suite/canaries.sh"

finish protection
