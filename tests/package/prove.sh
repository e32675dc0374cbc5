# shellcheck shell=bash
# What must be true of the package on a machine of its own.  Sourced by run.sh, which has made the machine
# and knows how to boot it and to ask inside.
sites=(in-sunauli np-bhairahawa)
stores="access intake matching referral notification reporting"
services="bus gateway $stores"

until_true() { # seconds, command...
	local left=$1
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 1
	done
}

apt_inside() {
	inside env DEBIAN_FRONTEND=noninteractive apt-get -qy "$@"
}

refused() { # words that it must say; a command inside that must fail
	local words=$1
	shift
	if inside "$@" >"$root/said" 2>&1; then
		echo "was not refused: $*"
		return 1
	fi
	grep -qE -- "$words" "$root/said" || { cat "$root/said"; return 1; }
}

# --- the package ------------------------------------------------------------------------------------

same_again() {
	local first
	first=$(sha256sum "$(make -s deb | tail -1)") && [ "$first" = "$(sha256sum "$(make -s deb | tail -1)")" ]
}

installs() {
	apt_inside install /root/lifeguard.deb || return 1
	inside dpkg-query -W -f '${Status}\n' lifeguard postgresql | sort | uniq -c | grep -q '2 install ok installed'
}

nothing_runs_yet() {
	[ -z "$(inside systemctl list-units --no-legend 'lg-*' 'lifeguard*')" ] && [ -z "$(inside lifeguard site list)" ]
}

accounts_apart() {
	local service
	for service in $services migrate; do
		inside id -u "lg_$service"
	done | sort -u | wc -l | grep -qx 9
}

whole_files() {
	[ -z "$(inside sh -c 'cd / && md5sum -c --quiet /var/lib/dpkg/info/lifeguard.md5sums 2>&1')" ]
}

# --- sites ------------------------------------------------------------------------------------------

says_what_is_wrong() {
	refused 'number is from 1' lifeguard site create in-sunauli --country IN &&
		refused 'two capital letters' lifeguard site create in-sunauli --number 1 --country india &&
		refused 'begins with a letter' lifeguard site create 'In Sunauli' --number 1 --country IN &&
		refused 'only root' runuser -u nobody -- lifeguard site create in-sunauli --number 1 --country IN &&
		refused 'no site birgunj' lifeguard up birgunj || return 1
	inside systemctl stop postgresql@15-main
	refused 'does not answer.*systemctl start postgresql' lifeguard site create in-sunauli --number 1 --country IN
	local code=$?
	inside systemctl start postgresql@15-main
	[ "$code" -eq 0 ] && [ -z "$(inside lifeguard site list)" ]
}

made() {
	inside lifeguard site create "${sites[0]}" --number 1 --country IN --demo || return 1
	refused 'number 1 is that of in-sunauli' lifeguard site create "${sites[1]}" --number 1 --country NP --demo || return 1
	inside lifeguard site create "${sites[1]}" --number 2 --country NP --demo || return 1
	inside lifeguard site list
}

everything() { # what a site consists of, as digests
	inside sh -c 'find /etc/lifeguard /var/lib/lifeguard -type f -exec sha256sum {} + | sort -k2'
	for site in "${sites[@]}"; do
		inside runuser -u postgres -- psql -XAt "lifeguard-$site" -c "SELECT n.nspname, c.relname, c.relacl FROM pg_class c
			JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname !~ '^pg_' ORDER BY 1, 2" \
			-c "SELECT user_name FROM access.account ORDER BY 1"
	done
}

told_again() {
	everything >"$root/before" && [ "$(wc -l <"$root/before")" -gt 100 ] || { cat "$root/before"; return 1; }
	inside lifeguard site create "${sites[0]}" >/dev/null && inside lifeguard site create "${sites[1]}" --number 2 >/dev/null || return 1
	everything | diff "$root/before" - || return 1
	refused 'has --number 1 already' lifeguard site create "${sites[0]}" --number 7 &&
		refused 'has --database \(none\) already' lifeguard site create "${sites[0]}" --database host=192.0.2.9
}

own_keys_only() {
	local service other
	for service in $services; do
		inside runuser -u "lg_$service" -- cat "/var/lib/lifeguard/${sites[0]}/keys/$service/curve.key" >/dev/null ||
			{ echo "lg_$service cannot read its own key"; return 1; }
		for other in $services root; do
			[ "$other" != "$service" ] || continue
			! inside runuser -u "lg_$service" -- ls "/var/lib/lifeguard/${sites[0]}/keys/$other" 2>/dev/null ||
				{ echo "lg_$service reads the keys of $other"; return 1; }
		done
		! inside runuser -u "lg_$service" -- cat "/var/lib/lifeguard/${sites[0]}/accounts" 2>/dev/null || return 1
	done
}

reads() { # service, schema
	inside runuser -u "lg_$1" -- psql -XAt "dbname=lifeguard-${sites[0]} user=lg_$1" \
		-c "SELECT count(*) FROM $2.partition" >/dev/null 2>&1
}

own_schema_only() {
	local service other
	for service in $stores; do
		reads "$service" "$service" || { echo "lg_$service does not reach its own schema"; return 1; }
		for other in $stores; do
			[ "$other" != "$service" ] || continue
			! reads "$service" "$other" || { echo "lg_$service reads $other"; return 1; }
		done
	done
	# and under another's name it is not let in
	! inside runuser -u lg_bus -- psql -XAt "dbname=lifeguard-${sites[0]} user=lg_intake" -c "SELECT 1" 2>/dev/null
}

start_at_boot() {
	inside systemctl enable --now "lifeguard@$1.target" && inside lifeguard up "$1"
}

# --- walls ------------------------------------------------------------------------------------------

units_verified() {
	local unit list=()
	for unit in $services; do list+=("lg-$unit@${sites[0]}.service"); done
	inside systemd-analyze verify --man=no "${list[@]}" "lifeguard-schema@${sites[0]}.service" "lifeguard@${sites[0]}.target" \
		>"$root/verified" 2>&1 && [ ! -s "$root/verified" ] || { cat "$root/verified"; return 1; }
}

exposure() {
	local service
	for service in $services; do
		inside systemd-analyze security --no-pager --threshold=20 "lg-$service@${sites[0]}.service" >"$root/rated" || return 1
		tail -1 "$root/rated" | sed 's/.*level for //' >>"$root/exposure"
	done
}

pid_of_unit() {
	inside systemctl show -p MainPID --value "$1"
}

no_process_has_power() {
	local service site pid
	for site in "${sites[@]}"; do
		for service in $services; do
			pid=$(pid_of_unit "lg-$service@$site")
			[ "$(inside ps -o user:20= -p "$pid" | tr -d ' ')" = "lg_$service" ] || { echo "$service runs as another"; return 1; }
			inside awk '/^(CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s %s ", $1, $2 } END { print "" }' "/proc/$pid/status"
		done
	done | sort -u >"$root/power"
	echo "CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2 " | diff - "$root/power"
}

# Seen from within: nothing can be written but its own folder of /run, the other site is not there.
sees_its_own_site() {
	local pid
	pid=$(pid_of_unit "lg-intake@${sites[0]}")
	[ "$(inside nsenter -t "$pid" -m ls /var/lib/lifeguard)" = "${sites[0]}" ] || return 1
	inside nsenter -t "$pid" -m touch "/run/lifeguard/${sites[0]}/intake/mark" || return 1
	inside rm "/run/lifeguard/${sites[0]}/intake/mark"
	for place in /etc/lifeguard /usr/bin "/var/lib/lifeguard/${sites[0]}" /var/lib/lifeguard /home; do
		! inside nsenter -t "$pid" -m touch "$place/mark" 2>/dev/null || { echo "$place can be written"; return 1; }
	done
}

# From within a unit's own cgroup: an address that is not of the loopback refuses at once when it is
# reached, for nobody listens there; behind the wall nothing is heard of it.
reaches_others() { # unit
	inside timeout 2 bash -c 'echo $$ >"/sys/fs/cgroup$1/cgroup.procs" && exec 3<>/dev/tcp/198.51.100.7/5432' - \
		"$(inside systemctl show -p ControlGroup --value "$1")" >"$root/reached" 2>&1
	[ $? -ne 124 ] && grep -q refused "$root/reached"
}

others_are_out_of_reach() {
	local service
	inside ip addr add 198.51.100.7/32 dev lo || return 1
	for service in bus gateway notification; do
		reaches_others "lg-$service@${sites[0]}" || { echo "lg-$service does not"; cat "$root/reached"; return 1; }
	done
	for service in access intake matching referral reporting; do
		! reaches_others "lg-$service@${sites[0]}" || { echo "lg-$service does"; return 1; }
	done
}

no_secret_is_seen() {
	inside sh -c "awk '{ print \$2 }' /var/lib/lifeguard/*/accounts" >"$root/secrets"
	[ "$(grep -c ........ "$root/secrets")" -eq 10 ] || { echo "the secrets to look for are missing"; return 1; }
	inside sh -c 'cat /etc/lifeguard/*.conf; ps -eo args; cat /proc/[0-9]*/environ 2>/dev/null | tr "\0" "\n"; journalctl --no-pager
		cat /var/log/postgresql/*' >"$root/seen" 2>/dev/null
	! grep -F -f "$root/secrets" "$root/seen"
}

# --- the line and the work ----------------------------------------------------------------------------

join_sites() {
	inside lifeguard site trust "${sites[0]}" "/var/lib/lifeguard/${sites[1]}/keys/keyring" --yes &&
		inside lifeguard site trust "${sites[1]}" "/var/lib/lifeguard/${sites[0]}/keys/keyring" --yes || return 1
	inside sed -i 's|^; link-listen = .*|link-listen = 2=tcp://127.0.0.1:7801|' "/etc/lifeguard/${sites[0]}.conf"
	inside sed -i 's|^; link-connect = .*|link-connect = 1=tcp://127.0.0.1:7801|' "/etc/lifeguard/${sites[1]}.conf"
	for site in "${sites[@]}"; do
		inside systemctl restart "lifeguard@$site.target" && inside lifeguard up "$site" || return 1
	done
}

lines_up() {
	for site in "${sites[@]}"; do
		inside curl -fs --max-time 2 --unix-socket "/run/lifeguard/$site/bus/health.sock" http://localhost/metrics |
			grep -q '^lifeguard_bus_link_up.* 1$' || return 1
	done
}

# What the stories know of a site: its address, and the accounts of its demo.
know_sites() {
	for site in "${sites[@]}"; do
		inside sh -ec "mkdir -p /root/sites/$site; cp /var/lib/lifeguard/$site/accounts /root/sites/$site/
			lifeguard site list | awk '\$1 == \"$site\" { print \"http://\" \$4 }' >/root/sites/$site/gateway.url" || return 1
	done
}

lifeguard() { # as the operator of the first site
	inside env LIFEGUARD_TOKEN_FILE=/root/token lifeguard "$@"
}

log_in() { # account
	inside sh -c "umask 077; awk '\$1 == \"$1\" { print \$2 }' /var/lib/lifeguard/${sites[0]}/accounts >/root/password" &&
		lifeguard login --user "$1" --password-file /root/password
}

imported() {
	local examples=/usr/share/doc/lifeguard/examples
	lifeguard import interceptions $examples/interceptions.csv --people $examples/people.csv
}

tell() { # story
	inside env LG_SITES_FOLDER=/root/sites LG_BIN=/usr/bin timeout 300 "/usr/share/doc/lifeguard/examples/stories/$1.sh"
}

tell_stories() {
	local story
	for story in "$here"/deploy/sample/stories/[0-9]*.sh; do
		story=$(basename "$story" .sh)
		check "story $story ends as told" tell "$story"
		tail -n 1 "$root/check" | cut -c1-100 | sed 's/^/          /'
	done
}

# --- what happens to machines -------------------------------------------------------------------------

# Totals as this site reports them now; what another run of the same must show.
report() {
	log_in operator >/dev/null 2>&1
	report_by_station
}

same_report() {
	report >"$root/now" 2>/dev/null
	[ -s "$root/reported_before" ] && cmp -s "$root/now" "$root/reported_before"
}

killed_comes_again() {
	local pid
	pid=$(pid_of_unit "lg-intake@${sites[0]}")
	inside sh -c "kill -9 $pid" && sleep 2
	[ "$(pid_of_unit "lg-intake@${sites[0]}")" != "$pid" ] && inside lifeguard up "${sites[0]}" && until_true 30 same_report
}

after_a_boot() {
	power_off
	boot || return 1
	inside lifeguard up "${sites[0]}" && inside lifeguard up "${sites[1]}" && until_true 30 lines_up &&
		until_true 30 same_report
}

# An upgrade is an installation over what runs: new processes, the same site.
after_an_upgrade() {
	local pid
	pid=$(pid_of_unit "lg-reporting@${sites[0]}")
	apt_inside install --reinstall /root/lifeguard.deb || return 1
	[ "$(pid_of_unit "lg-reporting@${sites[0]}")" != "$pid" ] || { echo "the old program runs on"; return 1; }
	inside lifeguard up "${sites[0]}" && until_true 30 same_report
}

after_a_purge() {
	inside sh -c 'find /etc/lifeguard /var/lib/lifeguard -type f -exec sha256sum {} + | sort -k2' >"$root/kept"
	apt_inside purge lifeguard || return 1
	[ -z "$(inside sh -c 'ps -eo comm= | grep ^lg-')" ] || { echo "something runs on"; return 1; }
	! inside sh -c 'command -v lifeguard' || return 1
	inside sh -c 'find /etc/lifeguard /var/lib/lifeguard -type f -exec sha256sum {} + | sort -k2' | diff "$root/kept" - || return 1
	apt_inside install /root/lifeguard.deb && start_at_boot "${sites[0]}" && start_at_boot "${sites[1]}" &&
		until_true 30 same_report
}

# Another server: over TCP, with passwords; here a second cluster of this machine.
with_passwords() {
	inside pg_createcluster 15 second -p 5433 --start >/dev/null || return 1
	inside sh -c "umask 077; p=\$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n'); echo \"*:*:*:postgres:\$p\" >/root/.pgpass
		echo \"ALTER ROLE postgres PASSWORD '\$p'\" | runuser -u postgres -- psql -X -q -p 5433" || return 1
	inside lifeguard site create third --number 3 --country NP --database "host=127.0.0.1 port=5433" || return 1
	inside lifeguard up third || return 1
	inside sh -c 'stat -c "%U %a" /var/lib/lifeguard/third/pass/*' | sort | tee "$root/passes" | grep -vE '^lg_[a-z]+ 600$' && return 1
	[ "$(wc -l <"$root/passes")" -eq 7 ] || { cat "$root/passes"; return 1; }
	[ "$(inside awk '{ print $1 }' /var/lib/lifeguard/third/accounts)" = operator ] || return 1
	refused 'serves a site already' lifeguard site create fourth --number 4 --country NP --database "host=127.0.0.1 port=5433" &&
		! inside lifeguard site list | grep fourth
}

forgotten() {
	refused 'cannot be undone' lifeguard site destroy third || return 1
	inside lifeguard site destroy third --yes || return 1
	! inside sh -c 'ls -d /etc/lifeguard/third* /var/lib/lifeguard/third /etc/systemd/system/*@third*' 2>/dev/null || return 1
	[ "$(inside runuser -u postgres -- psql -XAt -p 5433 -c "SELECT count(*) FROM pg_database WHERE datname ~ 'lifeguard'")" = 0 ] &&
		inside lifeguard up "${sites[0]}"
}

check "the same tree gives the same package" same_again
check "a bare Debian boots with its own systemd" boot
check "apt installs the package and what it needs" installs
check "every installed file is whole" whole_files
check "nothing runs before a site is made" nothing_runs_yet
check "every service has an account of its own" accounts_apart
check "site create says what is wrong and makes nothing" says_what_is_wrong
check "two sites are made" made
check "told again, nothing changes" told_again
check "a service reads its own keys and nobody else's" own_keys_only
check "a service reaches its own schema and no other" own_schema_only
check "the first site starts, now and at every boot" start_at_boot "${sites[0]}"
check "the second site as well" start_at_boot "${sites[1]}"
check "systemd finds nothing wrong with the units" units_verified
check "systemd rates every unit below 2.0" exposure
sed 's/^/          /' "$root/exposure"
check "no process has a capability or a way to one" no_process_has_power
check "a service sees its own site and can write nothing of it" sees_its_own_site
check "only bus, gateway and notification reach another address than the loopback's" others_are_out_of_reach
check "each trusts the other, the line between them is up" join_sites
check "the buses say so" until_true 30 lines_up
check "an operator logs in" log_in operator
check "the sample is imported" imported
forms=$here/deploy/sample/interceptions.csv people=$here/deploy/sample/people.csv
check "totals by station equal those counted from the files" totals_agree "$forms" "$people"
check "the stories know the sites" know_sites
tell_stories
check "no password in a setting, an argument, an environment or a log" no_secret_is_seen
report >"$root/reported_before"
check "what is killed is started again" killed_comes_again
check "after a boot both sites are there, with all they knew" after_a_boot
check "after an upgrade the new programs run" after_an_upgrade
check "purged and installed again, nothing is lost" after_a_purge
check "a site with a server elsewhere has passwords, each its reader's own" with_passwords
check "only destroy forgets a site, and that one alone" forgotten
finish package
