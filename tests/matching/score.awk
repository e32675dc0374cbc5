# How often the first, and one of the first five, of each query's candidates is right.
#   truth: lines "query<TAB>right answer", any number for a query; then the tool's output.
#   -v name=FIGURE [-v drop_self=1]    a candidate that is the query itself does not count
# Prints "FIGURE_at_1: value" and "FIGURE_at_5: value", of the queries that the truth names.
BEGIN { FS = "\t" }
FNR == NR { is_right[$1, $2] = 1; if (!($1 in asked)) { asked[$1] = 1; queries++ } next }
{
	if (drop_self && $1 == $2) next
	if (!($1 in asked) || ++rank[$1] > 5) next
	if (($1, $2) in is_right) {
		if (rank[$1] == 1) first++
		if (!($1 in found)) { found[$1] = 1; five++ }
	}
}
END {
	printf "%s_queries: %d\n", name, queries
	printf "%s_at_1: %.4f\n", name, first / queries
	printf "%s_at_5: %.4f\n", name, five / queries
}
