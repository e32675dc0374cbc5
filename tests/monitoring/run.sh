#!/bin/bash
# Goal: who runs a site sees what it does: streams that lag, requests on their way over services and the
# line, and an alert for what must not wait.
# Method: two sites of real processes, a story told through both, a reader that is stopped; what
# `bus top`, `case show` and /metrics then say is compared with what was done.  The rules are checked by
# promtool (Debian's prometheus; unpacked by deploy/install.sh) and against what is exported.
source "$(dirname "$0")/../support/site.sh"

site_make monitoring
both=$root/both first=in-sunauli second=np-bhairahawa
site_ports
rules=$here/deploy/monitoring
promtool=$(command -v promtool || echo "$here/build/tools/usr/bin/promtool")

all() {
	LG_STATE=$both "$here/deploy/run.sh" all "$@"
}
end_all() {
	all destroy >/dev/null 2>&1
	site_end
}
trap end_all EXIT

at() { # site, run.sh's words
	local site=$1
	shift
	LG_SITE=$site LG_STATE=$both/$site "$here/deploy/run.sh" "$@"
}
as() { # site, account
	LIFEGUARD_GATEWAY=$(cat "$both/$1/gateway.url") LIFEGUARD_TOKEN_FILE=$both/$1/token LG_STATE=$both/$1
	export LIFEGUARD_GATEWAY LIFEGUARD_TOKEN_FILE
	log_in "$2"
}
sql_at() { # site, SQL
	"$here/deploy/postgres.sh" psql "$both/$1/db" -At -c "$2"
}
metrics() { # site, service
	curl -fs --unix-socket "$both/$1/health/$2.1.sock" http://localhost/metrics
}
gauge() { # site, service, sample
	metrics "$1" "$2" | awk -v sample="$3" 'index($0, sample) == 1 { print $NF }'
}
check "two sites come up" all up
[ "$failed" -eq 0 ] || { finish monitoring; exit 1; }
check "an operator logs in" as $first operator

# --- bus top -------------------------------------------------------------------------------------
top() {
	lifeguard bus top --once >"$root/top"
	local code=$?
	cat "$root/top"
	return $code
}
plain_frame() {
	lifeguard bus top >"$root/top" || return 1
	cat "$root/top"
	! grep -q $'\033' "$root/top" && grep -q '^stream ' "$root/top" && grep -q '^1/intake/care *reporting ' "$root/top"
}
check "bus top: one plain frame when nobody looks" soon plain_frame
over_the_line() {
	top >/dev/null
	grep -q '^1/referral/care *referral@2 ' "$root/top" && grep -q '^2/referral/care *referral@1 ' "$root/top"
}
check "bus top: streams to the other site and from it" soon over_the_line
owners() {
	local owner
	top >/dev/null
	owner=$(awk '$1 == "1/intake/care" && $2 == "reporting" { print $(NF) }' "$root/top")
	grep -qE '^intake:[0-9a-f]{8}$' <<<"$owner" || { echo "owner: $owner"; return 1; }
}
check "bus top: each with the instance that owns it" soon owners
live() {
	local looker drawn
	timeout 60 script -qfec "$LG_BIN/lifeguard bus top --every 1" /dev/null >"$root/live" </dev/null &
	looker=$!
	soon drawn_again
	drawn=$?
	kill "$looker"
	wait "$looker"
	return $drawn
}
drawn_again() {
	[ "$(grep -aoF $'\033[H\033[2J' "$root/live" | wc -l)" -ge 2 ]
}
check "bus top: a table that is drawn again on a terminal" live

import() { # file of forms made from the sample: prefix, how many
	head -$(($2 + 1)) "$here/deploy/sample/interceptions.csv" | sed "2,\$s/^/$1-/" >"$root/forms"
	awk -F, -v OFS=, -v prefix="$1" 'FNR == NR { known[$1]; next }
		FNR == 1 || (prefix "-" $1) in known { if (FNR > 1) $1 = prefix "-" $1; print }' \
		"$root/forms" "$here/deploy/sample/people.csv" >"$root/people"
	lifeguard import interceptions "$root/forms" --people "$root/people" >"$root/import" 2>&1
}
reporting=$(cat "$both/$first/pid/reporting.1")
check "a reader is stopped" kill -STOP "$reporting"
check "forms are taken all the same" import lag 40
lag_shows() {
	top >/dev/null
	awk '$1 ~ "^1/intake/" && $2 == "reporting" { lag += $4; if ($5 + 0 > age) age = $5 + 0 }
		END { print lag + 0 " events, " age + 0 " s"; exit !(lag > 0 && age >= 1) }' "$root/top"
}
check "bus top: how far it is behind, and for how long" soon lag_shows
lag_is_counted() {
	local events seconds
	events=$(metrics $first intake | awk '/^lifeguard_stream_lag_events{.*reader="reporting"}/ { print $NF }')
	seconds=$(metrics $first intake | awk '/^lifeguard_stream_lag_seconds{.*reader="reporting"}/ { print $NF }')
	echo "$events events, $seconds s"
	[ "$events" -gt 0 ] && [ "$seconds" -ge 1 ]
}
check "metrics: the same" soon lag_is_counted
kill -CONT "$reporting"
caught_up() {
	[ "$(metrics $first intake | awk '/^lifeguard_stream_lag_events{.*reader="reporting"}/ { print $NF }')" = 0 ]
}
check "it goes on, and is behind no more" soon caught_up
check "a service is stopped" at $first stop matching
no_owner() {
	! top && grep -q ' 16 partitions without an answer' "$root/top"
}
check "bus top: its partitions have no owner, and the exit code says so" soon no_owner
back() {
	at $first start matching && at $first wait matching
}
check "it is back" back

# --- a request on its way --------------------------------------------------------------------------
tell() {
	LG_SITES_FOLDER=$both "$here/deploy/sample/stories/1-hand-back.sh"
}
check "a story is told through both sites" tell
check "a lead logs in" as $first lead
case_of_story=$(awk '$1 == "case" { print $2 }' "$both/stories/1-hand-back" 2>/dev/null)
shown() {
	lifeguard case show "$case_of_story" >"$root/case"
	cat "$root/case"
	[ "$(grep -cE '^[0-9a-f]{32}  [A-Z]' "$root/case")" -gt 1 ]
}
check "case show: what each of its requests set off" soon shown
under() { # event, what it caused
	shown >/dev/null
	awk -v above="$1" -v below="$2" '$2 == above && $1 ~ /^[0-9a-f]+$/ { inside = 1; next }
		$1 ~ /^[0-9a-f]+$/ && length($1) == 32 { inside = 0 }
		inside && $1 == below { found = 1 } END { exit !found }' "$root/case"
}
check "case show: the offer stands under the rescue" soon under RescueRecorded ReferralOffered
across() {
	local both_know
	sql_at $first "SELECT DISTINCT encode(trace_id, 'hex') FROM reporting.case_event WHERE trace_id <> ''" | sort >"$root/t1"
	sql_at $second "SELECT DISTINCT encode(trace_id, 'hex') FROM reporting.case_event WHERE trace_id <> ''" | sort >"$root/t2"
	both_know=$(comm -12 "$root/t1" "$root/t2" | wc -l)
	echo "$both_know traces known at both sites"
	[ "$both_know" -ge 2 ]
}
check "its traces go over the line: both sites know them" soon across
told_far() { # the answer was given at the other site, the acceptance decided here
	shown >/dev/null
	grep -qE 'ReferralAccepted +referral@1 .* [0-9]+ ms +[0-9.]+ ms +[0-9.]+ ms' "$root/case"
}
check "case show: what came from the other site says how long it was on its way" soon told_far
header=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
printf 'Authorization: Bearer %s\n' "$(cat "$LIFEGUARD_TOKEN_FILE")" >"$root/bearer"
answered() { # header sent -> the one answered
	curl -s -o /dev/null -D - -H @"$root/bearer" ${1:+-H "traceparent: $1"} "$LIFEGUARD_GATEWAY/api/v1/services" |
		tr -d '\r' | sed -n 's/^traceparent: //p'
}
goes_on() { [ "$(answered $header)" = $header ]; }
begins() {
	local sent
	for sent in "" garbage "${header/0af/0AF}" "${header/00-/ff-}"; do
		answered "$sent" | grep -qE '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$' || { echo "for '$sent': $(answered "$sent")"; return 1; }
		[ "$(answered "$sent")" != $header ] || return 1
	done
}
check "the gateway takes a client's trace and answers it" goes_on
check "and begins one for what is none" begins
carried() {
	local id
	# a case of her own: the id of one that is begun, but for its last digit, which must be another
	id=$(lifeguard arrival engage SNL --language ne) || return 1
	case $id in *0) id=${id%?}1 ;; *) id=${id%?}0 ;; esac
	curl -s -o "$root/told" -H @"$root/bearer" -H "traceparent: $header" -H 'Content-Type: application/json' \
		-X PUT -d "{\"station\":\"SNL\",\"case_id\":\"$id\",\"engaged_ms\":$(date +%s)000}" \
		"$LIFEGUARD_GATEWAY/api/v1/cases/$id/arrival"
	soon traced || { cat "$root/told"; return 1; }
}
traced() {
	[ "$(sql_at $first "SELECT count(*) FROM reporting.case_event WHERE trace_id = '\\x0af7651916cd43dd8448eb211c80319c'
		AND parent_span = '\\xb7ad6b7169203331' AND service = 4 AND told_ms = -1")" -ge 1 ]
}
check "a client's trace and span stand on the event that its command caused" carried

# --- what somebody must hear of ----------------------------------------------------------------------
for site in $first $second; do
	for socket in "$both/$site"/health/*.sock; do
		curl -fs --unix-socket "$socket" http://localhost/metrics >>"$root/exported"
	done
done
exported() {
	local missing
	missing=$(comm -23 <(grep -hoE '\blifeguard_[a-z0-9_]+' "$rules"/*.rules.yml | sort -u) \
		<(sed -nE 's/^(lifeguard_[a-z0-9_]+)\{.*/\1/p' "$root/exported" | sort -u))
	[ -z "$missing" ] || { echo "in a rule, and exported by nobody: $missing"; return 1; }
}
check "every metric that a rule names is exported" exported
tested() {
	diff <(sed -n 's/^ *- alert: //p' "$rules/alerts.rules.yml" | sort) \
		<(sed -n 's/^    name: //p' "$rules/alerts_test.yml" | sort)
}
check "every alert has a test" tested
with_action() {
	[ "$(grep -c '^ *- alert:' "$rules/alerts.rules.yml")" = "$(grep -c '^ *action:' "$rules/alerts.rules.yml")" ]
}
check "every alert says what to do" with_action
if [ -x "$promtool" ]; then
	check "promtool: the rules are well formed" "$promtool" check rules "$rules/recording.rules.yml" "$rules/alerts.rules.yml"
	check "promtool: each alert fires for what it is for, and is quiet before" "$promtool" test rules "$rules/alerts_test.yml"
	well_named() {
		local socket
		for socket in "$both/$first"/health/*.sock; do
			curl -fs --unix-socket "$socket" http://localhost/metrics | "$promtool" check metrics || return 1
		done
	}
	check "promtool: what each program exports keeps the conventions" well_named
	check "promtool: the configuration is well formed" "$promtool" check config "$rules/prometheus.yml"
else
	skip "promtool's checks" "Debian's prometheus is not here"
fi
holder() { # a session that is no member's takes a lock of intake's
	local others
	others=$(psql -X -At "$(at $first conninfo intake)" -c "SELECT pg_advisory_lock(hashtext('intake'), 99)" -c "SELECT pg_sleep(90)" >/dev/null 2>&1 & echo $!)
	soon lock_is_counted
	local found=$?
	kill "$others" 2>/dev/null
	return $found
}
lock_is_counted() {
	[ "$(gauge $first intake 'lifeguard_foreign_locks{service="intake"}')" -ge 1 ]
}
check "a lock that no member holds is counted" holder
disk_is_known() {
	[ "$(gauge $first intake 'lifeguard_disk_bytes{service="intake"}')" -gt 0 ]
}
check "the database's disk is known" disk_is_known

finish monitoring
