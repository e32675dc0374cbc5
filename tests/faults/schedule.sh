# One schedule of faults: drawn from its seed, printed, carried out, healed.  Sourced behind pair.sh.
#
# plan holds a line for each fault: begins at (tenths of a second) | lasts (tenths) | kind | words
services=(bus gateway access intake matching referral notification reporting)
big_kinds=(crash restore sync async disk ahead back service_clock crash)
plan=() big= big_site= loses=

below() { # number: drawn from the seed
	drawn=$((RANDOM % $1))
}

add() { # begins, lasts, kind, words
	plan+=("$1|$2|$3|$4")
}

# A service of a site that no other fault of this schedule touches: two would end each other's harm.
draw_service() {
	while :; do
		below 2 && chosen_site=$((drawn + 1))
		below ${#services[@]} && chosen=${services[$drawn]}
		[[ " $taken " == *" $chosen_site.$chosen "* ]] || break
	done
	taken+=" $chosen_site.$chosen"
}

draw_line() {
	local words=(cut half shut "delay=150" "rate=20000" "corrupt=4000" "delay=80 rate=40000")
	below ${#words[@]} && local word=${words[$drawn]}
	below 30 && local begins=$drawn
	below 25 && add "$begins" $((10 + drawn)) line "$word"
}

draw_small() {
	draw_service
	local site=$chosen_site service=$chosen kind
	below 2 && kind=$drawn
	below 40 && local begins=$drawn
	if [ "$kind" = 0 ]; then
		below 15 && add "$begins" "$drawn" kill "$site $service"
	else
		below 30 && add "$begins" $((5 + drawn)) stop "$site $service"
	fi
}

draw_big() {
	below ${#big_kinds[@]} && big=${BIG:-${big_kinds[$drawn]}}
	below 2 && big_site=${BIG_SITE:-$((drawn + 1))}
	below 20 && local begins=$drawn
	below 20 && local lasts=$((5 + drawn)) words=$big_site
	loses=
	case $big in
	disk) big_site=2 words=2 ;;
	restore | async) loses=$big_site ;;
	ahead) below 2 && words="$big_site $([ "$drawn" = 0 ] && echo +20m || echo +5h)" ;;
	back) words="$big_site -20m" ;;
	service_clock)
		draw_service
		below 2 && words="$chosen_site $chosen $([ "$drawn" = 0 ] && echo +12m || echo -12m)"
		;;
	esac
	add "$begins" "$lasts" "$big" "$words"
}

draw_schedule() { # seed
	RANDOM=$1 plan=() taken=
	draw_big
	below 4 && [ "$drawn" = 0 ] || draw_line
	below 3
	for _ in $(seq $((1 + drawn))); do draw_small; done
}

print_plan() {
	local begins lasts kind words
	while IFS='|' read -r begins lasts kind words; do
		printf '    +%d.%d s  %-13s %-22s for %d.%d s\n' $((begins / 10)) $((begins % 10)) "$kind" "$words" \
			$((lasts / 10)) $((lasts % 10))
	done < <(printf '%s\n' "${plan[@]}" | sort -n)
}

# --- doing it -----------------------------------------------------------------------------------

tenths() {
	sleep "$(($1 / 10)).$(($1 % 10))"
}

process() { # site's number, service
	cat "$(state_of "$1")/pid/$2.1"
}

kill_at() { # site's number, service
	kill_hard "$(state_of "$1")/pid/$2.1"
}

# not one that has ended and was not waited for
is_alive() { # site's number, service
	grep -q '^State:[[:space:]]*[^ZX]' "/proc/$(process "$1" "$2")/status" 2>/dev/null
}

# How long, from the new primary on, until all that nothing else harms serve again.
note_ready() { # site's number
	local service began
	began=$(date +%s%N)
	for service in access intake matching referral notification reporting; do
		[[ " $taken " != *" $1.$service "* ]] || continue
		patience=30 soon is_ready "$1" "$service" || { echo "$service of site $1 is not ready" >"$root/ready"; return 0; }
	done
	echo "ready again after $((($(date +%s%N) - began) / 1000000)) ms" >"$root/ready"
}

# words of the fault, lasts
do_line() { line_is "$1" && tenths "$2"; } # healed with the rest
do_kill() { # "site service"
	# shellcheck disable=SC2086 # two words
	set -- $1 "$2"
	kill_at "$1" "$2" && tenths "$3" && at "$1" start "$2"
}
do_stop() {
	# shellcheck disable=SC2086
	set -- $1 "$2"
	local pid
	pid=$(process "$1" "$2")
	kill -STOP "$pid" && tenths "$3" && kill -CONT "$pid"
}
do_crash() { pg kill "$1" && tenths "$2" && pg start "$1"; }
do_restore() { restore "$1"; }
do_sync() { fail_over "$1" sync && note_ready "$1"; }
do_async() { fail_over "$1" async && note_ready "$1"; }
do_disk() { fill_disk && tenths "$2" && empty_disk; }
do_ahead() { # "site offset"
	# shellcheck disable=SC2086
	set -- $1 "$2"
	pg kill "$1" && under_clock "$2" "$here/deploy/postgres.sh" start "$(primary "$1")" && tenths "$3" &&
		pg kill "$1" && pg start "$1"
}
do_back() { do_ahead "$@"; }
do_service_clock() { # "site service offset"
	# shellcheck disable=SC2086
	set -- $1 "$2"
	kill_at "$1" "$2" && under_clock "$3" env LG_SITE="${numbers[$1]}" LG_STATE="$(state_of "$1")" \
		"$here/deploy/run.sh" start "$2" && tenths "$4" && kill_at "$1" "$2" && at "$1" start "$2"
}

# what must be there before: the backup of an hour ago, the standby
prepare_big() {
	case $big in
	restore) back_up "$big_site" ;;
	sync | async) stand_by "$big_site" "$big" ;;
	esac
}

is_possible() { # why not, in words
	case $big in
	disk) has_small_disk || why="only root can mount a small disk" ;;
	ahead | back | service_clock) [ -n "$faketime" ] || why="libfaketime is not installed" ;;
	esac
	[ -z "$why" ]
}

break_things() {
	local begins lasts kind words pid pids=() wrong=0
	while IFS='|' read -r begins lasts kind words; do
		(tenths "$begins" && "do_$kind" "$words" "$lasts") &
		pids+=($!)
	done < <(printf '%s\n' "${plan[@]}")
	for pid in "${pids[@]}"; do wait "$pid" || wrong=$((wrong + 1)); done
	[ "$wrong" = 0 ] || echo "$wrong faults could not be done"
	return "$wrong"
}

# Whoever holds its deadlines because the clock jumped is started again, as its log says.
kill_holders() {
	local service
	for service in intake matching referral notification reporting; do
		kill "$(process "$big_site" "$service")" 2>/dev/null
	done
	for service in intake matching referral notification reporting; do
		soon eval "! is_alive $big_site $service"
	done
}

is_ready() { # site's number, service
	curl -fs -o /dev/null --max-time 2 --unix-socket "$(state_of "$1")/health/$2.1.sock" http://localhost/readyz
}

heal() {
	local number service
	line_is open || return 1
	[[ "${plan[*]}" != *"|ahead|"*+5h* ]] || kill_holders
	for number in 1 2; do
		pg start "$number" || return 1
		for service in "${services[@]}"; do
			is_alive "$number" "$service" || at "$number" start "$service" || return 1
		done
	done
	for number in 1 2; do
		for service in "${services[@]}"; do
			soon is_ready "$number" "$service" || { echo "$service of site $number is not ready"; return 1; }
		done
	done
	line_is_up
}
