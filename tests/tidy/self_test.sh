#!/bin/bash
# Goal: each rule of run.sh catches what it is for, where it is, and nothing else.
# Method: many files with one breach each, and files that only look like one, are planted in a small
# good tree.  One run must print exactly the breaches that were announced.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT
passed=0 failed=0 planted=0
expected=() # file:line: rule

good_tree() {
	rm -rf "${tree:?}"/*
	expected=()
	mkdir -p "$tree"/{proto,common/{base,stream,db,run,protect},services/{intake/domain,referral}}
	printf 'all:\n' >"$tree/Makefile"
	cat >"$tree/common/base/status.h" <<-'END'
		/* What became of an attempt. */
		#ifndef STATUS_H
		#define STATUS_H
		struct lg_status {
		          int outcome;
		};

		/* Whether it is done. */
		int lg_is_done(struct lg_status status);
		#endif
	END
	cat >"$tree/common/protect/reader.h" <<-'END'
		/* Who reads. */
		#ifndef READER_H
		#define READER_H
		struct lg_reader {
		          int seal;
		};

		/* A person. */
		int lg_reader_person(struct lg_reader *ret_reader);

		/* A machine. */
		int lg_reader_machine(struct lg_reader *ret_reader);
		#endif
	END
	cat >"$tree/proto/registry.txt" <<-'END'
		1101 command care gateway intake Tell intake
	END
	cat >"$tree/proto/intake.proto" <<-'END'
		/* Intake. */
		syntax = "proto3";
		package lifeguard.intake;

		/* Said. */
		enum Said {
		  SAID_UNSPECIFIED = 0;
		  YES = 1;
		}

		/* Told. */
		message Told {
		  string station = 1; /* clear: code */
		  oneof age { uint32 age_years = 2; } /* absent: nobody could tell */
		}

		/*
		 * A command travels sealed whole.
		 */
		message Tell {
		  string name = 1;
		}
	END
}

# Writes a file; in its path and text @ becomes a name that no other file has, so that each is
# alone in its service.  Without @ the path's own name is made unique: a.c, a2.c.
plant() { # file; its text as printf takes it
	local text=$2 stem=${1%.*}
	planted=$((planted + 1))
	file=${1//@/unit$planted}
	[ "$file" = "$1" ] && [ -e "$tree/$1" ] && file=$stem$planted.${1##*.}
	mkdir -p "$(dirname "$tree/$file")"
	printf -- "${text//@/unit$planted}" >"$tree/$file"
}

caught() { # file line rule text
	plant "$1" "$4"
	expected+=("$file:$2: $3")
}

fine() { # file text
	plant "$1" "$2"
}

# Runs over what was planted: each announced breach is a test, and so is that there is no other.
judge() { # what is judged; yes: with headers compiled
	local output line count
	output=$(TIDY_HEADERS=$2 "$here/run.sh" "$tree")
	for line in "${expected[@]}"; do
		count=$(grep -cF "$line: " <<<"$output")
		if [ "$count" -eq 1 ]; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "$1: caught $count times: $line"
		fi
	done
	# what is left when the announced lines are taken away is a false alarm
	output=$(grep -vF "$(printf '%s: \n' "${expected[@]:-tidy: }")" <<<"$output" | grep -v '^tidy: [0-9]* passed')
	if [ -z "$output" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s: caught, but fine:\n%s\n' "$1" "$output"
	fi
	good_tree
}

times() { # text count
	local i
	for ((i = 0; i < $2; i++)); do printf '%s' "$1"; done
}

good_tree

# --- walls
up='an include looks up, out of common'
fine common/run/a.c '#include "common/base/id.h"\n#include "common/db/pg.h"\n'
caught common/base/up.c 1 "$up" '#include "common/stream/stream.h"\n'
caught common/stream/a.c 2 "$up" '\n#include "common/link/link.h"\n'
expected+=("$file:2: a pure file includes the world")
caught common/db/a.c 1 "$up" '#include "common/link/link.h"\n'
caught common/db/a.c 1 "$up" '  #  include "common/run/batch.h" /* why */\n'
caught common/protect/a.h 1 "$up" '#include "common/db/pg.h"\n'
caught common/base/a.h 1 "$up" '#include "proto/intake.pb-c.h"\n'
caught common/db/a.c 1 "$up" '#include "tests/support/private.h"\n'
fine common/db/a_test.c '#include "tests/support/private.h"\n'
caught common/run/a.c 1 "$up" '#include "services/intake/store.h"\n'
expected+=("$file:1: a service looks into another")
other='a service looks into another'
caught services/@/a.c 1 "$other" '#include "services/referral/store.h"\n'
caught services/@/a.c 1 "$other" '#include "../referral/store.h"\n'
fine services/@/a.c '#include "domain/case_file.h"\n#include "services/@/store.h"\n'

# --- includes in their order
order='an include out of order'
fine services/owner/own.h '/* x */\n'
fine services/owner/own.c '#include "services/owner/own.h"\n\n#include <math.h>\n#include <time.h>\n\n#include <cmocka.h>\n\n#include "common/base/id.h"\n#include "proto/a.pb-c.h"\n'
caught services/@/a.c 2 "$order" '#include <time.h>\n#include <math.h>\n'
caught services/@/a.c 2 "$order" '#include "common/db/pg.h"\n#include "common/base/id.h"\n'
caught services/@/a.c 2 "$order" '#include <time.h>\n#include <time.h>\n'
caught services/@/a.c 2 "$order" '#include <time.h>\n#include "common/base/id.h"\n'
caught services/@/a.c 4 "$order" '#include <math.h>\n\n#include "common/base/id.h"\n#include <time.h>\n'
fine services/@/store_a.c '#include "services/@/store.h"\n\n#include <time.h>\n\n#include "common/base/id.h"\n'
fine services/owner/a.h '/* x */\n'
caught services/owner/a.c 1 "$order" '#include <time.h>\n\n#include "services/owner/a.h"\n'
caught services/owner/a_test.c 1 "$order" '#include <time.h>\n\n#include "services/owner/a.h"\n'
caught services/owner/b.c 1 "$order" '#include "a.h"\n'
fine services/owner/domain/b.h '/* x */\n'
caught services/owner/c.c 1 "$order" '#include "domain/b.h"\n'

# --- pure by place
world='a pure file includes the world'
for include in '<time.h>' '<stdio.h>' '<sys/socket.h>' '<libpq-fe.h>' '<uv.h>' '<zmq.h>' '<sodium.h>' '<unistd.h>'; do
	caught services/@/domain/a.c 1 "$world" "#include $include\n"
	caught common/stream/a.c 1 "$world" "#include $include\n"
done
caught common/base/id.c 1 "$world" '#include <time.h>\n'
caught services/@/domain/a.c 1 "$world" '#include "common/base/log.h"\n'
caught services/@/domain/a.c 1 "$world" '#include "common/db/pg.h"\n'
caught services/@/domain/a.c 1 "$world" '#include "services/@/store.h"\n'
caught services/matching/engine/a.c 1 "$world" '#include <uv.h>\n'
fine services/@/on_case.c '#include <time.h>\n\n#include "common/base/log.h"\n'
fine services/@/domain/a_test.c '#include <stdio.h>\n'
fine common/base/log.c '#include <time.h>\n#include <unistd.h>\n'
fine common/base/csv.h '#include <stdio.h>\n'
caught common/stream/a.c 2 'a pure file asks the world' '\nint x(void) { return time(NULL); }\n'
caught services/@/domain/a.c 1 'a pure file takes memory itself' 'int x(void) { return malloc (1) != 0; }\n'
caught services/@/domain/a.c 1 'a pure file logs' 'int x(void) { lg_warn("x"); return 1; }\n'
fine services/@/domain/a.c '/* malloc(1), time(NULL)\n * lg_warn("x") */\nint runtime(int n) { return n; } // rand()\n'

# --- SQL and keys
sql='SQL outside of a store'
caught services/@/on_case.c 1 "$sql" 'const char *x(void) { return "SELECT state FROM referral"; }\n'
caught common/run/a.c 1 "$sql" 'const char *x(void) { return "UPDATE referral SET a = 1"; }\n'
caught services/@/domain/a.c 1 "$sql" 'const char *x(void) { return "INSERT INTO a VALUES (1)"; }\n'
caught services/@/main.c 1 "$sql" 'const char *x(void) { return "CREATE TABLE a (b int)"; }\n'
fine services/@/store_person.c 'const char *x(void) { return "SELECT state FROM referral"; }\n'
fine common/db/a.c 'const char *x(void) { return "DELETE FROM outbox"; }\n'
fine services/@/on_case.c '/* "SELECT state FROM referral" */\nconst char *x(void) { return "Select a case"; }\n'
caught common/run/a.c 1 'libpq is asked outside of a store' 'int x(void *c) { return PQexec(c, "x") != 0; }\n'
fine common/run/a.c 'int x(void *r) { return PQntuples(r) + PQgetlength(r, 0, 0); }\n'
caught services/@/store.c 1 'SELECT *' 'const char *x(void) { return "SELECT * FROM a"; }\n'
caught common/db/schema/001.sql 2 'SELECT *' '-- x\nCREATE VIEW a AS select b.* FROM b;\n'
fine services/@/store.c 'const char *x(void) { return "SELECT count(*) FROM a"; }\n'
fine services/@/store.c 'const char *x(void) { return "SELECT * FROM unnest($1, $2)"; }\n'
caught common/protect/grant.c 1 'an AEAD outside of seal.c' 'int x(void) { return crypto_aead_xchacha20poly1305_ietf_encrypt(0); }\n'
caught services/@/store.c 1 'an AEAD outside of seal.c' 'int x(void) { return crypto_secretbox_easy(0); }\n'
fine common/protect/seal.c 'int x(void) { return crypto_aead_xchacha20poly1305_ietf_encrypt(0); }\n'
reader='another constructor of struct lg_reader'
caught services/@/a.c 1 "$reader" 'void x(void) { y((struct lg_reader){ .seal = 1 }); }\n'
caught services/@/a.c 1 "$reader" 'void x(void) { struct lg_reader r = { .seal = 1 }; }\n'
caught services/@/a.c 1 "$reader" 'void x(struct lg_reader *ret_reader) { }\n'
caught services/@/a.c 1 "$reader" 'void x(void) { memcpy(a, b, sizeof(struct lg_reader)); }\n'
caught common/protect/seal.h 2 "$reader" '/* X. */\nint lg_reader_other(struct lg_reader *ret_reader);\n'
fine services/@/a.c 'void x(const struct lg_reader *r, int *n) { struct lg_reader mine; lg_reader_person(&mine); }\n'
fine common/protect/seal_test.c 'void x(void) { struct lg_reader forged = { .seal = 1 }; }\n'
judge 'walls and keys' no
printf '\n/* A third. */\nint lg_reader_third(struct lg_reader *ret_reader);\n' >>"$tree/common/protect/reader.h"
expected+=("common/protect/reader.h:16: $reader")
judge 'a third constructor' no

# --- size and names
caught services/@/a.c 501 'a file above 500 lines' "/* x */$(times '\n' 501)"
fine services/@/a.c "/* x */$(times '\n' 500)"
caught services/@/a.c 2 'a function above 60 lines' "int x(void)\n{\n$(times ';\n' 61)}\n"
fine services/@/a.c "int x(void)\n{\n$(times ';\n' 60)}\n"
judge 'lengths' no
for i in $(seq 15); do echo '/* x */' >"$tree/common/base/unit$i.c"; done # with status.h: 16
echo '/* x */' | tee "$tree/common/base/unit1.h" >"$tree/common/base/unit1_test.c"
for i in $(seq 16); do echo '/* x */' >"$tree/common/db/unit$i.c"; done
echo '/* x */' >"$tree/common/db/unit17.c"
expected+=("common/db:1: a room above 16 units")
judge 'rooms' no
for name in util helper misc manager core types; do
	caught "services/@/$name.c" 1 'a name that says nothing' '/* x */\n'
done

# --- words
for call in 'strcpy(a, b)' 'sprintf (a, b)' 'atoi(a)' 'strtok(a, b)' 'strcat(a, b)'; do
	caught services/@/a.c 3 'a function without bounds' "\n\nvoid x(void) { $call; }\n"
done
fine services/@/a.c '/* strcpy(a, b) */\nvoid x(void) { snprintf(a, 1, "atoi(x) \\" strcpy(a)"); my_atoi(1); }\n'
caught services/@/a.c 1 'goto elsewhere than out' 'void x(void) { goto again; }\n'
fine services/@/a.c 'void x(void) { goto out; }\n'
caught services/@/a.c 1 'TODO' '/* TODO: later */\n'
gone='a text names a file that is not there'
caught services/@/a.c 1 "$gone" '/* As common/base/gone.c has it. */\n'
caught services/@/README.md 2 "$gone" '# It\nDecided in `domain/gone.c`, a pure file.\n'
caught services/@/README.md 1 'a target that is not in the Makefile' 'Run `make all` and `make bench`.\n'
fine services/@/README.md 'See base/status.h, common/base and common/base/status (proto/*.proto).\n'
fine services/@/a.c '/* common/base/status.h; common/base/status; proto/intake.pb-c.h */\n'
state='state that everybody may change'
caught services/@/a.c 1 "$state" 'static int count;\n'
caught services/@/a.c 1 "$state" 'static struct cache *cache = NULL;\n'
caught services/@/a.c 1 "$state" 'int table[4];\n'
caught services/@/a.c 1 "$state" 'static const char *name;\n'
fine services/@/a.c 'static const int count = 1;\nconst char *const names[] = { "a" };\nstatic const struct row rows[] = {\n};\nstatic const struct a *const b = 0;\nextern int z;\nstruct x;\n'
fine services/@/a_test.c 'static int count;\n'
caught services/@/a.c 1 'a path of one machine' 'const char *x(void) { return "/'tmp'/x"; }\n'
caught services/@/README.md 2 'a path of one machine' '\nsee /''work/x\n'
fine services/@/a.c '/* under /''tmp/ */\nconst char *x(void) { return "/var/lib/lifeguard"; }\n'
caught services/@/a.c 1 'a host in a program' 'const char *x(void) { return "https://lifeguard.example"; }\n'
fine services/@/a.c 'const char *x(void) { return "http://127.0.0.1:8080"; }\n'

# --- headers
sentence='a function without a sentence'
caught services/@/a.h 3 "$sentence" '/* A. */\n\nint x(void);\n'
caught services/@/a.h 4 "$sentence" '/* A. */\nint x(void);\n\nint y(struct a *a,\n\tint b);\n'
caught services/@/a.h 3 "$sentence" '#define A 1\n\nstruct lg_status *y(int b);\n'
fine services/@/a.h '/* A. */\nint x(void);\nint y(int a,\n\tint b);\nint z(void);\n'
fine services/@/a.h '/*\n * A.\n */\nLG_MUST_CHECK struct lg_status x(\n\tint (*answer)(void), int b);\n'
fine services/@/a.h 'int x(void); /* behind it */\n'
fine services/@/a.h '/* A cache. */\nstruct cache;\n\nstruct cache *cache_new(void);\n'
fine services/@/a.h '/* A. */\nstruct a {\n\tint (*f)(int);\n};\nint x(void);\n'
fine services/@/a.h 'static inline int x(int a)\n{\n\treturn f(a);\n}\n#define X(a) \\\n\tf(a)\n'
judge 'sizes, words and sentences' no
caught common/db/a.h 1 'a header that does not compile alone' 'struct a { uint8_t b; };\n'
fine common/db/a.h '#include <stdint.h>\n\n#include "proto/intake.pb-c.h"\nstruct a { uint8_t b; };\n'
judge 'headers' yes

# --- .proto
caught proto/a.proto 3 'a message without a comment' 'syntax = "proto3";\n\nmessage A {\n  bytes b = 1; /* c */\n}\n'
caught proto/a.proto 4 'a message without a comment' '/* A. */\nmessage A {\n  bytes b = 1; /* c */\n  message B {\n  }\n}\n'
clear='text in the clear without saying so (clear:)'
caught proto/a.proto 3 "$clear" '/* A. */\nmessage A {\n  string b = 1; /* a name */\n}\n'
caught proto/a.proto 3 "$clear" '/* A. */\nmessage A {\n  repeated string b = 1;\n}\n'
caught proto/a.proto 3 "$clear" '/* A. */\nmessage A {\n  oneof c { string b = 1; }\n}\n'
fine proto/content.proto '/* A. */\nmessage A {\n  string name = 1;\n}\n'
types='float, double, optional or map'
caught proto/a.proto 3 "$types" '/* A. */\nmessage A {\n  float b = 1;\n}\n'
caught proto/a.proto 3 "$types" '/* A. */\nmessage A {\n  repeated double b = 1;\n}\n'
caught proto/a.proto 3 "$types" '/* A. */\nmessage A {\n  optional uint32 b = 1;\n}\n'
caught proto/a.proto 3 "$types" '/* A. */\nmessage A {\n  map<uint32, uint32> b = 1;\n}\n'
fine proto/a.proto '/* A float is optional. */\nmessage A {\n  uint32 b = 1; /* no float */\n}\n'
zero='an enum whose zero is not UNSPECIFIED'
caught proto/a.proto 3 "$zero" '/* A. */\nenum A {\n  FIRST = 0;\n}\n'
caught proto/a.proto 3 "$zero" '/* A. */\nenum A {\n  A_UNSPECIFIED = 1;\n}\n'
judge 'proto' no

# --- contracts that others rely on
relied() { # a tree of contracts, and the list of them
	cat >"$tree/proto/intake.proto" <<-'END'
		/* Intake. */
		syntax = "proto3";
		package lifeguard.intake;

		/* Said. */
		enum Said {
		  SAID_UNSPECIFIED = 0;
		  YES = 1;
		  NO = 2;
		}

		/* Told. */
		message Told {
		  bytes station = 1;
		  uint32 count = 2;
		  repeated bytes ids = 3;
		  oneof age { uint32 age_years = 4; } /* absent: nobody could tell */
		  reserved 7;
		}

		/* A command travels sealed whole. */
		message Tell {
		  string name = 1;
		}
	END
	(cd "$tree" && rm -f proto/baseline.txt && "$here/baseline.sh" record)
}
breach() { # line of the list, or nothing; sed's words
	local output
	relied
	planted=$((planted + 1))
	sed -i "$2" "$tree/proto/intake.proto" "$tree/proto/registry.txt"
	output=$(cd "$tree" && "$here/baseline.sh" broken | cut -d: -f1,2)
	if [ "$output" = "${1:+proto/baseline.txt:$1}" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "contract: $2: expected '$1', said '$output'"
	fi
}
line_of() { # what the list says
	relied
	grep -nF "$1" "$tree/proto/baseline.txt" | cut -d: -f1
}
unrecorded='a contract is not recorded: make proto-baseline'
breach '' 's/Intake\./Of intake./'
breach '' 's/uint32 count = 2;/uint32 count = 2;\n  uint32 more = 5;/'
breach '' 's/uint32 count = 2;/reserved 2;/'
breach "$(line_of 'Told 2 count')" '/uint32 count/d'
breach "$(line_of 'Told 2 count')" 's/uint32 count/bytes count/'
breach "$(line_of 'Told 2 count')" 's/uint32 count/uint32 amount/'
breach "$(line_of 'Told 3 ids')" 's/repeated bytes ids/bytes ids/'
breach "$(line_of 'Told 4 age_years')" 's/oneof age { uint32 age_years = 4; }/uint32 age_years = 4;/'
breach "$(line_of 'Said 2 NO')" '/NO = 2/d'
breach "$(line_of 'registry 1101')" 's/^1101 command/1101 query/'
breach "$(line_of 'Told 7 -')" 's/reserved 7/reserved 8/;/reserved 8/d'
relied
expected+=("proto/intake.proto:1: $unrecorded" "proto/baseline.txt:$(line_of 'Said 2 NO'): a contract that others rely on is broken")
sed -i 's/uint32 count = 2;/uint32 count = 2;\n  uint32 more = 5;/; /NO = 2/d' "$tree/proto/intake.proto"
judge 'contracts' no
relied
sed -i '/uint32 count/d' "$tree/proto/intake.proto"
if (cd "$tree" && "$here/baseline.sh" record 2>/dev/null); then
	failed=$((failed + 1))
	echo "contract: a breach was recorded"
else
	passed=$((passed + 1))
fi
good_tree

echo "tidy self-test: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
