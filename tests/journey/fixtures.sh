#!/bin/bash
# Goal: openapi.yaml tells the truth, and what a client is built on stays as it is.
# Method: a site of real processes; fixtures.py asks every route, holds status, content type and names
# against openapi.yaml and against tests/fixtures/api.  --write makes those anew.
source "$(dirname "$0")/../support/site.sh"

python=/usr/bin/python3
if ! "$python" -c 'import yaml, jsonschema' 2>/dev/null; then
	echo "fixtures: 0 passed, 0 failed, 1 skipped (python3-yaml and python3-jsonschema are not there)"
	exit 0
fi
site_make fixtures
if ! site_up; then
	echo "fixtures: 0 passed, 1 failed (the site did not come up)"
	exit 1
fi
"$python" "$here/tests/journey/fixtures.py" "$LIFEGUARD_GATEWAY" "$LG_STATE/accounts" "$@"
