#!/bin/bash
# Goal: whatever is wrong with a request or a command line is refused, clearly, and loses nothing.
# Method: a site of real processes; refusals.py asks every route of openapi.yaml for what must be refused
# and compares the tables before and after; refusals.tsv does the same with every verb of the command.
source "$(dirname "$0")/../support/site.sh"

python=/usr/bin/python3
if ! "$python" -c 'import yaml, jsonschema' 2>/dev/null; then
	echo "refusals: 0 passed, 0 failed, 1 skipped (python3-yaml and python3-jsonschema are not there)"
	exit 0
fi
site_make refusals
if ! site_up; then
	echo "refusals: 0 passed, 1 failed (the site did not come up)"
	exit 1
fi
"$python" "$here/tests/journey/refusals.py" "$LIFEGUARD_GATEWAY" "$LG_STATE/accounts" \
	"$LG_BIN/lifeguard" "$here/deploy/postgres.sh" psql "$LG_STATE/db" -At
