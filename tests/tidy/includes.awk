# The walls, proved from the includes: reads `grep -n` lines of them, prints each breach as
# file:line:text.  -v rule=rooms|services|pure|order
function room_of(path) { return path ~ /^common\// ? part(path, 2) : "" }
function service_of(path) { return path ~ /^services\// ? part(path, 2) : "" }
function part(path, n,   piece) { split(path, piece, "/"); return piece[n] }
function is_test(path) { return path ~ /_test\.c$/ || path ~ /_for_tests\.h$/ || path ~ /^tests\// }
function is_pure(path) {
	if (is_test(path) || path ~ /^common\/base\/log\.[ch]$/) return 0
	return path ~ /^common\/(base|stream)\// || path ~ /^services\/[^\/]*\/domain\// ||
		path ~ /^services\/matching\/engine\//
}
# what each pure file may have of the system: these need nothing of a world outside
function is_harmless(name) {
	return name ~ /^<(assert|ctype|errno|inttypes|limits|math|stdalign|stdarg|stdbool|stddef|stdint|stdlib|string|strings)\.h>$/ ||
		name == "<protobuf-c/protobuf-c.h>"
}
function is_excused(path, name) {
	if (name == "<stdio.h>") return path ~ /^common\/base\/(arena\.c|config\.[ch]|csv\.[ch]|lifecycle\.[ch]|table\.c)$/
	# hashing is pure; what gives randomness stands in other headers
	if (name ~ /^<sodium\/(crypto_auth_hmacsha256|utils)\.h>$/) return path ~ /^services\/matching\/engine\/clk\/clk\.c$/
	if (name == "<immintrin.h>") return path ~ /^services\/matching\/engine\/(clk\/clk_avx[0-9]*|linkage\/abreast)\.c$/
	if (name == "<emmintrin.h>") return path == "services/matching/engine/linkage/glance.h"
	if (name == "<ini.h>") return path == "common/base/config.c"
	return (name == "<sanitizer/asan_interface.h>" || name == "<sys/mman.h>") && path == "common/base/arena.c"
}
function is_there(path,   line, is) { is = (getline line < path) >= 0; close(path); return is }
function own_header(path) { sub(/(_test)?\.c$/, ".h", path); return path }
# the header that declares it first, then the system, libraries, ours by their paths: groups, each sorted
function is_out_of_order() {
	if (name ~ /^"/ && is_there(folder_of(file) target)) return 1
	if (is_first) return file ~ /\.c$/ && target != own_header(file) && is_there(own_header(file))
	if (name ~ /^</ && has_ours) return 1
	return line == last_line + 1 && (substr(name, 1, 1) != substr(last_name, 1, 1) || name <= last_name)
}
function folder_of(path) { sub(/[^\/]*$/, "", path); return path }
function breach() { print file ":" line ":" include }
BEGIN {
	below["base"] = " base "
	below["stream"] = " base stream "
	below["db"] = " base stream db "
	below["link"] = " base stream link "
	below["protect"] = " base stream protect "
	below["json"] = " base stream json "
	below["watch"] = " base stream link watch "
	below["run"] = " base stream json db link protect watch run "
}
{
	split($0, piece, ":")
	file = piece[1]; line = piece[2]
	include = substr($0, length(file) + length(line) + 3)
	name = include
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
	sub(/[ \t]*$/, "", name)
	target = name
	gsub(/"/, "", target)
}
rule == "order" {
	is_first = file != last_file
	if (is_first) has_ours = 0
	if (is_out_of_order()) breach()
	else if (name ~ /^"/ && (!is_first || file ~ /\.h$/)) has_ours = 1
	last_file = file; last_line = line; last_name = name
}
rule == "rooms" {
	if (room_of(file) == "") next
	if (target ~ /^(services|tests)\// && !(is_test(file) && target ~ /^tests\//)) breach()
	else if (room_of(target) != "" && index(below[room_of(file)], " " room_of(target) " ") == 0) breach()
	else if (room_of(file) == "base" && target ~ /^proto\//) breach()
}
rule == "services" {
	if (target ~ /(^|\/)\.\.\//) breach()
	# a measure is of pure units, wherever they stand; a fuzz target of whatever takes bytes from outside
	else if (file ~ /^tests\/matching\// && target ~ /^services\/[^\/]*\/(domain|engine|memory)\//) next
	else if (file ~ /^tests\/fuzz\/fuzz_/) next
	else if (service_of(target) != "" && service_of(target) != service_of(file)) breach()
	else if (service_of(file) != "" && target ~ /^tests\// && !is_test(file)) breach()
}
rule == "pure" && is_pure(file) {
	if (name ~ /^</) { if (!is_harmless(name) && !is_excused(file, name)) breach() }
	else if (target ~ /^common\/(db|run)\// || target == "common/base/log.h") breach()
	else if (target ~ /^common\/(link|protect)\// && target != "common/link/route.h") breach()
	else if (target ~ /^services\// && target !~ /^services\/[^\/]*\/(domain|engine)\//) breach()
}
