#!/bin/bash
# The rules of the durable protocol, every state of small worlds: tests/model/run.py [STATES].
set -u
cd "$(dirname "$0")" || exit 1
PYTHONDONTWRITEBYTECODE=1 exec python3 run.py "${1:-${STATES:-25000}}"
