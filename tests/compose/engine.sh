#!/bin/bash
# A container engine of our own, for as long as one command runs.
#
#   engine.sh FOLDER NETWORK COMMAND...
#
# FOLDER keeps its images and its logs.  NETWORK is `shared` (this machine's, without networks of its
# own: for building) or `own` (one that leads nowhere: for running).  It lives in namespaces of its
# own, so no other engine, firewall rule or network of this machine is touched, and whatever it
# started ends with it.
set -euo pipefail

folder=${1:?a folder} network=${2:?shared or own}
if [ "${LG_ENGINE:-}" != inside ]; then
	exec 9>"$folder/lock"
	flock -n 9 || {
		echo "engine: another one uses $folder" >&2
		exit 1
	}
	own=()
	[ "$network" = shared ] || own=(--net)
	LG_ENGINE=inside unshare --mount --pid --fork --kill-child --mount-proc "${own[@]}" "$0" "$@" &
	inside=$!
	# unshare itself hears no SIGTERM; when it dies, all that is inside does
	trap 'kill -KILL "$inside" 2>/dev/null || true' EXIT
	trap 'exit 130' INT TERM
	code=0
	wait "$inside" || code=$?
	exit "$code"
fi
shift 2

mount -t tmpfs tmpfs /run # sockets of other engines are not seen
export DOCKER_HOST=unix:///run/engine.sock
words=(--data-root "$folder/engine" --exec-root /run/engine --pidfile /run/engine.pid
	--host "$DOCKER_HOST")
if [ "$network" = shared ]; then
	words+=(--bridge none --iptables=false --ip-forward=false)
else
	ip link set lo up
fi
dockerd "${words[@]}" >"$folder/engine-$network.log" 2>&1 &
engine=$!
for _ in $(seq 300); do
	! docker version >/dev/null 2>&1 || break
	kill -0 "$engine" 2>/dev/null || break
	sleep 0.2
done
docker version >/dev/null 2>&1 || {
	tail -20 "$folder/engine-$network.log" >&2
	echo "engine: it does not start: see above" >&2
	exit 1
}
code=0
"$@" || code=$?
kill "$engine"
wait "$engine" || true
exit "$code"
