/*
 * What was told over the line and dropped before it was read is told anew: the site that lost it asks its like,
 * which tells of each referral between the two what is true now.  In pages, each a deadline of now, and each
 * referral one more: a crash between them loses nothing, and ordinary messages pass in between.
 *
 * In the lane of care, because the messages are those of care, and what follows of a case must not overtake them.
 */
#include "common/stream/partition.h"
#include "proto/anew.pb-c.h"
#include "proto/bus.pb-c.h"
#include "services/referral/anew/tell_anew.h"
#include "services/referral/wire/wire.h"

enum { CLOCK_OF_TELLING_HOME = 4, CLOCK_OF_TELLING_DESK = 8 };

/* --- pages ---------------------------------------------------------------------------------------------- */

static void set_page(struct lg_batch *batch, struct lg_item *item, uint16_t site, bool is_desk,
	struct lg_id after)
{
	const struct lg_id due_id = {
		.byte = { (uint8_t)(ANEW_DUE >> 8), (uint8_t)ANEW_DUE, is_desk, item->partition,
			[LG_ID_SIZE - 2] = (uint8_t)(site >> 8), [LG_ID_SIZE - 1] = (uint8_t)site }
	};
	Lifeguard__Anew__AnewDue message = LIFEGUARD__ANEW__ANEW_DUE__INIT;

	message.site = site;
	message.desk = is_desk;
	message.after = id_to_wire(&after);
	lg_due_set(batch, item, due_id, ANEW_DUE, item->now, &message.base);
}

/* What this site has with the other: of the referrals of this home, and of the offers on its desks. */
static void set_pages(struct lg_batch *batch, struct lg_item *item, uint16_t site)
{
	const struct lg_id first_of_site = { .byte = { (uint8_t)(site >> 8), (uint8_t)site } };

	set_page(batch, item, site, false, (struct lg_id){ .byte = { 0 } });
	set_page(batch, item, site, true, first_of_site);
}

/* --- this site has lost something: it asks ----------------------------------------------------------- */

void load_ahead(struct lg_batch *batch, struct lg_item *item)
{
	struct anew_work *work = item->work;

	work->site = lg_batch_site(batch);
}

struct lg_status decide_ahead(struct lg_item *item)
{
	(void)item;
	return lg_done();
}

/*
 * It also tells what it believes to stand: the other side answers where it has said no, or asks nobody here any
 * more.  What has ended is then told of what somebody still waits for, and not of all that ever ended.
 */
void store_ahead(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Bus__StreamAhead *ahead =
		(const Lifeguard__Bus__StreamAhead *)item->message;
	const Lifeguard__Anew__AnewAsked message = LIFEGUARD__ANEW__ANEW_ASKED__INIT;

	if (!is_peer(batch, ahead->site)) /* retired since: nobody is there to tell */
		return;
	lg_publish(batch, item,
		&(struct lg_event){
			.type = ANEW_ASKED,
			.event_id = lg_new_id(batch),
			.occurred_at = item->now,
			.message = &message.base,
			.destination = (uint16_t)ahead->site,
		});
	set_pages(batch, item, (uint16_t)ahead->site);
}

/* --- another site asks ------------------------------------------------------------------------------------ */

void load_anew_asked(struct lg_batch *batch, struct lg_item *item)
{
	struct anew_work *work = item->work;

	work->site = lg_batch_site(batch);
	work->directory = read_directory(batch);
}

struct lg_status decide_anew_asked(struct lg_item *item)
{
	const struct anew_work *work = item->work;

	return item->event->site == work->site ? lg_refuse("a site does not ask itself")
					       : lg_done();
}

/* The organisations of the partition at once, they are few; of the rest the first pages. */
void store_anew_asked(struct lg_batch *batch, struct lg_item *item)
{
	const struct anew_work *work = item->work;
	uint16_t site = item->event->site;

	for (uint32_t i = 0; i < work->directory->count; i++) {
		const struct organisation *own = &work->directory->at[i];

		if (lg_id_site(own->organisation_id) == work->site &&
			lg_partition_of(own->organisation_id) == item->partition)
			tell_listed(batch, item, own, site);
	}
	set_pages(batch, item, site);
}

static const Lifeguard__Anew__AnewDue *page_of(const struct lg_item *item)
{
	return (const Lifeguard__Anew__AnewDue *)item->message;
}

void load_anew_page(struct lg_batch *batch, struct lg_item *item)
{
	struct anew_work *work = item->work;
	struct lg_id after = wire_id(item->message, "after");

	work->site = lg_batch_site(batch);
	work->is_desk = page_of(item)->desk;
	work->rows =
		work->is_desk ? list_anew_offers(batch, after) : list_anew_referrals(batch, after);
}

struct lg_status decide_anew_page(struct lg_item *item)
{
	(void)item;
	return lg_done();
}

static void set_telling(struct lg_batch *batch, struct lg_item *item, struct lg_id referral_id)
{
	const struct anew_work *work = item->work;
	uint32_t site = page_of(item)->site;
	Lifeguard__Anew__TellAnewDue message = LIFEGUARD__ANEW__TELL_ANEW_DUE__INIT;
	struct lg_id due_id = referral_id;

	/* one for each referral, side and site; no clock of this referral (keep.c) */
	due_id.byte[LG_ID_SIZE - 1] ^=
		work->is_desk ? CLOCK_OF_TELLING_DESK : CLOCK_OF_TELLING_HOME;
	due_id.byte[LG_ID_SIZE - 2] ^= (uint8_t)site;
	due_id.byte[LG_ID_SIZE - 3] ^= (uint8_t)(site >> 8);
	message.site = site;
	message.desk = work->is_desk;
	message.referral_id = id_to_wire(&referral_id);
	lg_due_set(batch, item, due_id, TELL_ANEW_DUE, item->now, &message.base);
}

/* Rows of other partitions are passed over: whoever lost those asks for them as well. */
void store_anew_page(struct lg_batch *batch, struct lg_item *item)
{
	const struct anew_work *work = item->work;
	uint16_t site = (uint16_t)page_of(item)->site;
	struct lg_id referral_id = { .byte = { 0 } }, case_id;
	bool is_last = work->rows->count < ANEW_ROWS_MAX;

	if (!is_peer(batch, site))
		return;
	for (int row = 0; row < work->rows->count; row++) {
		anew_from_row(work->rows, row, &referral_id, &case_id);
		if (work->is_desk && lg_id_site(referral_id) != site) {
			is_last = true; /* they are sorted by their homes */
			break;
		}
		if (lg_partition_of(case_id) == item->partition)
			set_telling(batch, item, referral_id);
	}
	if (!is_last)
		set_page(batch, item, site, work->is_desk, referral_id);
}

/* --- one referral --------------------------------------------------------------------------------------- */

static const Lifeguard__Anew__TellAnewDue *telling_of(const struct lg_item *item)
{
	return (const Lifeguard__Anew__TellAnewDue *)item->message;
}

void load_tell_anew(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (telling_of(item)->desk) {
		load_at_desk(batch, item);
		return;
	}
	load_at_home(batch, item);
	if (work->is_ours)
		read_referral_keys(batch, work->referral_id);
}

struct lg_status decide_tell_anew(struct lg_item *item)
{
	struct referral_work *work = item->work;

	if (!work->is_ours)
		return lg_done();
	if (telling_of(item)->desk) {
		anew_of_offer(work->offer, &work->anew);
		work->organisation_id = work->offer->organisation;
	} else {
		anew_of_referral(work->referral, (uint16_t)telling_of(item)->site,
			&work->organisation_id, &work->anew);
	}
	return lg_done();
}

void store_tell_anew(struct lg_batch *batch, struct lg_item *item)
{
	const Lifeguard__Anew__TellAnewDue *due = telling_of(item);

	tell_words_anew(batch, item, (uint16_t)due->site, due->desk);
}
