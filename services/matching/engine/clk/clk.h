/*
 * A person as 1,024 bits that can be compared and not read: a cryptographic long-term key (CLK:
 * Schnell, Bachteler and Reiher 2011), so that two sites find out whether they speak of one person
 * without telling each other a name.
 *
 * Each value is cut into pairs of letters; each pair, with the kind of its field, goes through
 * HMAC-SHA256 under the secret of the two sites and the period, and the digest sets some bits.
 * Persons who share most pairs share most bits.
 *
 * Known attacks, and what stands against them:
 *   frequency of bits, double hashing (Kuzu et al. 2011; Niedermeyer, Steinmetzer, Kroll, Schnell
 *   2014)  positions are taken from the digest itself, none follows from another
 *   automated, on CLKs (Kroll, Steinmetzer 2015); frequent bit patterns (Christen, Schnell, Vatsalan,
 *   Ranbaduge 2017; Christen, Ranbaduge, Vatsalan, Schnell 2018; Vidanage, Ranbaduge, Christen,
 *   Schnell 2019)  all fields in one filter of 2,048 bits that is folded by XOR (Schnell, Borgs 2016),
 *   then bits turned at random per person (BLIP: Alaggan, Gambs, Kermarrec 2012)
 *   graphs of similarities (Vidanage, Christen, Ranbaduge, Schnell 2020)  hold against whatever
 *   keeps similarity; they need a population of encodings.  None is ever sent: one person at a time,
 *   counted per person and per site by the side that answers
 * Against the partner nothing here helps: he has the secret and may encode a list of names.  An
 * encoding that was sent counts as a name that was told.
 */
#ifndef SERVICES_MATCHING_ENGINE_CLK_CLK_H
#define SERVICES_MATCHING_ENGINE_CLK_CLK_H

#include "common/base/bytes.h"

#define CLK_BITS     1024
#define CLK_WORDS    16
#define CLK_KEY_SIZE 32

struct clk {
	uint64_t word[CLK_WORDS];
};

_Static_assert(sizeof(struct clk) * 8 == CLK_BITS, "all bits, nothing else");

/* Kinds of fields; a pair of letters of one kind says nothing of another. */
enum clk_field {
	CLK_NAME, /* given and family names alike: they are exchanged often */
	CLK_BIRTH,
	CLK_PLACE,
	CLK_STREET,
	CLK_NUMBER,
	CLK_FIELD_COUNT
};

/* What is done to a filter before it leaves; each is measured by tests/matching/clk.sh. */
enum clk_hardening {
	CLK_PLAIN,    /* nothing: halves joined by OR */
	CLK_FOLDED,   /* halves joined by XOR */
	CLK_RULE_90,  /* each bit the XOR of its neighbours (Schnell, Borgs 2018) */
	CLK_BALANCED, /* half of the bits and their complement: always 512 (Schnell, Borgs 2016) */
	CLK_HARDENED, /* folded and CLK_FLIPS bits turned: what sites exchange */
	CLK_HARDENING_COUNT
};

#define CLK_FLIPS 20 /* draws of a bit that is turned, of one encoding */

/* A filter being filled.  Holds the secret: wiped by clk_finish(). */
struct clk_maker {
	uint8_t key[CLK_KEY_SIZE];
	uint64_t raw[2 * CLK_WORDS];
};

/* Starts an empty filter under a secret of CLK_KEY_SIZE bytes. */
void clk_begin(struct clk_maker *maker, const uint8_t *key);

/*
 * Adds the pairs of letters of one word or number, its ends too.
 *   text  normalised by the caller: both sites must write it alike; empty adds nothing
 */
void clk_add_text(struct clk_maker *maker, enum clk_field field, struct lg_bytes text);

/*
 * Adds a date part by part and digit by digit, so that one wrong digit costs little.
 *   year, month, day  each 0 when it is not known
 */
void clk_add_date(struct clk_maker *maker, uint32_t year, uint32_t month, uint32_t day);

/*
 * The encoding; the maker is wiped.
 *   returns  a function of the secret, what was added and the hardening, nothing else: told twice
 *            it is the same, so that noise cannot be averaged out by asking again
 */
struct clk clk_finish(struct clk_maker *maker, enum clk_hardening hardening);

/* Bits that are set, 0..1024. */
uint32_t clk_weight(const struct clk *clk);

/*
 * How alike two encodings are, by Dice's coefficient; the same whichever stands first.
 *   returns  0..1000; 0 when one is empty
 */
uint32_t clk_alike(const struct clk *a, const struct clk *b);

#endif
