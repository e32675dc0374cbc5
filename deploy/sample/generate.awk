# The sample of `make run`: 200 invented forms at real crossings, and the persons listed in them.
# Nobody in it lives: names are drawn by chance from common given and family names, and any
# likeness is chance too.  Most travellers are talked to and go on; some are screened; a few are
# listed as possible victims, some with a suspect.  Columns are those of the stations' forms.
#
#   awk -v part=interceptions -f generate.awk ../../services/intake/data/indicators.csv
#   awk -v part=people        -f generate.awk ../../services/intake/data/indicators.csv
#
# Both parts draw the same numbers, so they fit together; the generator is Park and Miller's, with
# a seed of its own, so that every awk writes the same bytes.

function draw(below) { seed = (seed * 16807) % 2147483647; return seed % below }
function chance(percent) { return draw(100) < percent }
function pick(list,    part) { return part[draw(split(list, part, " ")) + 1] }

# a list of "word:weight", drawn by weight
function weigh(list,    part, pair, count, i, sum) {
	count = split(list, part, " ")
	for (i = 1; i <= count; i++) { split(part[i], pair, ":"); sum += pair[2] }
	sum = draw(sum)
	for (i = 1; i <= count; i++) { split(part[i], pair, ":"); sum -= pair[2]; if (sum < 0) return pair[1] }
}

function set(code) {
	if (!(code in points)) { print "generate.awk: no such indicator: " code > "/dev/stderr"; exit 1 }
	is_set[code] = 1
}
function maybe(percent, code) { if (chance(percent)) set(code) }

function person(kind, sex, age, district, relation, name) {
	if (part == "people")
		print record, kind, sex, age, district, relation, name
}

function woman() {
	return pick("Sita Gita Maya Anita Sunita Puja Rekha Laxmi Asha Kabita Manju Bimala Sarita Nisha Radha Mina") " " family()
}
function man() {
	return pick("Ram Hari Bikash Suresh Dipak Rajan Santosh Kiran Mahesh Prakash Arjun Gopal") " " family()
}
function family() {
	return pick("Tharu Gurung Tamang Magar Rai Chaudhary Thapa Yadav Lama Karki BK Pariyar")
}

# what the staff found, by the kind of journey
function signs_of(journey) {
	set("staff_noticed")
	maybe(50, "noticed_young_looking"); maybe(45, "noticed_hurrying"); maybe(35, "noticed_nervous_or_afraid")
	maybe(30, "noticed_walking_to_border"); maybe(25, "noticed_carrying_full_bags"); maybe(15, "noticed_village_dress")
	if (journey == "gulf") {
		set("where_going_job"); set("going_to_gulf_for_work"); set("interception_type_gulf_countries")
		maybe(60, "no_company_phone"); maybe(60, "no_appointment_letter"); maybe(50, "job_too_good_to_be_true")
		maybe(40, "passport_with_broker"); maybe(25, "valid_gulf_country_visa"); maybe(30, "over_18_family_doesnt_know")
	} else if (journey == "job") {
		set("where_going_job"); set("interception_type_unsafe_migration")
		maybe(60, "no_address_in_india"); maybe(50, "couldnt_confirm_job"); maybe(20, "not_real_job"); maybe(40, "caught_in_lie")
	} else if (journey == "marriage") {
		set("who_in_group_husbandwife"); set("interception_type_runaway")
		maybe(50, "married_in_past_2_weeks"); maybe(30, "wife_under_18"); maybe(40, "less_than_2_weeks_before_eloping")
		maybe(40, "under_18_family_doesnt_know"); maybe(15, "caste_not_same_as_relative")
	} else if (journey == "runaway") {
		set("who_in_group_alone"); set("running_away_under_18"); set("interception_type_runaway")
		maybe(70, "refuses_family_info"); maybe(60, "under_18_cant_contact_family"); maybe(40, "meeting_someone_across_border")
	} else if (journey == "treatment") {
		set("where_going_treatment")
		maybe(40, "no_medical_documents"); maybe(40, "no_medical_appointment"); maybe(20, "reluctant_treatment_info")
	} else {
		set("where_going_visit")
		maybe(30, "reluctant_villiage_info"); maybe(30, "no_bags_long_trip"); maybe(20, "caught_in_lie")
	}
	if (chance(45)) set(pick("talked_to_family_member_mother talked_to_family_member_father talked_to_family_member_brother talked_to_family_member_sister"))
	if (chance(15)) { set("contact_noticed"); set(pick("which_contact_rickshaw_driver which_contact_bus_driver which_contact_hotel_owner which_contact_police")) }
}

function age_in(journey) {
	if (journey == "runaway") return 12 + draw(6)
	if (journey == "marriage") return 15 + draw(8)
	return 16 + draw(20)
}

# one who may be a victim; some gave a second name, some are written in their own script
function victim(journey,    sex, name) {
	sex = chance(88) ? "F" : "M"
	name = sex == "F" ? woman() : man()
	if (sex == "F" && chance(20)) name = name ";" woman()
	if (chance(10)) { sex = "F"; name = pick("माया सीता गीता आशा") " " pick("थारु गुरुङ तामाङ चौधरी") }
	person("potential_victim", sex, chance(95) ? age_in(journey) : "", weigh(districts), \
		journey == "marriage" ? "Wife" : "", chance(85) ? name : "")
}

function suspect(journey) {
	person("suspect", chance(85) ? "M" : "F", chance(70) ? 22 + draw(30) : "", \
		chance(50) ? weigh(districts) : "", \
		journey == "marriage" ? "Husband" : pick("Neighbor Uncle Relative Friend"), chance(30) ? man() : "")
}

FNR > 1 {
	split($0, cell, ",")
	if (cell[1] != version) { version = cell[1]; count = 0 }
	codes[++count] = cell[2]
	points[cell[2]] = cell[4]
}

BEGIN { FS = "\n"; OFS = ","; seed = 20250101 }

END {
	stations = "SNL:40 RPD:30 RXL:25 BRN:22 THB:18 KKR:16 KHN:12 BNB:12 JGB:10 PNT:10 GPT:5"
	districts = "Rupandehi:14 Kapilvastu:12 Nawalparasi:9 Banke:9 Dang:8 Bardiya:7 Parsa:7 Palpa:5 Gulmi:5 Surkhet:5 Rolpa:4 Salyan:4 Bara:4 Kailali:4 Morang:3"
	journeys = "visit:30 job:25 gulf:15 marriage:14 runaway:10 treatment:6"
	if (part == "people")
		print "record,kind,gender,age,district,relation,name"
	else {
		line = "record,station,intercepted_at,potential_victims,suspects,reported_red_flags,certainty_1_to_5"
		for (i = 1; i <= count; i++) line = line "," codes[i]
		print line
	}
	for (n = 1; n <= 200; n++)
		form()
}

function form(    journey, day, victims, suspects, how_far, sum, i, certainty, reported, line) {
	for (i = 1; i <= count; i++) is_set[codes[i]] = 0
	record = sprintf("S%04d", n)
	station = weigh(stations)
	day = int((n - 1) * 364 / 199) # in order of time, over the year 2025
	journey = weigh(journeys)
	how_far = n == 42 ? "identified" : weigh("engaged:55 screened:22 identified:23")
	if (n == 42) { station = "SNL"; journey = "gulf" } # the case that `make run` shows
	at = time_of(day, 1 + draw(12), draw(4) * 15)
	if (how_far != "engaged") {
		signs_of(journey)
		certainty = how_far == "screened" ? 1 + draw(3) : 2 + draw(4)
	}
	if (how_far == "identified") {
		victims = 1 + (n == 42 || chance(35)) + chance(15)
		suspects = journey == "runaway" ? 0 : n == 42 || chance(65)
		for (i = 1; i <= victims; i++) victim(journey)
		for (i = 1; i <= suspects; i++) suspect(journey)
	}
	for (i = 1; i <= count; i++) sum += is_set[codes[i]] * points[codes[i]]
	# most stations add up right, some do not add up at all
	reported = how_far == "engaged" || chance(12) ? "" : chance(85) ? sum + 0 : sum + 5 * (1 + draw(6))
	if (part == "people")
		return
	line = record OFS station OFS at OFS victims + 0 OFS (how_far == "engaged" ? "" : suspects + 0) OFS reported OFS certainty
	for (i = 1; i <= count; i++) line = line OFS is_set[codes[i]]
	print line
}

function time_of(day, hour, minute,    month, length_of) {
	split("31 28 31 30 31 30 31 31 30 31 30 31", length_of, " ")
	for (month = 1; day >= length_of[month]; month++) day -= length_of[month]
	return sprintf("2025-%02d-%02dT%02d:%02d:00Z", month, day + 1, hour, minute)
}
