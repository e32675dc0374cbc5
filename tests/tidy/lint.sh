#!/bin/bash
# What `make lint` runs: format, the house rules (and that they catch what they should), clang-tidy on
# what changed, READMEs' tables against what the programs print.
set -u
cd "$(dirname "$0")/../.."
failed=0

step() { # name, command
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then
		echo "  ok      $name"
	else
		failed=1
		echo "  FAILED  $name"
		tail -30 <<<"$output"
	fi
}

# each file is looked at again only when it has changed
format() {
	local stamps=build/lint/format file
	mkdir -p "$stamps"
	git ls-files '*.c' '*.h' | while read -r file; do
		local stamp=$stamps/${file//\//_}
		[ ! "$stamp" -nt "$file" ] || continue
		clang-format --dry-run --Werror "$file" || exit 1
		touch "$stamp"
	done
}

# the analyser, on what changed since it was last content
analyse() {
	local stamps=build/lint/clang-tidy
	mkdir -p "$stamps"
	git ls-files 'common/*.c' 'services/*.c' | grep -v '_test\.c$' | while read -r file; do
		[ "$stamps/${file//\//_}" -nt "$file" ] || echo "$file"
	done | xargs -r -P2 -n1 sh -c '
		clang-tidy --quiet "$1" -- -std=c17 -D_GNU_SOURCE -I. -isystem build/gen \
			-isystem /usr/include/postgresql 2>/dev/null || exit 1
		touch "build/lint/clang-tidy/$(echo "$1" | tr / _)"' -
}

# the table between the markers is what the program prints
states() { # service
	diff <(sed -n '/^<!-- states -->$/,/^<!-- \/states -->$/p' "services/$1/README.md" | sed '1d;$d' | sed '/^$/d') \
		<("build/bin/lg-$1" --states | sed '/^$/d')
}

step "format" format
step "clang agrees with gcc" make -s -j2 CC=clang BUILD=build/clang all
step "clang-tidy" analyse
step "openapi.yaml is YAML" python3 -c "import yaml; yaml.safe_load(open('services/gateway/openapi.yaml'))"
step "house rules" tests/tidy/run.sh
step "house rules are caught when broken" tests/tidy/self_test.sh
for readme in services/*/README.md; do
	service=$(basename "$(dirname "$readme")")
	if grep -q '^<!-- states -->$' "$readme"; then
		step "states in services/$service/README.md" states "$service"
	fi
done
exit $failed
