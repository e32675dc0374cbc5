# Traffic with a ledger: clients that tell one wish after the other, ask again under the same id until it
# was answered, and write down what became of it.  Sourced behind site.sh.
#
#   ledger_start CLIENTS    begins; somebody who may count is logged in
#   ledger_stop             ends; every wish that was begun is answered first
#   ledger_count, ledger_failed, ledger_repeated
#   ledger_slowest_ms [SINCE]   of those that were answered after SINCE (now_us)
#
# A wish is one woman who was informed, which adds one: what was lost or doubled shows in the sum.
# Lines of the ledger: id, HTTP status of the last answer, attempts, milliseconds until it came, when.

# without a fork: a client of bash must not be what is measured
now_us() {
	echo "${EPOCHREALTIME/./}"
}

new_id() {
	od -An -tx1 -N16 /dev/urandom | tr -d ' \n'
}

tell_one() { # its number
	local id started answer status attempts=0
	id=$(new_id) started=$(now_us)
	until [ "$attempts" -ge 150 ]; do
		attempts=$((attempts + 1))
		answer=$(curl -s -o /dev/null -w '%{http_code}' --max-time 20 -H @"$root/headers" \
			-H "Idempotency-Key: $id" -d "{\"station\":\"SNL\",\"informed_ms\":${started%???},\"women\":1}" \
			"$LIFEGUARD_GATEWAY/api/v1/informed")
		status=$answer
		# not now, or nobody there: the same id makes asking again harmless
		[[ "$status" = 000 || "$status" = 429 || "$status" = 503 || "$status" = 504 ]] || break
		sleep 0.1
	done
	local now
	now=$(now_us)
	echo "$id $status $attempts $(((now - started) / 1000)) $now" >>"$root/ledger.$1"
}

client() { # its number
	while [ ! -e "$root/ledger.stop" ]; do tell_one "$1"; done
}

ledger_start() { # clients
	local n
	rm -f "$root/ledger.stop"
	(umask 077 && { echo "Authorization: Bearer $(tail -n 1 "$LIFEGUARD_TOKEN_FILE" | awk '{ print $NF }')" &&
		echo "Content-Type: application/json"; } >"$root/headers")
	clients=()
	for n in $(seq "$1"); do
		client "$n" &
		clients+=($!)
	done
}

ledger_stop() {
	touch "$root/ledger.stop"
	wait "${clients[@]}"
}

ledger_count() { cat "$root"/ledger.[0-9]* | wc -l; }
ledger_failed() { cat "$root"/ledger.[0-9]* | awk '$2 != 200 { print "status " $2 " after " $3 " attempts" }' | sort | uniq -c; }
ledger_repeated() { cat "$root"/ledger.[0-9]* | awk '$3 > 1 { n++ } END { print n + 0 }'; }
ledger_slowest_ms() { cat "$root"/ledger.[0-9]* | awk -v since="${1:-0}" '$5 >= since && $4 > m { m = $4 } END { print m + 0 }'; }
