# Roles of the database.  Goal: each service reaches its own rows and nothing else; not even its own
# audit can be rewritten.  Method: log in as each role and try every verb on every table of every
# schema, with all that a login could use to become more.  42501 is "insufficient privilege".
# Sourced by run.sh.

service_roles="access intake reporting matching referral notification"

role_sql() { # role, statements on standard input: "EXPECTED<tab>WHAT<tab>SQL"
	local expected what statement
	echo '\set VERBOSITY sqlstate'
	while IFS=$'\t' read -r expected what statement; do
		case $statement in
		"ALTER SYSTEM"*) printf '%s;\n\\echo %s :SQLSTATE %s\n' "$statement" "$expected" "$what" ;;
		*) printf 'BEGIN;\n%s;\n\\echo %s :SQLSTATE %s\nROLLBACK;\n' "$statement" "$expected" "$what" ;;
		esac
	done
}

# one row per table or view: schema, name, first column, kind
tables() {
	sql -F ' ' -c "SELECT c.table_schema, c.table_name, c.column_name, split_part(t.table_type, ' ', 1)
		  FROM information_schema.columns AS c
		  JOIN information_schema.tables AS t USING (table_schema, table_name)
		 WHERE c.ordinal_position = 1 AND c.table_schema = ANY (string_to_array('$service_roles', ' '))
		 ORDER BY 1, 2"
}

cells_of() { # role's service
	local schema table column kind own tab=$'\t' other
	while read -r schema table column kind; do
		own=refused
		[ "$schema" != "$1" ] || own=allowed
		local t="$schema.$table" change=$own
		case $table in # the migrator's own; written by functions that look first
		migration | outbox_segment | outbox_dropped) change=refused ;;
		esac
		echo "${own}${tab}SELECT $t${tab}SELECT 1 FROM $t LIMIT 0"
		[ "$table" = outbox_event ] || # a view of parts: nobody can
			echo "${change}${tab}INSERT $t${tab}INSERT INTO $t SELECT (jsonb_populate_record(NULL::$t, '{}')).* LIMIT 0"
		if [ "$kind" = VIEW ]; then
			for verb in "DROP VIEW $t" "ALTER VIEW $t OWNER TO lg_$1" "ALTER VIEW $t RENAME TO x"; do
				echo "refused${tab}${verb%% *} $t${tab}$verb"
			done
			continue
		fi
		[ "$table" != audit ] || change=refused
		echo "${change}${tab}UPDATE $t${tab}UPDATE $t SET $column = $column WHERE false"
		echo "${change}${tab}DELETE $t${tab}DELETE FROM $t WHERE false"
		for verb in "TRUNCATE $t" "DROP TABLE $t" "ALTER TABLE $t ADD COLUMN x int" \
			"CREATE TRIGGER x BEFORE INSERT ON $t EXECUTE FUNCTION x()" "ALTER TABLE $t OWNER TO lg_$1"; do
			echo "refused${tab}${verb%% *} $t${tab}$verb"
		done
	done <"$root/tables"
	for schema in $service_roles public; do
		echo "refused${tab}CREATE in $schema${tab}CREATE TABLE $schema.x (i int)"
	done
	for other in $service_roles owner migrate; do
		[ "$other" != "$1" ] || continue
		echo "refused${tab}SET ROLE $other${tab}SET ROLE lg_$other"
		echo "refused${tab}SESSION $other${tab}SET SESSION AUTHORIZATION lg_$other"
		echo "refused${tab}GRANT $other${tab}GRANT lg_$other TO lg_$1"
	done
	while IFS= read -r other; do
		[ -n "$other" ] || continue
		echo "refused${tab}$other${tab}$other"
	done <<-SQL
	$(! grep -q "^$1 audit " "$root/tables" || printf "UPDATE $1.audit SET %s = NULL WHERE false\n" record hash seq p)
	SET ROLE postgres
	CREATE TEMP TABLE x (i int)
	CREATE SCHEMA x
	CREATE ROLE x
	CREATE EXTENSION dblink SCHEMA public
	ALTER ROLE lg_$1 SUPERUSER
	ALTER SYSTEM SET log_statement = 'all'
	SET log_statement = 'all'
	SET session_preload_libraries = 'auto_explain'
	COPY (SELECT 1) TO PROGRAM 'true'
	COPY (SELECT 1) TO '/dev/null'
	SELECT pg_read_file('PG_VERSION')
	SELECT pg_ls_dir('.')
	SELECT rolpassword FROM pg_authid
	SELECT stavalues1 FROM pg_statistic
	SELECT pg_reload_conf()
	SELECT pg_switch_wal()
	SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' OR usename <> current_user
	SQL
}

role_is_alone() { # service
	cells_of "$1" >"$root/cells"
	role_sql <"$root/cells" >"$root/cells.sql"
	PGOPTIONS='-c search_path=' psql -X -q -At "$("$here/deploy/postgres.sh" conninfo "$LG_STATE/db" "$1")" \
		-f "$root/cells.sql" 2>/dev/null | grep -E '^(refused|allowed) ' >"$root/results"
	awk '
		$1 == "refused" && $2 != "42501" { print "not refused:", $0; bad++ }
		$1 == "allowed" && $2 == "42501" { print "not allowed:", $0; bad++ }
		{ seen++ }
		END { exit bad > 0 || seen == 0 }' "$root/results" || return 1
	[ "$(wc -l <"$root/cells")" -eq "$(wc -l <"$root/results")" ] || { echo "not all cells were tried"; return 1; }
	cell_count=$((cell_count + $(wc -l <"$root/results")))
}

tables >"$root/tables"
cell_count=0
for role in $service_roles; do
	check "lg_$role reaches its own rows and nothing else" role_is_alone "$role"
done
echo "  $cell_count cells of role and verb and table, over $(wc -l <"$root/tables") tables"

# the passfile names its role; and its password is no other role's
foreign_passfile() {
	local conninfo
	sed 's/lg_reporting/lg_intake/' "$LG_STATE/db/pass/reporting.pgpass" >"$root/scratch/pgpass"
	for file in "$LG_STATE/db/pass/reporting.pgpass" "$root/scratch/pgpass"; do
		conninfo="host=$LG_STATE/db/socket dbname=lifeguard user=lg_intake passfile=$file"
		! psql -X -w "$conninfo" -c "SELECT 1" 2>&1 || { echo "logged in with $file"; return 1; }
	done
	conninfo="host=$LG_STATE/db/socket dbname=lifeguard user=lg_reporting passfile=$LG_STATE/db/pass/reporting.pgpass"
	psql -X -w "$conninfo" -c "SELECT 1"
}
check "lg_intake cannot log in with reporting's passfile" foreign_passfile

no_owner_login() {
	[ "$(sql -c "SELECT count(*) FROM pg_roles WHERE rolname ~ '^lg_' AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)")" = 0 ] &&
		[ "$(sql -c "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'lg_owner'")" = f ]
}
check "the owner of all tables cannot log in, no role has more than its rows" no_owner_login

others_queries() {
	local seen
	seen=$(psql -X -At "$("$here/deploy/postgres.sh" conninfo "$LG_STATE/db" reporting)" -c \
		"SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user AND query <> '<insufficient privilege>'")
	[ "$seen" = 0 ] || { echo "reporting sees $seen statements of others"; return 1; }
}
check "no role sees another's statements" others_queries
