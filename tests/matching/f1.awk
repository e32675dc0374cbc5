# Judges dedupe's pairs by the row names of FEBRL: rec-N-org and rec-N-dup-K are one person.
# Reads the file of records, then the pairs; prints right, wrong, missed and F1.
function person(name,   part) { split(name, part, "-"); return part[1] == "rec" ? part[2] : part[1] }
BEGIN { FS = "[ ,]+" }
NR == FNR { if (FNR > 1) rows[person($1)]++; next }
FNR > 1 && $3 >= 0.5 { if (person($1) == person($2)) right++; else wrong++ }
END {
	for (p in rows) all += rows[p] * (rows[p] - 1) / 2
	printf "%d %d %d %.5f\n", right, wrong, all - right, 2 * right / (2 * right + wrong + all - right)
}
