# Three PostgreSQL nodes that Patroni and etcd keep together, each in a network namespace of its own.
# Sourced by run.sh, inside namespaces of network, mounts and processes that end with it: nothing of
# it is seen outside, and nothing is left.  `root` is the folder.
nodes=(1 2 3)
binaries=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
etcd=$(PATH=$here/build/tools/usr/bin:$PATH command -v etcd)

address() { # node
	echo "10.99.0.1$1"
}

# Addresses are known beforehand: to a node whose line is cut nobody says "no route", packets vanish,
# as they do behind routers.
make_network() {
	local node mac
	mkdir -p /run/netns
	mount -t tmpfs tmpfs /run/netns
	ip link set lo up
	ip link add lg0 type bridge
	ip addr add 10.99.0.1/24 dev lg0
	ip link set lg0 up
	for node in "${nodes[@]}"; do
		mac=02:00:00:00:00:1$node
		ip netns add "node$node"
		ip link add "v$node" type veth peer name eth0 netns "node$node" address "$mac"
		ip link set "v$node" master lg0 up
		ip -n "node$node" addr add "$(address "$node")/24" dev eth0
		ip -n "node$node" link set eth0 up
		ip -n "node$node" link set lo up
		ip neigh add "$(address "$node")" lladdr "$mac" nud permanent dev lg0
	done
}

on() { # node, command...
	local node=$1
	shift
	(cd / && exec ip netns exec "node$node" runuser -u postgres -- "$@")
}

# The line of a node is cut, or whole again.
line_of() { # node, up or down
	ip link set "v$1" "$2"
}

members() { # etcd's, as each of them is told
	local node
	for node in "${nodes[@]}"; do printf '%snode%s=http://%s:2380' "${comma:-}" "$node" "$(address "$node")" && local comma=,; done
}

start_etcd() { # node
	local here_at
	here_at=http://$(address "$1")
	on "$1" env ETCD_UNSUPPORTED_ARCH="$(dpkg --print-architecture)" "$etcd" --name "node$1" --data-dir "$root/etcd$1" --log-level error \
		--listen-peer-urls "$here_at:2380" --initial-advertise-peer-urls "$here_at:2380" \
		--listen-client-urls "$here_at:2379" --advertise-client-urls "$here_at:2379" \
		--initial-cluster "$(members)" --initial-cluster-state new >"$root/etcd$1.log" 2>&1 &
}

# ttl 10 is the least that Patroni's own pauses allow; strict: no synchronous standby, no commit.
write_config() { # node
	local at
	at=$(address "$1")
	cat >"$root/node$1.yml" <<-YAML
	scope: lifeguard
	name: node$1
	restapi: { listen: "$at:8008", connect_address: "$at:8008" }
	etcd3: { hosts: "$(address 1):2379,$(address 2):2379,$(address 3):2379" }
	bootstrap:
	  dcs:
	    ttl: 10
	    loop_wait: 2
	    retry_timeout: 3
	    synchronous_mode: true
	    synchronous_mode_strict: true
	    postgresql:
	      use_pg_rewind: true
	      use_slots: true
	      parameters: { max_connections: 100, wal_log_hints: "on", wal_keep_size: 256MB }
	  initdb: [ { encoding: UTF8 }, { locale: C.UTF-8 }, data-checksums ]
	postgresql:
	  listen: "$at:5432"
	  connect_address: "$at:5432"
	  data_dir: $root/data$1
	  bin_dir: $binaries
	  pgpass: $root/socket$1/pgpass
	  authentication:
	    superuser: { username: postgres, password: $password }
	    replication: { username: replicator, password: $password }
	  parameters:
	    unix_socket_directories: $root/socket$1
	    shared_buffers: 64MB
	    synchronous_commit: "on"
	    wal_retrieve_retry_interval: 500ms # else the other standby follows the new primary after 5 s
	    wal_receiver_timeout: 6s
	    wal_sender_timeout: 6s
	    tcp_keepalives_idle: 2
	    tcp_keepalives_interval: 1
	    tcp_keepalives_count: 3
	    tcp_user_timeout: 4000
	  pg_hba:
	    - local all all scram-sha-256
	    - host all all 10.99.0.0/24 scram-sha-256
	    - host replication replicator 10.99.0.0/24 scram-sha-256
	YAML
	chown postgres "$root/node$1.yml"
}

# As its unit has it (Restart=on-failure): it gives up where it meets no etcd at its start, as behind a
# line that has just come up.
start_node() { # node
	local run=$SRANDOM # one that was killed a moment ago and started anew must not be started twice
	echo "$run" >"$root/runs$1"
	while [ "$(cat "$root/runs$1" 2>/dev/null)" = "$run" ]; do
		on "$1" patroni "$root/node$1.yml"
		sleep 1
	done >>"$root/patroni$1.log" 2>&1 &
}

start_cluster() {
	local node
	password=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
	for node in "${nodes[@]}"; do
		mkdir "$root/data$node" "$root/socket$node" "$root/etcd$node"
		chmod 700 "$root/data$node"
		chown postgres "$root/data$node" "$root/socket$node" "$root/etcd$node"
		write_config "$node"
		start_etcd "$node"
	done
	sleep 2
	for node in "${nodes[@]}"; do start_node "$node"; done
	is_whole_soon 90
}

# --- what stands -------------------------------------------------------------------------------

answers() { # node, path: of Patroni's own door
	curl -fs -o /dev/null --max-time 1 "http://$(address "$1"):8008/$2"
}

primary_node() {
	local node
	for node in "${nodes[@]}"; do
		! answers "$node" primary || { echo "$node"; return 0; }
	done
	return 1
}

# one primary, a synchronous standby, and a third that follows
is_whole() {
	local node primaries=0 synchronous=0 following=0
	for node in "${nodes[@]}"; do
		! answers "$node" primary || primaries=$((primaries + 1))
		! answers "$node" synchronous || synchronous=$((synchronous + 1))
		! answers "$node" replica || following=$((following + 1))
	done
	[ "$primaries $synchronous $following" = "1 1 2" ]
}

is_whole_soon() { # seconds
	for _ in $(seq $(($1 * 2))); do
		! is_whole || return 0
		sleep 0.5
	done
	curl -s --max-time 1 "http://$(address 1):8008/cluster"
	return 1
}

# --- what is done to it --------------------------------------------------------------------------

# Patroni and PostgreSQL of a node end as with the power; its etcd stays.
kill_node() { # node
	local pid
	rm -f "$root/runs$1"
	for pid in $(ip netns pids "node$1"); do
		grep -qa "$etcd" "/proc/$pid/cmdline" 2>/dev/null || kill -9 "$pid" 2>/dev/null
	done
}

administrator() { # psql's words
	PGPASSWORD=$password "$binaries/psql" -X -q -v ON_ERROR_STOP=1 -At \
		-d "host=$(address 1),$(address 2),$(address 3) user=postgres dbname=${database:-lifeguard} target_session_attrs=read-write connect_timeout=3" "$@"
}
