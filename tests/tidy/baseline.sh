#!/bin/bash
# What others rely on in proto/: each field, enum value and message type by its number.  proto/baseline.txt
# is that list as it was last recorded; sites run different versions, and what one wrote must be read by
# another for years.
#
#   tests/tidy/baseline.sh broken     what is in the list and is so no more (file:line: what)
#   tests/tidy/baseline.sh new        what is in no list yet
#   tests/tidy/baseline.sh record     writes what is new into the list; refuses while something is broken
#
# Runs in the tree that it stands in.  A field may go when its number is reserved.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
list=proto/baseline.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

now() {
	protoc -I. --descriptor_set_out="$scratch/set" proto/*.proto
	protoc --decode=google.protobuf.FileDescriptorSet -I"$here" "$here/descriptor.proto" <"$scratch/set" |
		awk -f "$here/descriptor.awk"
	[ ! -e proto/registry.txt ] ||
		awk '$1 ~ /^[0-9]+$/ { print "type", "registry", $1, $6, $2 "/" $3, $7, "proto/registry.txt" }' proto/registry.txt
}

broken() {
	awk -v list="$list" '
		FILENAME != list {
			is[$1 " " $2 " " $3] = $4 " " $5 " " $6
			if ($1 == "reserved") reserved[$2 " " $3] = 1
			next
		}
		/^#/ || NF == 0 { next }
		{
			key = $1 " " $2 " " $3
			was = $4 " " $5 " " $6
			what = list ":" FNR ":" $1 " " $2 " " $3 " " $4
			if (key in is) {
				if (is[key] != was) print what ": was " $4 " " $5 " " $6 ", is " is[key]
			} else if (!(($1 == "field" || $1 == "value") && (($2 " " $3) in reserved)))
				print what ": is gone" ($1 == "field" ? " (its number is not reserved)" : "")
		}' "$scratch/now" "$list"
}

new() {
	awk -v list="$list" '
		FILENAME == list { known[$1 " " $2 " " $3] = 1; next }
		!(($1 " " $2 " " $3) in known) { print $7 ":1:" $1 " " $2 " " $3 " " $4 }' "$list" "$scratch/now"
}

record() {
	local breach
	if [ -e "$list" ] && breach=$(broken) && [ -n "$breach" ]; then
		printf '%s\n' "$breach" "nothing was recorded: others rely on these" >&2
		exit 1
	fi
	{
		echo "# What others rely on (tests/tidy/baseline.sh): kind, owner, number, name, type, label."
		echo "# Written by make proto-baseline; lint fails when a line is so no more."
		cut -d' ' -f1-6 "$scratch/now"
	} >"$scratch/list"
	mv "$scratch/list" "$list"
}

now | LC_ALL=C sort -k1,1 -k2,2 -k3,3n >"$scratch/now"
case ${1:-} in
broken) broken ;;
new) new ;;
record) record ;;
*) sed -n '6,8s/^# *//p' "$0" >&2; exit 2 ;;
esac
