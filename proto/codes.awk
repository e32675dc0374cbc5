# codes/*.csv -> rows of struct code_row { list, code }: the list is named as its file
BEGIN { FS = "," }
FNR == 1 {
	if ($0 != "code,en,hi,ne,since") { print FILENAME ":1: code,en,hi,ne,since is expected" > "/dev/stderr"; exit 1 }
	list = FILENAME; sub(/.*\//, "", list); sub(/\.csv$/, "", list)
	next
}
NF != 5 || $1 !~ /^[A-Za-z][a-z0-9_]*$|^[A-Z][A-Z]$/ { print FILENAME ":" FNR ": five cells and a code are expected" > "/dev/stderr"; exit 1 }
(list, $1) in seen { print FILENAME ":" FNR ": the code is there twice" > "/dev/stderr"; exit 1 }
{ seen[list, $1] = 1; printf "{ \"%s\", \"%s\" },\n", list, $1 }
