# Turns migrations (the arguments) into rows of C: { room, file, SQL text }.
# common/db/schema/*.sql belongs to every service, services/S/schema/x.sql to S.

function finish() {
	if (is_open)
		print "},"
	is_open = 0
}

FNR == 1 {
	finish()
	count = split(FILENAME, part, "/")
	room = part[1] == "services" ? part[2] : "common"
	printf "{ \"%s\", \"%s\",\n", room, part[count]
	is_open = 1
}

{
	gsub(/\\/, "&&")
	gsub(/"/, "\\\\&")
	printf "\"%s\\n\"\n", $0
}

END { finish() }
