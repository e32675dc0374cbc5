# registry.txt -> rows of struct lg_message_type (common/stream/registry.c)
function bit(name) { if (!(name in number)) { print "registry.txt: unknown service " name > "/dev/stderr"; exit 1 } return "(1u << " number[name] ")" }
BEGIN {
	split("bus gateway access intake matching referral notification reporting", names, " ")
	for (i in names) number[names[i]] = i
}
/^#/ || NF == 0 { next }
NF != 7 { print "registry.txt:" NR ": 7 columns expected" > "/dev/stderr"; exit 1 }
$1 in seen { print "registry.txt:" NR ": number " $1 " is used twice" > "/dev/stderr"; exit 1 }
{
	seen[$1] = 1
	senders = 0; takers = 0
	if ($4 != "-") { senders = ""; n = split($4, part, ","); for (i = 1; i <= n; i++) senders = senders (i > 1 ? " | " : "") bit(part[i]) }
	if ($5 != "-") { takers = ""; n = split($5, part, ","); for (i = 1; i <= n; i++) takers = takers (i > 1 ? " | " : "") bit(part[i]) }
	symbol = $6; gsub(/[A-Z]/, "_&", symbol); sub(/^_/, "", symbol); symbol = tolower(symbol); gsub(/_+/, "_", symbol)
	printf "{ %s, LG_MESSAGE_%s, LG_LANE_%s, %s, %s, \"%s\", &lifeguard__%s__%s__descriptor },\n", $1, toupper($2), toupper($3), senders, takers, $6, $7, symbol
}
