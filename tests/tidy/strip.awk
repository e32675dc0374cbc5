# Copies C files without their comments, twice, line for line: below `code` without what strings
# hold (so that words in texts are no calls), below `strings` with it (so that SQL and paths are
# seen).  Include lines keep their names in both.
#   awk -v code=DIR -v strings=DIR -f strip.awk FILE...
FNR == 1 {
	if (bare != "") { close(bare); close(kept) }
	bare = code "/" FILENAME
	kept = strings "/" FILENAME
	in_comment = 0
}
!in_comment && !/["'\/]/ { print > bare; print > kept; next }
/^[ \t]*#[ \t]*include/ { sub(/[ \t]*\/\*.*/, ""); print > bare; print > kept; next }
{
	out = ""; full = ""; quote = ""
	n = length($0)
	for (i = 1; i <= n; i++) {
		c = substr($0, i, 1)
		two = substr($0, i, 2)
		if (in_comment) {
			if (two == "*/") { in_comment = 0; i++ }
		} else if (quote != "") {
			full = full c
			if (c == "\\") { i++; full = full substr($0, i, 1) }
			else if (c == quote) { out = out c; quote = "" }
		} else if (two == "/*") {
			in_comment = 1; i++
		} else if (two == "//") {
			break
		} else {
			if (c == "\"" || c == "'") quote = c
			out = out c; full = full c
		}
	}
	print out > bare
	print full > kept
}
