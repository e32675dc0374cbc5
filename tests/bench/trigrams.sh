#!/bin/bash
# PostgreSQL's trigrams beside the service's memory: the same names, the same questions (another telling
# of somebody who is there: script, spelling, slips), the best 24 of each.  Prints `name: value`.
#   tests/bench/trigrams.sh A B [QUERIES]     A, B: two files of invent; pg_trgm: Debian's postgresql-15
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C
a=$1 b=$2 queries=${3:-200}
work=$(mktemp -d)
coproc keeper { tests/support/postgres.sh; }
trap 'exec {hold}>&-; wait "$keeper_PID" 2>/dev/null || true; rm -rf "$work"' EXIT
exec {hold}>&"${keeper[1]}"
eval "exec ${keeper[1]}>&-"
read -r dir <&"${keeper[0]}"
admin() { PGOPTIONS="--client-min-messages=error" deploy/postgres.sh psql "$dir" -At "$@"; }

names() { awk -F, 'FNR > 1 { split($1, id, "-"); printf "%s\t%s %s\n", id[1], $2, $3 }' "$1"; }
names "$a" >"$work/people"
names "$b" | awk -v most="$queries" 'NR == FNR { known[$1]; next } $1 in known && count++ < most' "$work/people" - >"$work/asked"
rows=$(wc -l <"$work/people")

admin <<-SQL
	CREATE EXTENSION pg_trgm;
	CREATE TABLE person (id int, name text);
	CREATE TABLE asked (id int, name text);
SQL
admin -c "COPY person FROM STDIN" <"$work/people"
admin -c "COPY asked FROM STDIN" <"$work/asked"
admin <<-SQL
	SET maintenance_work_mem = '512MB';
	CREATE INDEX ON person USING gin (name gin_trgm_ops);
	VACUUM ANALYZE person;
SQL
# warm: each question is asked twice, the second time counts; by the server's own clock
admin >"$work/found" <<-'SQL'
	SET pg_trgm.similarity_threshold = 0.3;
	SET enable_seqscan = off;
	SET max_parallel_workers_per_gather = 0;
	CREATE FUNCTION ask(asked text, truth int) RETURNS TABLE (us float8, hit bool, first bool) LANGUAGE plpgsql AS $$
	DECLARE began timestamptz; ids int[];
	BEGIN
		FOR turn IN 1..2 LOOP
			began := clock_timestamp();
			ids := ARRAY(SELECT p.id FROM person p WHERE p.name % asked
				ORDER BY similarity(p.name, asked) DESC LIMIT 24);
			us := extract(epoch FROM clock_timestamp() - began) * 1e6;
		END LOOP;
		hit := truth = ANY(ids);
		first := coalesce(ids[1] = truth, false);
		RETURN NEXT;
	END $$;
	SELECT f.us, f.hit::int, f.first::int FROM asked a, LATERAL ask(a.name, a.id) f;
SQL
sort -t'|' -g -k1 "$work/found" | awk -F'|' -v name="trigrams_$rows" '
	{ us[NR] = $1; hit += $2; first += $3 }
	END { printf "%s_p50_us: %.0f\n%s_p99_us: %.0f\n%s_true_among_24: %.4f\n%s_true_first: %.4f\n", name,
		us[int((NR + 1) / 2)], name, us[NR - int(NR / 100)], name, hit / NR, name, first / NR }' | tee "$work/peer"
build/tests/matching/known_main "$a" "$b" "$queries" | tee "$work/ours"
awk -F': ' -v name="trigrams_$rows" '/p50_us/ { p50[++n] = $2 } END { if (n == 2 && p50[2] > 0)
	printf "%s_times_our_p50: %.0f\n", name, p50[1] / p50[2] }' "$work/peer" "$work/ours"
