# A story as a short timeline: when, where, who and what, from `case show` and `referral show` of the
# site that decides.  Sourced by common.sh.

# value of a field of the JSON that stands alone on a line
fields() {
	sed 's/[{}]/\n&\n/g; s/,"/\n"/g; s/\[/\n/g'
}

# lines "milliseconds|where|who|what" of a case
case_lines() { # case
	lifeguard case show "$1" --format json | fields | awk '
		function value(line) { sub(/^"[a-z_]*":/, "", line); gsub(/"/, "", line); return line }
		/^"station":/ { station = value($0) }
		/^"intercepted_ms":/ { print value($0) "|" station "|centre|MigrantEngaged" }
		/^"status":/ { status = value($0) }
		/^"route":/ { route = value($0) }
		/^"route_by":/ { by = value($0) }
		/^"reason":/ { reason = value($0) }
		/^"rescued_ms":/ && value($0) > 0 {
			printf "%s|%s|%s|RescueRecorded: %s, %s, %s\n", value($0), station, by, status, route, reason }
		/^"callback_ms":/ && value($0) > 0 { print value($0) "|" station "|centre|a call was agreed" }'
}

# the same of a referral; the codes of organisations instead of their ids
referral_lines() { # referral
	lifeguard organisation list | awk 'NR > 1 { print $1, $2 }' >"$kept.codes"
	lifeguard referral show "$1" | awk -v site="$site" -v codes="$kept.codes" '
		BEGIN { while ((getline line < codes) > 0) { split(line, w, " "); code[w[1]] = w[2] } }
		/^her family searches/ { matched = ": with a family\047s report" }
		/^she was met before/ { matched = ": with an earlier case" }
		$2 == "RescueRecorded" || $2 == "ConsentChanged" { next }
		$2 == "MatchConfirmed" { if (!told++) printf "%s|%s|lead|%s%s\n", $1, site, $2, matched; next }
		/^[0-9-]*T[0-9:.]*Z / {
			who = code[$NF]
			detail = NF > 3 && !($4 in code) ? ": " $4 : ""
			place = $3 == "organisation" && who ? who : site
			to = $3 == "organisation" || !who ? "" : " (" who ")"
			printf "%s|%s|%s|%s%s%s\n", $1, place, $3, $2, detail, to
		}'
}

# Both in one table, by time; a time of the case is in milliseconds, one of a referral is text.
timeline() { # case, referral
	at_home "$2"
	{ case_lines "$1"; referral_lines "$2"; } | while IFS='|' read -r when where who what; do
		case $when in
		*T*) when=$(date -u -d "$when" +%FT%TZ) ;;
		*) when=$(date -u -d "@$((when / 1000))" +%FT%TZ) ;;
		esac
		printf '%s|%s|%s|%s\n' "$when" "$where" "$who" "$what"
	done | sort -s -t '|' -k1,1 | awk -F '|' '{ printf "  %s  %-18s %-14s %s\n", $1, $2, $3, $4 }'
}
