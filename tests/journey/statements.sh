#!/bin/bash
# Goal: every statement of every service fits its schema and its role's rights, and none reads a
# table that grows from end to end.
# Method: migrate a private PostgreSQL; let each program print its statements; prepare each as
# the service's role; explain its generic plan with sequential scans made dear, so that one
# shows only where no index would serve.
source "$(dirname "$0")/../support/site.sh"

site_make statements
db=$root/db
growing='due|person_record|match|missing|consent|referral|offer|organisation|follow_up|notice|subscription|outbox|dead_letter|parked|unhandled|answer|audit|subject_key|case_file|person|case_step|case_event|account|session'

database() {
	"$here/deploy/postgres.sh" "$1" "$db" "${@:2}"
}

# $1 .. $n as NULLs: the plan is generic, so that their values do not matter
arguments() {
	local count
	count=$(grep -o '\$[0-9]*' <<<"$1" | tr -d '$' | sort -n | tail -1)
	[ -z "$count" ] || printf '(%s)' "$(seq -s , "$count" | sed 's/[0-9][0-9]*/NULL/g')"
}

# lines of name, tab, SQL become one script; a name is said before its plan
script() { # service
	local name sql
	echo "SET search_path TO $1; SET plan_cache_mode TO force_generic_plan; SET enable_seqscan TO off;"
	while IFS=$'\t' read -r name sql; do
		case $sql in
		SELECT* | INSERT* | UPDATE* | DELETE* | WITH*) ;;
		*) continue ;; # BEGIN and COMMIT have no plan
		esac
		# a program tells the types of its parameters; where SQL alone leaves them open:
		sql=${sql//unnest(\$1)/unnest(\$1::smallint[])}
		sql=${sql//unnest(\$1, \$2)/unnest(\$1::smallint[], \$2::bytea[])}
		echo "\\echo == $name"
		echo "DEALLOCATE ALL; PREPARE statement AS $sql;"
		echo "EXPLAIN (COSTS off) EXECUTE statement$(arguments "$sql");"
	done
}

# fails with the names that do not fit, or scan a table that grows
explain() { # service; lines of name, tab, SQL on standard input
	script "$1" | psql -X -q -At "$(database conninfo "$1")" 2>&1 |
		awk -v growing=" ($growing)( |\$)" '
			/^== / { name = $2; count++; next }
			/ERROR:/ || (/Seq Scan on/ && $0 ~ growing) { print name ": " $0; bad++ }
			END { print count + 0 " statements, " bad + 0 " bad"; exit bad > 0 || count == 0 }'
}

all_statements() { # service
	"$LG_BIN/lg-$1" --statements | explain "$1"
}

same_names_once() { # service
	local doubled
	doubled=$("$LG_BIN/lg-$1" --statements | cut -f1 | sort | uniq -d)
	[ -z "$doubled" ] || { echo "prepared twice: $doubled"; return 1; }
}

# compressing what is sealed is tried in vain for every row above 2 KB; sealed_in and names_in are ids
sealed_is_not_compressed() { # service
	local tried
	tried=$(psql -X -q -At "$(database conninfo "$1")" <<-SQL
		SELECT c.relname, a.attname
		  FROM pg_attribute AS a
		  JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
		 WHERE c.relnamespace = '$1'::regnamespace AND a.attstorage <> 'e'
		   AND a.atttypid = 'bytea'::regtype AND a.attname IN ('sealed', 'code_sealed', 'names', 'encodings', 'run', 'envelope')
		 ORDER BY 1, 2
	SQL
	) && [ -z "$tried" ] || { echo "compressed: $tried"; return 1; }
}

faults_are_noticed() {
	! printf 'planted\tSELECT case_id FROM person WHERE district = $1\n' | explain intake &&
		! printf 'planted\tSELECT caste FROM person WHERE case_id = $1\n' | explain intake
}

check "a private database starts" eval 'database init && database start'
for program in "$LG_BIN"/lg-*; do
	service=${program##*/lg-}
	case $service in bus | gateway | match) continue ;; esac
	check "the schema of $service is made" \
		"$LG_BIN/lg-$service" --migrate --database "$(database conninfo migrate)"
	check "every name of $service stands for one statement" same_names_once "$service"
	check "every statement of $service fits, and none scans what grows" all_statements "$service"
	check "what is sealed in $service is not compressed" sealed_is_not_compressed "$service"
done
check "a planted scan and a planted column are noticed" faults_are_noticed
database destroy
finish statements
