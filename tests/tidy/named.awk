# What a text names and this tree does not have, as file:line:path.  First comes the list of all files.
# A unit may be named without its ending.  In prose (.md) a name may also be the end of a path:
# domain/case_file.c, run/gather.c.
FNR == NR {
	for (path = $0; path != ""; path = sub(/\/[^\/]*$/, "", path) ? path : "") have[path]
	for (path = $0; ; ) {
		ending[path]
		if (!sub(/^[^\/]*\//, "", path)) break
	}
	path = $0
	if (sub(/\.[a-z]+$/, "", path)) have[path]
	next
}
/^[ \t]*#[ \t]*include/ { next } # the compiler looks for those
function is_made(path) { return path ~ /\.(pb-c\.[ch]|inc)$/ } # by the build
{
	rest = $0
	while (match(rest, /(^|[^A-Za-z0-9_.\/$}-])(common|services|proto|tests|deploy)\/[A-Za-z0-9_.\/*-]+/)) {
		path = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		sub(/^[^a-z]/, "", path)
		sub(/[.\/-]+$/, "", path)
		# a pattern, or only the beginning of a name
		if (path ~ /[*]|(^|\/)[A-Z]+(\/|$)|-SEED/ || substr(rest, 1, 1) ~ /[<{%$]/) continue
		if (!(path in have) && !is_made(path)) print FILENAME ":" FNR ":" path
	}
}
FILENAME ~ /\.md$/ {
	rest = $0
	while (match(rest, /(^|[^A-Za-z0-9_.\/<>*-])[a-z][a-z0-9_-]*(\/[a-z0-9_.-]+)*\.(c|h|awk|proto|sql)([^A-Za-z0-9_]|$)/)) {
		path = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH - 1)
		gsub(/^[^a-z]|[^a-z]$/, "", path)
		if (!(path in ending) && !(path in have) && !is_made(path)) print FILENAME ":" FNR ":" path
	}
}
