#!/bin/bash
# Goal: a site that comes back from a backup older than what its partner keeps is told anew what is true: open
# offers are on its desks again, promises with the code that holds, and all of it ends as it would have.
# Method: two linked sites of real processes.  Nepal's database is copied while one woman's offer lies there and
# another one is accepted; then the first is helped otherwise, and the second takes her word back.  Four more are
# offered: one waits, one is accepted, one is accepted and takes her word back, one is with her family.  Nepal gets
# the copy back, and the rows that India had for it are dropped.  Then the same once more, when all is known:
# nothing may change.
source "$(dirname "$0")/../support/two_sites.sh"
source "$(dirname "$0")/../support/offered.sh"
sites_make anew

is_quiet() { # nothing more is said to be gone: the alarm ends with its ten minutes
	local before
	before=$(metric "$away" streams_gone_total) && sleep 4 && [ "$(metric "$away" streams_gone_total)" = "$before" ]
}

ended() { # word: she does not want this desk, nobody is left, and a human ends the search
	at "$home" lead && agrees "$(id_of "$1 case")" "$(id_of "$1")" sharing --to elsewhere &&
		lifeguard consent record "$(id_of "$1 case")" "$(id_of "$1")" --purpose sharing --to anew-home --state refused \
			--giver herself --manner oral --language ne && at_home "$1" ESCALATED &&
		lifeguard referral end "$(id_of "$1")" --reason helped_otherwise && at_home "$1" DECLINED && on_desk "$1" PASSED
}

forgotten() { # word: no key and nothing sealed is left
	of "$away" "SELECT length(o.sealed), count(k.key_id) FROM referral.offer AS o
		LEFT JOIN referral.subject_key AS k ON k.subject = o.referral_id
		WHERE o.referral_id = '\\x$(id_of "$1")' GROUP BY 1" | grep -qx '0|0'
}
said_again() { # word
	local code
	code=$(code_of "$1") && desk && confirmed "$1" "$code" && soon stands "$1" HANDED_OVER && goes_home "$1" &&
		stands "$1" REUNIFIED
}

versions() {
	of "$away" "SELECT encode(referral_id, 'hex'), state, version FROM referral.offer ORDER BY 1"
	of "$home" "SELECT encode(referral_id, 'hex'), state, version FROM referral.referral ORDER BY 1"
	of "$away" "SELECT count(*) FROM referral.referral_step"
}

check "two sites come up" all up
check "an organisation and its desk in Nepal" desk_is_made
check "India knows it" soon is_known
check "one is offered whom the desk will not have" rescued over
check "her offer lies on the desk" on_desk over DELIVERED
check "another is accepted" eval "rescued unsaid && accepted unsaid"
check "Nepal's database is copied" copied "$away"
check "the second takes her word back" withdraws unsaid
check "the first does not want that one, and is helped otherwise" ended over
check "one is offered" rescued waits
check "her offer lies on the desk" on_desk waits DELIVERED
check "another is offered" rescued promised
check "she is accepted" accepted promised
code=$(code_of promised)
check "a third is accepted" eval "rescued goes && accepted goes"
check "she takes her word back" withdraws goes
check "a fourth is with her family, and visited" eval 'rescued lives && is_brought lives'
check "Nepal comes back from the copy, and India has dropped what was for it" comes_back "$away"
check "it is told GONE, counts it and what it passed over" soon is_told_gone "$away"
check "it said so in its log" grep -q "their state is asked for anew" "$folder/$away/log/referral.log"
check "the offer is on the desk again" on_desk waits DELIVERED
check "the promise is, too" on_desk promised ACCEPTED
check "what the copy had of her who took her word back is destroyed" eval 'on_desk unsaid DESTROYED && soon forgotten unsaid'
check "whom nobody waits for is off the desk, though her home is at rest" on_desk over PASSED
check "nothing is kept of whom it knows no more" test "$(of "$away" "SELECT count(*) FROM referral.offer")" = 5
check "she who was brought is on the desk as brought, and no home says that she was received" on_desk lives GAVE
check "her home knows where she is" at_home lives REUNIFIED
check "who works there says it again, with the code" said_again lives
check "and it is the same at home, told once" eval 'at_home lives REUNIFIED && has_steps lives ReunificationRecorded 1'
check "something new crosses as before" eval "rescued later && on_desk later DELIVERED"
check "no more is said to be gone" soon is_quiet
check "she who was accepted is handed over with the code of before" handed_over promised "$code"
check "it is the same at home" test "$(code_of promised)" = "$code"
check "the offer is accepted" accepted waits
check "she is handed over, too" eval 'handed_over waits "$(code_of waits)"'
check "nothing waits, nothing is dead" soon nothing_waits
check "two places are taken, one each" places_are 7

told_again() { # when all is known: the positions alone are lost, at both sites
	versions >"$root/before"
	all down && dropped "$home" && dropped "$away" &&
		of "$away" "DELETE FROM referral.position WHERE site = 1" &&
		of "$home" "DELETE FROM referral.position WHERE site = 2" && all up && soon is_told_gone "$away" &&
		soon answered "$home" 2 304 2 && soon answered "$away" 1 303 2 && soon nothing_waits
}
# all rows before are dropped: what is there was told anew, and is read when nothing is under way any more
answered() { # site, the other's number, type, so many
	[ "$(of "$1" "SELECT count(*) FROM referral.outbox_event WHERE destination = $2 AND type = $3")" -ge "$4" ] &&
		[ "$(of "$1" "SELECT count(*) FROM (SELECT destination, lane, p, max(through) AS head FROM referral.outbox
			WHERE destination = $2 GROUP BY 1, 2, 3) AS o
			LEFT JOIN referral.reader AS r USING (destination, lane, p) WHERE r.applied IS DISTINCT FROM o.head")" = 0 ]
}
changes_nothing() {
	versions >"$root/after"
	diff "$root/before" "$root/after"
}
check "both tell all of it once more, to who knows it" told_again
check "nothing has changed" changes_nothing
finish anew
