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
reasons() { # why the desk said no
	of "$away" "SELECT CASE reason WHEN 4 THEN 'not_safe_here' END FROM referral.offer WHERE state = 'DECLINED'"
}
was_received() {
	of "$home" "SELECT took_ms > 0 FROM referral.referral WHERE referral_id = '\\x$(id_of brought)'" | grep -qx t
}
late_word() {
	at "$home" lead && confirmed brought "$(code_of brought)" && stands brought REUNIFIED
}
named_there() { desk && lifeguard referral show "$(id_of "$1")" --identity | grep -q "Zanewa $1"; }

check "two sites come up" all up
check "an organisation and its desk in Nepal" desk_is_made
check "India knows it" soon is_known
check "one is offered" rescued promised
check "her offer lies on the desk" on_desk promised DELIVERED
check "another is offered" rescued refused
check "her offer lies there, too" eval 'on_desk refused DELIVERED && at_home refused DELIVERED'
check "a third is accepted" eval 'rescued goes && accepted goes'
check "a fourth is offered" rescued brought
check "her offer lies there, too" eval 'on_desk brought DELIVERED && at_home brought DELIVERED'
check "India's database is copied" copied "$home"
check "the first is accepted" accepted promised
check "the desk has no place for the second, and nobody is left" declined refused
check "the third takes her word back" withdraws goes
check "the fourth is brought home, and visited" is_brought brought
old=$(code_of promised)
check "India comes back from the copy, and Nepal has dropped what was for it" comes_back "$home"
check "it is told GONE, counts it and what it passed over" soon is_told_gone "$home"
check "the first is accepted anew" at_home promised ACCEPTED
check "the desk hears the new promise" eval 'desk && soon has_steps promised ReferralAccepted 2'
code=$(code_of promised)
check "with a code of its own" test "${#code}" = 6 -a "$code" != "$old"
check "her name opens on the desk" named_there promised
check "the old code is refused on the desk" eval 'desk && fails_with "not the code" confirmed promised "$old"'
check "and at home" eval 'at "$home" lead && fails_with "not the code" confirmed promised "$old"'
check "she is handed over with the new one" handed_over promised "$code"
check "the no is heard again" eval 'at_home refused ESCALATED && has_steps refused ReferralDeclined 1'
check "for the reason that was given" eval 'reasons | grep -qx not_safe_here'
check "where the fourth is now is known at home" at_home brought REUNIFIED
check "and that she was received" was_received
check "her handover can still be confirmed at home, with the code that holds there" late_word
check "who took her word back waits for a human, and nobody is told of her" at_home goes CONSENT_MISSING
check "there is no code for her" eval 'fails_with "there is no code" lifeguard handover code "$(id_of goes)"'
check "and nothing of her on the desk" on_desk goes DESTROYED
check "her word is asked for, and recorded again" eval 'at "$home" lead && lifeguard referral withdraw "$(id_of goes)" && at_home goes WITHDRAWN'
check "nothing waits, nothing is dead" soon nothing_waits
check "one place is taken" places_are 8
finish anewhome
