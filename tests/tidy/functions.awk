# Functions of more than `limit` lines between their braces, as file:line:text.  A function's braces
# stand alone at the start of a line, as clang-format leaves them.
FNR == 1 { start = 0 }
$0 == "{" { start = FNR }
$0 == "}" && start > 0 {
	if (FNR - start - 1 > limit) print FILENAME ":" start ":" (FNR - start - 1) " lines"
	start = 0
}
