# A FileDescriptorSet in text form becomes one line for each thing that others rely on:
#   field MESSAGE NUMBER NAME TYPE single|repeated|oneof FILE
#   value ENUM NUMBER NAME - - FILE
#   reserved MESSAGE-OR-ENUM NUMBER - - - FILE
BEGIN {
	split("double float int64 uint64 int32 fixed64 fixed32 bool string group message bytes uint32 enum sfixed32 sfixed64 sint32 sint64", types, " ")
}
function text(line) { sub(/^[^"]*"/, "", line); sub(/"$/, "", line); return line }
function full() {
	out = package
	for (i = 1; i <= depth; i++) if (names[i] != "") out = out "." names[i]
	return out
}
{ line = $0; sub(/^ +/, "", line) }
line ~ /\{$/ {
	kind = line
	sub(/ *\{$/, "", kind)
	kinds[++level] = kind
	if (kind == "message_type" || kind == "nested_type" || kind == "enum_type") names[++depth] = ""
	if (kind == "field") { number = name = type = type_name = ""; label = 1; oneof = 0 }
	if (kind == "value" || kind == "reserved_range") { number = 0; name = ""; start = end = 0 }
	next
}
line == "}" {
	kind = kinds[level--]
	if (kind == "field")
		print "field", full(), number, name, (type_name == "" ? types[type] : substr(type_name, 2)), \
			(label == 3 ? "repeated" : oneof ? "oneof" : "single"), file
	if (kind == "value") print "value", full(), number, name, "-", "-", file
	if (kind == "reserved_range")
		for (n = start; n < (kinds[level] == "enum_type" ? end + 1 : end) && n < start + 1000; n++)
			print "reserved", full(), n, "-", "-", "-", file
	if (kind == "message_type" || kind == "nested_type" || kind == "enum_type") depth--
	next
}
{
	key = line
	sub(/:.*/, "", key)
	value = line
	sub(/^[^:]*: */, "", value)
	kind = kinds[level]
}
kind == "file" && key == "name" { file = text(line); package = "" }
kind == "file" && key == "package" { package = text(line) }
(kind == "message_type" || kind == "nested_type" || kind == "enum_type") && key == "name" { names[depth] = text(line) }
kind == "field" && key == "name" { name = text(line) }
kind == "field" && key == "number" { number = value }
kind == "field" && key == "label" { label = value }
kind == "field" && key == "type" { type = value }
kind == "field" && key == "type_name" { type_name = text(line) }
kind == "field" && key == "oneof_index" { oneof = 1 }
kind == "value" && key == "name" { name = text(line) }
kind == "value" && key == "number" { number = value }
kind == "reserved_range" && key == "start" { start = value + 0 }
kind == "reserved_range" && key == "end" { end = value + 0 }
