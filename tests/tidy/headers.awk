# Functions of headers that no comment introduces, as file:line:text.  A declaration is introduced
# by a comment that ends on the line before, by one behind it, by standing directly under another
# declaration, or by being the first behind a type, whose comment then speaks for both.  What is
# static inline shows its body instead.
FNR == 1 { in_comment = 0; depth = 0; open = ""; before = "" }
{
	text = $0
	was_in_comment = in_comment
	if (in_comment) { if (text ~ /\*\//) { in_comment = 0; kind = "comment" } else kind = "inside" }
	else if (text ~ /^[ \t]*\/\*/) { kind = text ~ /\*\// ? "comment" : "inside"; in_comment = kind == "inside" }
	else if (text ~ /^[ \t]*$/) kind = "blank"
	else kind = "code"
}
was_in_comment || kind != "code" {
	if (kind != "inside" && !(kind == "blank" && before == "type")) before = kind
	next
}
{
	has_own = text ~ /\/\*.*\*\//
	if (text ~ /\/\*/ && !has_own) in_comment = 1
	gsub(/\/\*.*/, "", text)
}
/^#/ { before = "directive"; in_directive = text ~ /\\$/; next }
in_directive { in_directive = text ~ /\\$/; next }
depth == 0 && open == "" && text ~ /^[a-zA-Z_].*\(/ && text !~ /^(static|typedef|_Static_assert|extern "C")/ && text !~ /=/ {
	open = FNR
	introduced = has_own || before == "comment" || before == "declaration" || before == "type"
	first = text
}
{
	if (open != "" && text ~ /[;{][ \t]*$/) {
		if (!introduced && !has_own && text ~ /;[ \t]*$/) print FILENAME ":" open ":" first
		open = ""
		before = "declaration"
	} else if (open == "") {
		before = depth <= 1 && text ~ /^(}|struct [a-z_0-9]+;)/ ? "type" : "other"
	}
	depth += gsub(/\{/, "{", text) - gsub(/\}/, "}", text)
}
