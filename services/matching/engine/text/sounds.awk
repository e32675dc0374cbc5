# Makes C of sounds.txt: an enum of sounds, and tables of what differences cost.
# Ends with an error at the line that it does not understand.
function fail(why) { print FILENAME ":" line ": " why >"/dev/stderr"; failed = 1; exit 1 }
function add(name, kind, cost, class) {
	if (name in number) fail(name " stands twice")
	number[name] = ++count; names[count] = name; kinds[count] = kind; drop[count] = cost
	class_of[count] = class_number(class)
}
function class_number(class) {
	if (class !~ /^[a-z-]?$/) fail("a class is one small letter")
	return class == "" || class == "-" ? 0 : index("abcdefghijklmnopqrstuvwxyz", class)
}
function of(name) {
	if (!(name in number)) fail("no sound " name)
	return number[name]
}
function cost(text) {
	if (text !~ /^[0-9]+$/ || text + 0 > 250) fail("a cost is 0 to 250")
	return text + 0
}
{ sub(/#.*/, ""); line = FNR }
NF == 0 { next }
$1 == "far" { far[$2] = cost($3); next }
$1 == "vowel" || $1 == "consonant" || $1 == "other" { add($2, $1, cost($3), $4); next }
$1 == "near" { nears++; left[nears] = $2; right[nears] = $3; between[nears] = cost($4); at[nears] = FNR; next }
$1 == "class" { class_of[of($2)] = class_number($3); next }
$1 == "join" {
	if (!($4 in number)) add($4, "joined", 0, "")
	a = of($2); b = of($3); join[a, b] = of($4)
	next
}
{ fail("neither a sound, near, join nor far") }
END {
	if (failed) exit 1
	for (i = 1; i <= nears; i++) { # a sound may stand behind those that it is near to
		line = at[i]
		a = of(left[i]); b = of(right[i])
		near[a, b] = near[b, a] = between[i]
	}
	print "enum sound {\n\tSOUND_NONE,"
	for (i = 1; i <= count; i++) print "\tSOUND_" names[i] ","
	print "\tSOUND_COUNT"
	print "};"
	if (count >= 128) fail("no more than 127 sounds")
	print "#ifdef SOUND_TABLES"
	print "const struct sound_table sound_table = {"
	print "\t.kinds = {"
	for (i = 1; i <= count; i++) printf "\t\t[SOUND_%s] = SOUND_IS_%s,\n", names[i], toupper(kinds[i])
	print "\t},\n\t.drops = {"
	for (i = 1; i <= count; i++) printf "\t\t[SOUND_%s] = %d,\n", names[i], drop[i]
	print "\t},\n\t.classes = {"
	for (i = 1; i <= count; i++) if (class_of[i]) printf "\t\t[SOUND_%s] = %d,\n", names[i], class_of[i]
	print "\t},\n\t.changes = {"
	for (i = 0; i <= count; i++) {
		printf "\t\t{ "
		for (k = 0; k <= count; k++) {
			c = 255
			if (i == k && i > 0) c = 0
			else if ((i, k) in near) c = near[i, k]
			else if (kinds[i] == kinds[k] && kinds[i] in far) c = far[kinds[i]]
			printf "%d, ", c
		}
		print "},"
	}
	print "\t},\n\t.joins = {"
	for (i = 1; i <= count; i++)
		for (k = 1; k <= count; k++)
			if ((i, k) in join) printf "\t\t[SOUND_%s][SOUND_%s] = SOUND_%s,\n", names[i], names[k], names[join[i, k]]
	print "\t},\n};"
	print "#endif"
}
