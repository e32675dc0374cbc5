#!/bin/bash
# The house rules, proved from the sources: walls, purity, rooms of SQL and of keys, lengths, names,
# comments of headers and of .proto files.  Prints each breach as file:line: rule: what stands
# there, ends with "tidy: N passed, N failed" (rules, not breaches).
#   tests/tidy/run.sh [ROOT]      TIDY_HEADERS=no leaves out compiling each header alone
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}" || exit 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
code=$scratch/code strings=$scratch/strings
passed=0 failed=0

# --- what is looked at ------------------------------------------------------------------------
# everything of ours but what is built, what runs, and the planted breaches of this folder
files() { # find's conditions
	find . \( -name .git -o -name node_modules -o -path './build*' -o -path ./run -o -path ./tests/tidy \) \
		-prune -o -type f \( "$@" \) -print | sed 's|^\./||' | sort
}
mapfile -t sources < <(files -name '*.c' -o -name '*.h')
mapfile -t texts < <(files -name '*.c' -o -name '*.h' -o -name '*.proto' -o -name '*.sql' -o -name '*.awk' \
	-o -name '*.sh' -o -name '*.mk' -o -name '*.md' -o -name '*.ini' -o -name '*.js' -o -name Makefile)
mapfile -t protos < <(files -name '*.proto')
[ "${#sources[@]}" -gt 0 ] || { echo "tidy: no sources below $PWD"; exit 2; }

for folder in $(printf '%s\n' "${sources[@]}" | sed 's|/[^/]*$||' | sort -u); do
	mkdir -p "$code/$folder" "$strings/$folder"
done
awk -v code="$code" -v strings="$strings" -f "$here/strip.awk" "${sources[@]}"

product() { grep -vE '^tests/|^[^:]*(_test\.c|_for_tests\.[ch]):'; } # of grep's lines: what is shipped
in_code() { (cd "$code" && grep -rnE "$1" . | sed 's|^\./||'); }
in_strings() { (cd "$strings" && grep -rnE "$1" . | sed 's|^\./||'); }

check() { # rule's sentence; its breaches come as file:line:text
	local found
	found=$(cat)
	if [ -z "$found" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	# one breach per line: where, which rule, what stands there
	sed -E "s|^([^:]+:[0-9]+):[ \t]*(.*)|\1: $1: \2|" <<<"$found"
}

# --- walls ------------------------------------------------------------------------------------
includes() { in_strings '^[ \t]*#[ \t]*include' | awk -v rule="$1" -f "$here/includes.awk"; }
check 'an include looks up, out of common' < <(includes rooms)
check 'a service looks into another' < <(includes services)
check 'a pure file includes the world' < <(includes pure)
check 'an include out of order' < <(includes order)

pure='^(common/(base|stream)|services/[^/]*/domain|services/matching/engine)/[^:]*:'
world='\<(time|clock|clock_gettime|gettimeofday|getrandom|rand|random|getenv|fopen|open|read|write|printf|fprintf|puts|system|fork)[ ]*\('
check 'a pure file asks the world' < <(in_code "$world" | grep -E "$pure" | product |
	grep -vE '^common/base/(log\.c|(config|csv|lifecycle|table)\.[ch]):')
check 'a pure file takes memory itself' < <(in_code '\<(malloc|calloc|realloc|free|strdup|strndup|asprintf|alloca)[ ]*\(' |
	grep -E "$pure" | product | grep -vE '^common/base/arena\.c:')
check 'a pure file logs' < <(in_code '\<(lg_log_[a-z]+|lg_info|lg_warn|lg_error)[ ]*\(' | grep -E "$pure" | product |
	grep -vE '^common/base/log\.[ch]:')

# --- SQL and keys ------------------------------------------------------------------------------
speaks_sql='^(common/db/|services/[^/]*/(trace/)?store[^/]*\.[ch]:)'
sql='"[ ]*(SELECT |INSERT INTO |UPDATE [a-z_.]+( |$)|DELETE FROM |TRUNCATE |(CREATE|ALTER|DROP) (TABLE|SCHEMA|ROLE|INDEX|DATABASE|VIEW|TYPE|FUNCTION)|GRANT [A-Z]+ ON|LISTEN |NOTIFY )'
check 'SQL outside of a store' < <(in_strings "$sql" | product | grep -vE "$speaks_sql")
check 'libpq is asked outside of a store' < <(in_code '\<PQ(exec|send|prepare|connect|put|get|start|pipeline)[A-Za-z]*[ ]*\(' |
	product | grep -vE "$speaks_sql" | grep -vE '\<PQget(value|length|isnull)[ ]*\(')
# SELECT * FROM unnest($1, $2) is no guess: its columns are the parameters themselves
check 'SELECT *' < <(grep -niE 'select[ \t]+(distinct[ \t]+)?([a-z_]+\.)?\*' "${texts[@]}" /dev/null |
	grep -E '\.(c|h|sql|awk|sh):' | grep -viE 'select \* from unnest\(')
# data_key.c closes keys, not texts, and lets none out; command.c what passes between two programs of one
# site, and keeps nothing
check 'an AEAD outside of seal.c' < <(in_code '\<crypto_(aead|secretbox)_[a-z0-9_]+[ ]*\(' |
	product | grep -vE '^common/protect/(seal|data_key|command)\.c:')
check 'another constructor of struct lg_reader' < <(
	made='\(struct lg_reader\)[ ]*\{|\<struct lg_reader[ ]+[a-z_]+(\[[^]]*\])?[ ]*=|\<sizeof[ (]*struct lg_reader\>'
	in_code '\<struct lg_reader\>' | product | grep -vE '^common/protect/reader\.[ch]:' |
		sed 's/const struct lg_reader \*/reader /g' | grep -E "$made|struct lg_reader \*"
	in_code 'struct lg_reader \*[ ]*ret_' | grep '^common/protect/reader\.h:' | tail -n +3)

# --- size and names ----------------------------------------------------------------------------
check 'a file above 500 lines' < <(wc -l "${texts[@]}" | awk '$2 ~ /\.(c|h|proto|sql|awk|sh)$/ && $1 > 500 { print $2 ":501:" $1 " lines" }')
check 'a function above 60 lines' < <(awk -v limit=60 -f "$here/functions.awk" "${sources[@]}")
check 'a room above 16 units' < <(printf '%s\n' "${sources[@]}" | grep -vE '_for_tests\.[ch]$' |
	sed -E 's/(_test)?\.[ch]$//' | sort -u | sed 's|/[^/]*$||' | sort | uniq -c | awk '$1 > 16 { print $2 ":1:" $1 " units" }')
check 'a name that says nothing' < <(printf '%s\n' "${sources[@]}" |
	grep -E '/(utils?|helpers?|misc|managers?|core|types)(_[a-z]+)?\.[ch]$' | sed 's/$/:1:/')

# --- words that are not used here -----------------------------------------------------------------
check 'a function without bounds' < <(in_code '\<(strcpy|stpcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atoll|atof|strtok|strtok_r|alloca)[ ]*\(')
check 'goto elsewhere than out' < <(in_code '\<goto[ ]+' | grep -vE '\<goto[ ]+out;')
check 'TODO' < <(grep -nE '\<(TODO|FIXME|XXX)\>' "${sources[@]}" /dev/null)
check 'state that everybody may change' < <(in_code '^(static )?(struct |enum |unsigned |const )*[a-z_0-9]+[ *]+[a-z_0-9]+(\[[^]]*\])*[ ]*(=.*|;)$' |
	product | grep -vE ':(typedef|return|extern|struct [a-z_0-9]+;|enum [a-z_0-9]+;)' |
	grep -vE ':[^=]*\*[ ]*const [a-z_]+|:(static )?const [^*=]*(=|;)|^common/base/log\.c:')
check 'a path of one machine' < <(
	in_strings '"[^"]*/([w]ork|[t]mp|home/[a-z]+|root)/'
	grep -nE '(^|[^a-z.])/[w]ork/' "${texts[@]}" /dev/null)
check 'a host in a program' < <(in_strings '"(https?|smtps?|tcp|nats|postgres|postgresql)://[a-z0-9]' | product |
	grep -vE '"[a-z]+://(127\.0\.0\.1|localhost)')

# --- what texts name --------------------------------------------------------------------------------
{ files -name '*'; find tests/tidy -type f 2>/dev/null; } >"$scratch/all"
check 'a text names a file that is not there' < <(awk -f "$here/named.awk" "$scratch/all" "${texts[@]}" | sort -u)

targets() { # file:line:target of what prose says that somebody may make
	grep -nE '`make [a-z]' "${texts[@]}" /dev/null | grep -E '^[^:]*\.md:' |
		grep -oE '^[^:]*:[0-9]*:|`make [a-z]+(-[a-z]+)*' | awk '/:$/ { where = $0; next } { print where $2 }'
}
[ ! -e Makefile ] || check 'a target that is not in the Makefile' < <(targets | while IFS=: read -r file line target; do
	grep -q "^$target:" Makefile || echo "$file:$line:$target"
done)

# --- headers -----------------------------------------------------------------------------------
mapfile -t headers < <(printf '%s\n' "${sources[@]}" | grep -E '\.h$')
mapfile -t public < <(printf '%s\n' "${headers[@]}" | grep -E '^(common|services)/' | grep -v '_for_tests\.h$')
check 'a function without a sentence' < <([ "${#public[@]}" -eq 0 ] || awk -f "$here/headers.awk" "${public[@]}")
if [ "${TIDY_HEADERS:-yes}" = yes ]; then
	mkdir -p "$scratch/gen"
	[ "${#protos[@]}" -eq 0 ] || protoc-c --c_out="$scratch/gen" "${protos[@]}" || failed=$((failed + 1))
	check 'a header that does not compile alone' < <(printf '%s\n' "${headers[@]}" |
		xargs -r -P 2 -I '{}' sh -c '"$0" -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wno-unused-function -Werror -fsyntax-only -I. \
			-isystem "$1/gen" -isystem /usr/include/postgresql -x c "{}" 2>&1 |
			grep -m1 -E "error" | sed "s|^[^:]*:\([0-9]*\):.*error: |{}:\1:|"' "${CC:-gcc}" "$scratch")
fi

# --- .proto --------------------------------------------------------------------------------------
commands=" $(awk '$2 == "command" || $2 == "query" { printf "%s ", $6 }' proto/registry.txt 2>/dev/null)"
proto() { [ "${#protos[@]}" -eq 0 ] || awk -v rule="$1" -v commands="$commands" -f "$here/proto.awk" "${protos[@]}"; }
check 'a message without a comment' < <(proto comment)
check 'text in the clear without saying so (clear:)' < <(proto clear)
check 'float, double, optional or map' < <(proto types)
check 'an enum whose zero is not UNSPECIFIED' < <(proto zero)

# a tree without the list (of planted breaches) is not asked
baseline() { [ ! -e proto/baseline.txt ] || "$here/baseline.sh" "$1"; }
check 'a contract that others rely on is broken' < <(baseline broken)
check 'a contract is not recorded: make proto-baseline' < <(baseline new)

echo "tidy: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
