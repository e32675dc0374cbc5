#!/bin/bash
# Goal: a home that has lost its own state ends where its partner is: what it accepted since is accepted anew, with
# a code that opens at both ends where the old one does not; what the desk refused is heard again; whom it had
# promised to forget is told to nobody else.
# Method: two linked sites of real processes.  India's database is copied while offers lie on a desk in Nepal; then
# the desk answers, and India gets the copy back, and the rows that Nepal had for it are dropped.
source "$(dirname "$0")/../support/two_sites.sh"
source "$(dirname "$0")/../support/offered.sh"
sites_make anewhome

fails_with() { # what is said, command...
	! "${@:2}" >"$root/refused" 2>&1 && grep -q "$1" "$root/refused" || { cat "$root/refused"; return 1; }
}
has_steps() { [ "$(steps_of "$1" "$2")" = "$3" ]; } # word, step, so many
named_there() { desk && lifeguard referral show "$(id_of "$1")" --identity | grep -q "Zanewa $1"; }

check "two sites come up" all up
check "an organisation and its desk in Nepal" desk_is_made
check "India knows it" soon is_known
check "one is offered" rescued promised
check "her offer lies on the desk" on_desk promised DELIVERED
check "India's database is copied" copied "$home"
check "she is accepted" accepted promised
old=$(code_of promised)
check "India comes back from the copy, and Nepal has dropped what was for it" comes_back "$home"
check "it is told GONE, counts it and what it passed over" soon is_told_gone "$home"
check "she is accepted anew" at_home promised ACCEPTED
check "the desk hears the new promise" eval 'desk && soon has_steps promised ReferralAccepted 2'
code=$(code_of promised)
check "with a code of its own" test "${#code}" = 6 -a "$code" != "$old"
check "her name opens on the desk" named_there promised
check "the old code is refused on the desk" eval 'desk && fails_with "not the code" confirmed promised "$old"'
check "and at home" eval 'at "$home" lead && fails_with "not the code" confirmed promised "$old"'
check "she is handed over with the new one" handed_over promised "$code"
check "nothing waits, nothing is dead" soon nothing_waits
check "one place is taken" places_are 8
finish anewhome
