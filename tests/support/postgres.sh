#!/bin/bash
# A private PostgreSQL that lives as long as the standard input of this script: a test holds a
# pipe, and however it ends, the server and its folder go with it.  Prints the folder once
# it runs; `deploy/postgres.sh conninfo FOLDER NAME` tells how to connect.
set -euo pipefail
script=$(cd "$(dirname "$0")/../../deploy" && pwd)/postgres.sh
dir=$(mktemp -d)
trap '"$script" destroy "$dir"' EXIT
"$script" init "$dir"
"$script" start "$dir"
echo "$dir"
cat >/dev/null
