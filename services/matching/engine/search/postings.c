#include "services/matching/engine/search/postings.h"

#include <assert.h>
#include <stdlib.h>

#define LEAST_WORDS   4u
#define SHORT_MAX     32u /* words of a list in one piece */
#define LONG_WORDS    64u /* of a piece of a longer list: the next piece, and words */
#define WORDS_OF_LONG (LONG_WORDS - 1)
#define SEGMENT_WORDS (1u << POSTINGS_SEGMENT_BITS)
#define NO_PIECE      0u /* the first words of all are given to nobody */

void postings_init(struct postings *postings, uint32_t list_count, struct lg_arena *arena)
{
	assert(list_count > 0);
	*postings = (struct postings){
		.arena = arena,
		.list_count = list_count,
		.lists = lg_alloc_array(arena, list_count, sizeof(uint64_t)),
		.segments = lg_alloc_array(arena, POSTINGS_SEGMENTS_MAX, sizeof(uint64_t *)),
		.used = LONG_WORDS,
	};
	postings->segments[postings->segment_count++] =
		lg_alloc_array(arena, SEGMENT_WORDS, sizeof(uint64_t));
}

static uint64_t *piece_at(const struct postings *postings, uint32_t piece)
{
	return postings->segments[piece >> POSTINGS_SEGMENT_BITS] + (piece & (SEGMENT_WORDS - 1));
}

static uint32_t words_of_class(uint32_t class)
{
	return LEAST_WORDS << class;
}

static uint32_t class_for(uint32_t count)
{
	uint32_t class = 0;

	while (class + 1 < POSTINGS_CLASSES && words_of_class(class) < count)
		class ++;
	return class;
}

/* A piece never lies across two segments: sizes are powers of two, and each begins at its own. */
static uint32_t take_piece(struct postings *postings, uint32_t class)
{
	uint32_t piece = postings->free[class], words = words_of_class(class);

	if (piece != NO_PIECE) {
		postings->free[class] = (uint32_t)piece_at(postings, piece)[0];
		return piece;
	}
	piece = (postings->used + words - 1) & ~(words - 1);
	if (piece >> POSTINGS_SEGMENT_BITS == postings->segment_count) {
		assert(postings->segment_count < POSTINGS_SEGMENTS_MAX);
		postings->segments[postings->segment_count++] =
			lg_alloc_array(postings->arena, SEGMENT_WORDS, sizeof(uint64_t));
	}
	postings->used = piece + words;
	return piece;
}

static void give_piece(struct postings *postings, uint32_t class, uint32_t piece)
{
	piece_at(postings, piece)[0] = postings->free[class];
	postings->free[class] = piece;
}

static uint32_t first_piece(uint64_t list)
{
	return (uint32_t)list;
}

static uint32_t count_of(uint64_t list)
{
	return (uint32_t)(list >> 32);
}

static uint64_t list_of(uint32_t piece, uint32_t count)
{
	return (uint64_t)count << 32 | piece;
}

/* Words in the first piece of a long list; the pieces behind it are full. */
static uint32_t first_words(uint32_t count)
{
	return (count - 1) % WORDS_OF_LONG + 1;
}

/* Another piece in front; the first one of all takes over what was short. */
static uint32_t lengthen(struct postings *postings, uint64_t list)
{
	uint32_t count = count_of(list), piece = take_piece(postings, POSTINGS_CLASSES - 1);
	uint64_t *words = piece_at(postings, piece);

	words[0] = count == SHORT_MAX ? NO_PIECE : first_piece(list);
	if (count == SHORT_MAX) {
		memcpy(words + 1, piece_at(postings, first_piece(list)), count * sizeof *words);
		give_piece(postings, class_for(count), first_piece(list));
	}
	return piece;
}

static uint32_t widen(struct postings *postings, uint64_t list)
{
	uint32_t count = count_of(list), piece = take_piece(postings, class_for(count + 1));

	if (count > 0) {
		memcpy(piece_at(postings, piece), piece_at(postings, first_piece(list)),
			count * sizeof(uint64_t));
		give_piece(postings, class_for(count), first_piece(list));
	}
	return piece;
}

void postings_add(struct postings *postings, uint32_t number, uint64_t word)
{
	uint64_t list = postings->lists[number];
	uint32_t count = count_of(list), piece = first_piece(list);

	assert(number < postings->list_count && count < UINT32_MAX);
	if (count < SHORT_MAX) {
		if (count == 0 || count == words_of_class(class_for(count)))
			piece = widen(postings, list);
		piece_at(postings, piece)[count] = word;
	} else {
		if (count == SHORT_MAX || count % WORDS_OF_LONG == 0)
			piece = lengthen(postings, list);
		piece_at(postings, piece)[first_words(count + 1)] = word;
	}
	postings->lists[number] = list_of(piece, count + 1);
}

/* Where the word lies, in whatever piece. */
static uint64_t *find(struct postings *postings, uint32_t number, uint64_t word)
{
	for (struct postings_walk walk = postings_first(postings, number); walk.count > 0;
		postings_next(&walk))
		for (uint32_t i = 0; i < walk.count; i++)
			if (walk.words[i] == word)
				return (uint64_t *)(uintptr_t)(walk.words + i);
	abort();
}

/* After the last word has gone: a piece that is empty or too large is given back. */
static uint32_t shorten(struct postings *postings, uint32_t piece, uint32_t left)
{
	uint64_t *words = piece_at(postings, piece);
	uint32_t other = NO_PIECE, class = class_for(left + 1);

	if (left >= SHORT_MAX + 1) {
		if (left % WORDS_OF_LONG != 0)
			return piece;
		other = (uint32_t)words[0];
	} else if (left == SHORT_MAX) {
		other = take_piece(postings, class_for(left));
		memcpy(piece_at(postings, other), words + 1, left * sizeof *words);
	} else if (left > 0) {
		if (class == class_for(left))
			return piece;
		other = take_piece(postings, class_for(left));
		memcpy(piece_at(postings, other), words, left * sizeof *words);
	}
	give_piece(postings, class, piece);
	return other;
}

void postings_remove(struct postings *postings, uint32_t number, uint64_t word)
{
	uint64_t list = postings->lists[number];
	uint32_t count = count_of(list), piece = first_piece(list);
	uint64_t *words = piece_at(postings, piece);

	assert(count > 0);
	*find(postings, number, word) = words[count > SHORT_MAX ? first_words(count) : count - 1];
	postings->lists[number] = list_of(shorten(postings, piece, count - 1), count - 1);
}

uint32_t postings_count(const struct postings *postings, uint32_t number)
{
	return count_of(postings->lists[number]);
}

void postings_expect(const struct postings *postings, uint32_t number)
{
	__builtin_prefetch(&postings->lists[number]);
}

void postings_expect_words(const struct postings *postings, uint32_t number)
{
	uint64_t list = postings->lists[number];
	const uint64_t *words = piece_at(postings, first_piece(list));
	uint32_t count = count_of(list) < LONG_WORDS ? count_of(list) : LONG_WORDS;

	for (uint32_t i = 0; i < count; i += 8)
		__builtin_prefetch(words + i);
}

/* At the piece walk->next, of which so many words are read. */
static void read_piece(struct postings_walk *walk, uint32_t count)
{
	const uint64_t *words = piece_at(walk->postings, walk->next);

	walk->count = count;
	walk->left -= count;
	walk->words = words + 1;
	walk->next = (uint32_t)words[0];
	if (walk->left > 0)
		for (uint32_t i = 0; i < LONG_WORDS; i += 8)
			__builtin_prefetch(piece_at(walk->postings, walk->next) + i);
}

struct postings_walk postings_first(const struct postings *postings, uint32_t number)
{
	uint64_t list = postings->lists[number];
	struct postings_walk walk = {
		.postings = postings, .next = first_piece(list), .left = count_of(list)
	};

	if (walk.left > SHORT_MAX) {
		read_piece(&walk, first_words(walk.left));
		return walk;
	}
	walk.words = piece_at(postings, walk.next);
	walk.count = walk.left;
	walk.left = 0;
	return walk;
}

void postings_next(struct postings_walk *walk)
{
	if (walk->left == 0)
		walk->count = 0;
	else
		read_piece(walk, WORDS_OF_LONG);
}

uint64_t postings_bytes(const struct postings *postings)
{
	return (uint64_t)postings->list_count * sizeof(uint64_t) +
	       (uint64_t)postings->segment_count * SEGMENT_WORDS * sizeof(uint64_t) +
	       POSTINGS_SEGMENTS_MAX * sizeof(uint64_t *);
}
