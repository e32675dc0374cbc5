#!/bin/bash
# Goal: whoever subscribed is told, by file and by mail, once the event is known and whatever
# dies meanwhile; no notice names anybody, no address lies or is logged in the clear.
# Method: one site of real processes, used through the gateway; a real mail server with STARTTLS,
# a login and a certificate of our own on loopback (Debian's aiosmtpd), which is told to be busy,
# to refuse, and is stopped; canaries as the name of a missing person and as an address.
source "$(dirname "$0")/../support/site.sh"

site_make notification
python=/usr/bin/python3
canary_name="Canarina Zzquax" canary_address=canary-desk@partner.example
own=$root/notification mail=$root/mail
mkdir -p "$own" "$mail"

# --- the mail server --------------------------------------------------------------------------
has_mail=
! "$python" -c 'import aiosmtpd' 2>/dev/null || ! command -v openssl >/dev/null || has_mail=yes

server_start() {
	mkfifo "$root/mail.run" 2>/dev/null
	"$python" "$here/tests/support/smtp_server.py" "$mail" "$own/ca.pem" "$root/mail.key" \
		site secret-of-mail <"$root/mail.run" >"$root/mail.log" 2>&1 &
	mail_pid=$!
	exec 8>"$root/mail.run"
	for _ in $(seq 600); do
		[ ! -s "$mail/port" ] || ! (exec 3<>"/dev/tcp/127.0.0.1/$(cat "$mail/port")") 2>/dev/null || return 0
		sleep 0.1
	done
	cat "$root/mail.log"
	return 1
}
server_stop() {
	exec 8>&-
	[ -z "${mail_pid:-}" ] || wait "$mail_pid" 2>/dev/null
	mail_pid=
}
make_certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$root/mail.key" -out "$own/ca.pem"
}

# --- our own service instead of the site's: with channels ------------------------------------------
write_settings() {
	{
		echo "[channels]"
		echo "texts = $here/services/notification/texts"
		echo "link = https://site.example/cases/"
		echo "folder = notices"
		[ -z "$has_mail" ] || printf 'smtp-server = 127.0.0.1\nsmtp-port = %s\nsmtp-from = notice@site.example\nsmtp-ca = ca.pem\nsmtp-credentials = smtp.credentials\n' "$(cat "$mail/port")"
	} >"$own/channels.ini"
	printf 'site\nsecret-of-mail\n' >"$own/smtp.credentials"
}
service_start() {
	run_sh stop notification
	rm -f "$LG_STATE/health/notification.1.sock"
	setsid "$LG_BIN/lg-notification" --keys "$LG_STATE/keys" --bus "ipc://$LG_STATE/bus/bus.sock" \
		--database "$(run_sh conninfo notification)" --data "$own" \
		--health "$LG_STATE/health/notification.1.sock" >>"$LG_STATE/log/notification.log" 2>&1 </dev/null 8>&- &
	echo $! >"$LG_STATE/pid/notification.1"
	run_sh wait notification
}

# --- what happens ----------------------------------------------------------------------------------
fresh_id() {
	printf '0001%012x%s\n' "$(($(date +%s) * 1000))" "$(od -An -tx1 -N8 /dev/urandom | tr -d ' \n')"
}
api() { # method, path, body
	curl -s --max-time 30 -X "$1" -H "Authorization: Bearer $(cat "$LIFEGUARD_TOKEN_FILE")" \
		-H 'Content-Type: application/json' --data "$3" -w '\n%{http_code}\n' "$LIFEGUARD_GATEWAY$2"
}
report_missing() { # prints the id of the report
	local id
	id=$(fresh_id)
	api PUT "/api/v1/missing/$id" "{\"report_id\":\"$id\",\"missing_since_ms\":1400000000000,\"sex\":\"female\",\"age_years\":16,\"identity\":{\"names\":[\"$canary_name\"]}}" >"$root/reported_missing"
	[ "$(tail -1 "$root/reported_missing")" = 200 ] || { cat "$root/reported_missing" >&2; return 1; }
	echo "$id"
}
count_of() { # SQL condition on notice
	sql -c "SELECT count(*) FROM notification.notice WHERE $1"
}
counts() { # how many, SQL condition on notice
	[ "$(count_of "$2")" = "$1" ]
}
some() { # SQL condition on notice
	[ "$(count_of "$1")" -gt 0 ]
}
wait_for() { # sentence, command...
	local deadline=$((SECONDS + 60)) sentence=$1
	shift
	until "$@"; do
		[ $SECONDS -lt $deadline ] || { echo "not so in time: $sentence"; show; return 1; }
		sleep 0.2
	done
}
show() {
	lifeguard notification list
	tail -5 "$LG_STATE/log/notification.log"
}
all_settled() {
	[ "$(count_of "state = 'INTENDED'")" = 0 ]
}
time_passes() { # a pause is over
	sql -c "UPDATE notification.due SET due_ms = 1" >/dev/null
}
# pauses are over again and again: on a busy machine a server that is there may not answer at once
settles() {
	local until=$((SECONDS + 90))
	while [ $SECONDS -lt $until ]; do
		time_passes
		for _ in $(seq 20); do
			! all_settled || return 0
			sleep 0.2
		done
	done
	echo "not settled"
	show
	return 1
}
file_is_there() {
	find "$own/notices" -name '*.txt' 2>/dev/null | grep .
}
mails() {
	find "$mail" -name 'mail.[0-9]*' | wc -l
}
text_of() { # a mail's text
	"$python" -c 'import email, sys
with open(sys.argv[1], "rb") as file: mail = email.message_from_binary_file(file)
print(mail.get_payload(decode=True).decode())' "$1"
}

check "the site comes up" site_up
if [ -n "$has_mail" ]; then
	check "a certificate is made" make_certificate
	check "a mail server starts" server_start
fi
write_settings
check "notification starts with channels of its own" service_start
check "a lead logs in" log_in lead

# --- subscriptions ------------------------------------------------------------------------------------
subscribe() {
	lifeguard notification subscribe "$@" >"$root/subscribed" 2>&1
	local code=$?
	cat "$root/subscribed"
	return $code
}
refuses() { # what must be said, arguments...
	local said=$1
	shift
	! subscribe "$@" && grep -q "$said" "$root/subscribed"
}
printf '%s\n' "$canary_address" >"$root/address"
printf 'not an address\n' >"$root/no_address"
check "a lead subscribes, as files" subscribe --as centre_lead --events MissingPersonReported,MatchProposed --channel file
[ -z "$has_mail" ] || check "a lead subscribes, by mail in Nepali" \
	subscribe --as centre_lead --events MissingPersonReported --language ne --address-file "$root/address"
by_mail=$(grep -E '^[0-9a-f]{32}$' "$root/subscribed")
check "an event that nobody is told of is refused" refuses "event of that name" \
	--as centre_lead --events PersonIdentified --channel file
check "an event that the role may not hear of is refused" refuses "may not hear" \
	--as ngo_worker --events RescueRecorded --channel file --organisation 00010000000000000000000000000001
check "an NGO's worker must name his organisation" refuses "name his organisation" \
	--as ngo_worker --events ReferralReceived --channel file
check "a mail address that is none is refused" refuses "no mail address" \
	--as centre_lead --events MatchProposed --address-file "$root/no_address"
check "an unknown channel is refused" refuses channel --as centre_lead --events MatchProposed --channel pigeon
check "a volunteer logs in" log_in volunteer
check "a volunteer does not subscribe as a lead" refuses "another role" \
	--as centre_lead --events MatchProposed --channel file
check "a volunteer does not see who is told" bash -c "! '$LG_BIN/lifeguard' notification subscriptions"
check "a lead logs in again" log_in lead
lists_without_addresses() {
	lifeguard notification subscriptions >"$root/list" || return 1
	cat "$root/list"
	grep -q MissingPersonReported "$root/list" && ! grep -q canary "$root/list"
}
check "subscriptions are listed, never where" lists_without_addresses

# --- an event becomes notices ---------------------------------------------------------------------------
told_by_file() {
	local id
	id=$(report_missing) || return 1
	wait_for "a file is there" file_is_there || return 1
	cat "$own"/notices/*.txt
	grep -q "https://site.example/cases/$id" "$own"/notices/*.txt
}
check "a missing person is reported, a file tells it with a link" told_by_file
if [ -n "$has_mail" ]; then
	told_by_mail() {
		wait_for "the mail is there" test -e "$mail/mail.1" || return 1
		sed -n '1,12p' "$mail/mail.1"
		text_of "$mail/mail.1" >"$root/text"
		cat "$root/text"
		grep -q "^X-To: $canary_address" "$mail/mail.1" && grep -q '^X-TLS: yes' "$mail/mail.1" &&
			grep -q 'कोही हराएको सूचना' "$root/text" && grep -q "https://site.example/cases/" "$root/text"
	}
	check "a mail tells it in Nepali, over TLS" told_by_mail
fi
check "all notices are settled" wait_for "settled" all_settled
sent_once() {
	local notices
	notices=$(count_of true)
	[ "$(count_of "state = 'SENT'")" = "$notices" ] || return 1
	[ -z "$has_mail" ] || [ "$(mails)" = 1 ] || return 1
	[ "$(find "$own/notices" -type f | wc -l)" = 1 ]
}
check "each was sent, once" sent_once

# --- what does not go out at once ------------------------------------------------------------------------
if [ -n "$has_mail" ]; then
	busy() {
		echo busy >"$mail/mode"
		report_missing || return 1
		wait_for "an attempt was made" counts 1 "state = 'INTENDED' AND attempts = 1 AND reason LIKE '%not now'" || return 1
		echo take >"$mail/mode"
		settles && [ "$(mails)" = 2 ]
	}
	check "a busy server is asked again later" busy
	refused() {
		echo refuse >"$mail/mode"
		report_missing || return 1
		wait_for "given up" counts 1 "state = 'FAILED'" || return 1
		[ "$(sql -c "SELECT count(*) FROM notification.outbox_event WHERE type = 402")" = 1 ]
	}
	check "a refusal is the end at once, and is published" refused
	retried() {
		local case_id notice_id
		echo take >"$mail/mode"
		case_id=$(sql -c "SELECT encode(case_id, 'hex') FROM notification.notice WHERE state = 'FAILED'")
		notice_id=$(sql -c "SELECT encode(notice_id, 'hex') FROM notification.notice WHERE state = 'FAILED'")
		lifeguard notification list --state FAILED
		lifeguard notification retry "$case_id" "$notice_id" || return 1
		wait_for "sent" all_settled && [ "$(mails)" = 3 ] || return 1
		! lifeguard notification retry "$case_id" "$notice_id"
	}
	check "a lead has it tried anew, once" retried
	away() {
		server_stop
		report_missing && report_missing || return 1
		wait_for "an attempt was made" some "state = 'INTENDED' AND reason LIKE '%does not answer'" || return 1
		wait_for "files go on" counts 5 "channel = 'FILE' AND state = 'SENT'" || return 1
		some "state = 'INTENDED' AND channel <> 'FILE'" || return 1
		lifeguard notification list >/dev/null || return 1
		server_start || return 1
		settles && [ "$(mails)" = 5 ]
	}
	check "while the server is away files go on, and mail comes later" away
	wrong_certificate() {
		local before
		before=$(mails)
		cp "$own/ca.pem" "$root/ca.good"
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
			-addext subjectAltName=IP:127.0.0.1 -keyout /dev/null -out "$own/ca.pem" 2>/dev/null
		report_missing || return 1
		wait_for "an attempt was made" counts 1 "state = 'INTENDED' AND reason LIKE 'STARTTLS failed%'" || return 1
		[ "$(mails)" = "$before" ] || return 1
		cp "$root/ca.good" "$own/ca.pem"
		settles
	}
	check "a certificate that is not trusted gets nothing" wrong_certificate
else
	skip "mail: busy, refusing, silent and untrusted servers" "no python3-aiosmtpd or openssl here"
fi

# --- kill -9 ------------------------------------------------------------------------------------------------
killed() {
	local before files wanted=20
	before=$(count_of true) files=$(find "$own/notices" -name '*.txt' | wc -l)
	for i in $(seq $wanted); do
		report_missing >/dev/null || return 1
		[ $((i % 5)) -ne 0 ] || kill -9 "$(pid_of notification)"
		[ $((i % 5)) -ne 0 ] || service_start || return 1
	done
	wait_for "every event has its notice" counts $((files + wanted)) "channel = 'FILE'" || return 1
	settles || return 1
	echo "$(count_of true) notices, $before before; $(mails) mails"
	[ "$(count_of "state = 'SENT'")" = "$(count_of true)" ] &&
		[ "$(find "$own/notices" -name '*.txt' | wc -l)" = $((files + wanted)) ] &&
		[ -z "$(sql -c "SELECT event_id FROM notification.notice GROUP BY event_id, subscription_id HAVING count(*) > 1")" ]
}
check "kill -9 of notification loses no notice and makes none twice" killed

# --- the end of a subscription ---------------------------------------------------------------------------------
if [ -n "$has_mail" ]; then
	ended() {
		local before files
		lifeguard notification unsubscribe "$by_mail" || return 1
		before=$(mails) files=$(count_of "channel = 'FILE'")
		[ "$(sql -c "SELECT count(*) FROM notification.subject_key")" = 0 ] || return 1
		[ "$(sql -c "SELECT count(*) FROM notification.subscription WHERE sealed IS NOT NULL")" = 0 ] || return 1
		report_missing || return 1
		wait_for "told by file" counts $((files + 1)) "channel = 'FILE' AND state = 'SENT'" || return 1
		all_settled || return 1
		sleep 2
		[ "$(mails)" = "$before" ]
	}
	check "who unsubscribed is told no more, and the address is erased" ended
fi

# --- canaries ------------------------------------------------------------------------------------------------
schema_text() {
	local table
	for table in $(sql -c "SELECT tablename FROM pg_tables WHERE schemaname = 'notification'"); do
		sql -c "SELECT to_jsonb(t) FROM notification.$table AS t"
	done
}
in_hex() {
	printf '%s' "$1" | od -An -tx1 | tr -d ' \n'
}
no_canary() {
	schema_text >"$root/schema"
	[ -s "$root/schema" ] || return 1
	local found=0 word
	for word in "$canary_name" Canarina Zzquax "$(in_hex Canarina)" "$(in_hex Zzquax)"; do
		! grep -rlai -- "$word" "$root/schema" "$own/notices" "$LG_STATE/log" || found=1
		for one in "$mail"/mail.[0-9]*; do
			[ ! -e "$one" ] || ! { cat "$one"; text_of "$one"; } | grep -ai -- "$word" || found=1
		done
	done
	for word in canary-desk "$(in_hex canary-desk)"; do
		! grep -rlai -- "$word" "$root/schema" "$own/notices" "$LG_STATE/log" || found=1
	done
	[ "$found" = 0 ]
}
check "no notice, log or row holds a name or an address" no_canary
opened_with_record() {
	[ "$(sql -c "SELECT count(*) FROM notification.audit")" -ge "$(mails)" ] && lifeguard audit verify notification
}
check "an operator logs in" log_in operator
check "each opening of an address has its audit record, and the chain is whole" opened_with_record
no_dead_letters() {
	lifeguard dead-letters list notification
	[ "$(sql -c "SELECT count(*) FROM notification.dead_letter")" = 0 ] &&
		[ "$(sql -c "SELECT count(*) FROM notification.unhandled")" = 0 ]
}
check "nothing became a dead letter" no_dead_letters
server_stop
finish notification
