# The door.  Goal: what is malformed, too large, unknown or not allowed is refused with the right
# status, without a word of it coming back; nothing a stranger sends stops an honest client.
# Method: curl and raw bytes at the gateway.  Sourced by run.sh.

api=$LIFEGUARD_GATEWAY/api/v1
case_id=$(sql -c "SELECT encode(case_id, 'hex') FROM intake.case_file ORDER BY case_id LIMIT 1")
fresh_id=0001$(od -An -tx1 -N14 /dev/urandom | tr -d ' \n')

# the answer's body is in $root/answer, its status is compared
answers() { # status, method, path, curl arguments...
	local got
	got=$(curl -s --max-time 15 -o "$root/answer" -w '%{http_code}' -X "$2" "${@:4}" "$api$3")
	[ "$got" = "$1" ] || { echo "$2 $3: $got, not $1"; cat "$root/answer"; return 1; }
	[ "$got" -lt 400 ] || jq_has "$root/answer" || return 1
}
# every refusal is a problem document that repeats nothing planted
jq_has() {
	grep -q "\"status\":$got" "$1" || { echo "no problem document:"; cat "$1"; return 1; }
	"$tools/canary_main" "$root/markers" "$1" || { echo "it repeats what was sent"; return 1; }
}
operator=(-H "@$root/header.operator")
json=(-H "Content-Type: application/json")

head -c 300000 /dev/zero | tr '\0' ' ' >"$root/large"
check "a body above 256 KiB is 413" answers 413 PUT "/cases/$fresh_id/interception" "${operator[@]}" "${json[@]}" --data-binary "@$root/large"
check "also when its length is not declared" answers 413 PUT "/cases/$fresh_id/interception" "${operator[@]}" "${json[@]}" \
	-H "Transfer-Encoding: chunked" --data-binary "@$root/large"

# a true form, whose people carry the markers that no file can: phone and address
form() { # awk program that changes the text
	awk '{ marker[$1] = $2 } END {
		printf "{\"case_id\":\"'"$fresh_id"'\",\"station\":\"RXL\",\"intercepted_ms\":1735711200000,"
		printf "\"stated_victims\":1,\"persons\":[{\"kind\":\"potential_victim\",\"sex\":\"female\",\"age_years\":17,"
		printf "\"identity\":{\"names\":[\"%s 0\",\"%s\"],\"phones\":[\"%s\"],\"address\":\"%s\"}}]}\n",
			marker["name"], marker["devanagari"], marker["phone"], marker["address"] }' "$root/markers"
}
put_form() { # status
	answers "$1" PUT "/cases/$fresh_id/interception" "${operator[@]}" "${json[@]}" --data-binary "@$root/form"
}
has_pointer() { # pointer, status
	put_form "$2" && { grep -q "\"pointer\":\"$1\"" "$root/answer" || { cat "$root/answer"; return 1; }; }
}
form | sed 's/"age_years":17/"age_years":"old"/' >"$root/form"
check "a wrong type is 400 and named by its pointer" has_pointer /persons/0/age_years 400
form | sed 's/"station"/"statoin"/' >"$root/form"
check "an unknown field is 400 and named by its pointer" has_pointer /statoin 400
form | sed 's/}\]}$/}]/' >"$root/form"
check "a cut document is 400" put_form 400
form | sed 's/"sex":"female"/"sex":"Zqwvarna"/' >"$root/form"
check "a name in the wrong place is 400 and not repeated" put_form 400
form | sed 's/"RXL"/"Zqwvarna"/' >"$root/form"
check "a name for a station is refused and not repeated" put_form 422
form | sed "s/$fresh_id/$case_id/" >"$root/form"
check "another case in the body than in the path is 400" put_form 400
head -c 4000 /dev/zero | tr '\0' '[' >"$root/form"
check "4,000 brackets are 400" put_form 400
form >"$root/form"
check "the form as it should be is taken" put_form 200
{ # it counts: totals are compared with the files
	printf 'door,RXL,2025-01-01T06:00:00Z,1%s\n' "$(head -1 "$root/forms.csv" | sed 's/[^,]//g; s/^...//')" >>"$root/forms.csv"
	printf 'door,potential_victim,F,17,,,x\n' >>"$root/people.csv"
}

check "an unknown path is 404" answers 404 GET /nowhere "${operator[@]}"
check "a name in the path is 404 and not repeated" answers 404 GET /persons/Zqwvarna "${operator[@]}"
check "a malformed id is 400" answers 400 GET /cases/Zqwvarna "${operator[@]}"
check "an unknown argument is 400" answers 400 GET "/cases/$case_id?name=Zqwvarna" "${operator[@]}"
check "another method is 405" answers 405 DELETE "/cases/$case_id" "${operator[@]}"
check "no token is 401" answers 401 GET "/cases/$case_id"
check "a garbled token is 401" answers 401 GET "/cases/$case_id" -H "Authorization: Bearer Zqwvarna"
sed 's/0$/1/; t; s/.$/0/' "$root/header.operator" >"$root/header.bent"
check "a token with its last digit bent is 401" answers 401 GET "/cases/$case_id" -H "@$root/header.bent"
token() { # who signs, minutes ago
	printf 'Authorization: Bearer %s\n' "$("$tools/knock_main" token "$LG_STATE/keys" "$1" "$2")" >"$root/header.made"
}
token access 0
check "a token that access signed is good" answers 200 GET "/cases/$case_id" -H "@$root/header.made"
token access 16
check "16 minutes later it is 401" answers 401 GET "/cases/$case_id" -H "@$root/header.made"
token stranger 0
check "a token that a stranger signed is 401" answers 401 GET "/cases/$case_id" -H "@$root/header.made"
# The gateway asks again where it has heard nothing for 1.5 s; a password is hashed on purpose slowly.  On a busy
# machine each copy would be a login of its own, and all of them together keep any from coming in time.
tried() { # logins and refused ones that were written down
	sql -c "SELECT count(*) FROM access.audit"
}
one_attempt() { # status, file of the password
	local before pid
	before=$(tried) pid=$(pid_of access)
	kill -STOP "$pid"
	(sleep 5 && kill -CONT "$pid") &
	awk 'BEGIN { printf "{\"user_name\":\"officer\",\"password\":\"" } { printf "%s", $1 } END { print "\"}" }' "$2" >"$root/session"
	answers "$1" POST /session "${json[@]}" --data-binary "@$root/session"
	local code=$?
	wait $!
	[ "$code" -eq 0 ] && [ $(($(tried) - before)) -eq 1 ] || { echo "$(($(tried) - before)) attempts"; return 1; }
}
awk '$1 == "officer" { print $2 }' "$LG_STATE/accounts" >"$root/officer"
echo wrong >"$root/wrong"
check "a login that is asked for four times while access stands still is one" tries 3 one_attempt 200 "$root/officer"
check "a wrong password is counted once, too" tries 3 one_attempt 401 "$root/wrong"
rm "$root/officer" "$root/session"
check "a volunteer who asks for reports is 403" answers 403 GET /reports/interceptions -H "@$root/header.volunteer"
check "an auditor who asks for a case is 403" answers 403 GET "/cases/$case_id" -H "@$root/header.auditor"
check "a manager who asks for a name is 403" answers 403 GET "/cases/$case_id?identity=1" -H "@$root/header.manager"
check "an operator who asks for a name is 403" answers 403 GET "/cases/$case_id?identity=1" "${operator[@]}"
{ printf 'Authorization: Bearer '; head -c 10000 /dev/zero | tr '\0' a; echo; } >"$root/header.long"
check "a token of 10,000 bytes is 401" answers 401 GET "/cases/$case_id" -H "@$root/header.long"
too_long() {
	{ printf 'X-Long: '; head -c 100000 /dev/zero | tr '\0' a; echo; } >"$root/header.longer"
	local got
	got=$(curl -s --max-time 5 -o "$root/answer" -w '%{http_code}' -H "@$root/header.longer" "$api/health")
	[ "$got" != 200 ] || { echo "100,000 bytes were taken"; return 1; }
	echo "$got"
}
check "a header of 100,000 bytes is refused" too_long

say_raw() { # bytes on standard input
	local host=${LIFEGUARD_GATEWAY#http://}
	timeout 1 bash -c "exec 3<>/dev/tcp/${host%:*}/${host#*:} && cat >&3 && timeout 0.3 cat <&3" >/dev/null 2>&1
}
malformed() {
	local before
	before=$(pid_of gateway)
	printf 'GET\r\n\r\n' | say_raw
	printf 'GET /api/v1/health HTTP/9.9\r\n\r\n' | say_raw
	printf 'GET /%%00%%ff%%zz?%%=%%&&&=== HTTP/1.1\r\nHost: x\r\n\r\n' | say_raw
	printf 'PUT /api/v1/cases/x/interception HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nx' | say_raw
	printf 'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nx' | say_raw
	printf 'PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx' | say_raw
	printf 'GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\0\0\0: \xff\r\n\r\n' | say_raw
	printf 'GET / HTTP/1.1\r\nAuthorization\r\n Bearer\r\n\tx\r\n\r\n' | say_raw
	head -c 20000 /dev/urandom | say_raw
	printf 'GET / HTTP/1.1\r\nHost: x\r\n%.0s' $(seq 400) | say_raw
	is_gateway_alive "$before"
}
is_gateway_alive() { # pid
	[ "$(pid_of gateway)" = "$1" ] && kill -0 "$1" && answers 200 GET /health
}
check "malformed HTTP does not end the gateway" malformed

idle_connections() {
	local host=${LIFEGUARD_GATEWAY#http://} code
	coproc IDLE { exec "$tools/knock_main" idle 127.0.0.2 "${host%:*}" "${host#*:}" 300; }
	local pid=$IDLE_PID
	read -r -t 10 line <&"${IDLE[0]}"
	echo "$line"
	answers 200 GET "/cases/$case_id" "${operator[@]}"
	code=$?
	kill "$pid"
	wait "$pid" 2>/dev/null
	return $code
}
check "300 idle connections from one address do not stop a client at another" idle_connections
