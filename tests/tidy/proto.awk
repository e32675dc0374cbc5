# Rules of .proto files, as file:line:text.  -v rule=comment|clear|types|zero, -v commands=" Name ..."
# (messages that travel sealed whole).
FNR == 1 { before = ""; in_comment = 0; message = ""; package = ""; wants_zero = 0 }
{
	code = $0
	if (in_comment) { if (code ~ /\*\//) { in_comment = 0; before = "comment" } ; next }
	comment = ""
	at = index(code, "/*")
	if (at == 0) at = index(code, "//")
	if (at > 0) { comment = substr(code, at); code = substr(code, 1, at - 1) }
	if (comment ~ /^\/\*/ && comment !~ /\*\//) in_comment = 1
}
code ~ /^[ \t]*$/ { if (comment != "") before = in_comment ? "" : "comment"; else before = "blank"; next }
code ~ /^[ \t]*(message|enum)[ \t]/ {
	split(code, word, /[ \t{]+/)
	name = word[1] == "" ? word[3] : word[2]
	is_enum = code ~ /^[ \t]*enum/
	if (rule == "comment" && before != "comment") print FILENAME ":" FNR ":" code
	if (is_enum) wants_zero = 1
	else message = name
	before = "code"
	if (code !~ /\{.*[=;]/) next
}
{ before = "code" }
rule == "zero" && wants_zero && code ~ /=/ {
	if (code !~ /[A-Z]_UNSPECIFIED[ \t]*=[ \t]*0[ \t]*;/ && code !~ /^[ \t]*option[ \t]/) print FILENAME ":" FNR ":" code
}
wants_zero && code ~ /=/ { wants_zero = 0 }
rule == "types" && (code ~ /(^|[ \t{])(float|double|optional|group)[ \t]/ || code ~ /(^|[ \t{])map[ \t]*</) {
	print FILENAME ":" FNR ":" code
}
rule == "clear" && code ~ /(^|[ \t{])string[ \t]/ && comment !~ /clear:/ {
	if (FILENAME ~ /(^|\/)(content|envelope)\.proto$/) next
	if (index(commands, " " message " ") > 0) next
	print FILENAME ":" FNR ":" code
}
