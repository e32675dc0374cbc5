/*
 * Lists of codes as one text, a space between two: "district_a district_b".
 *
 * Codes hold no space, so a list is one column and one comparison of text; "" is the empty list.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_WORDS_H
#define SERVICES_REFERRAL_DOMAIN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define WORD_MAX 32 /* bytes of one code */

/* Whether text is 1..WORD_MAX of a-z 0-9 _ -. */
bool word_is_code(const char *text);

/* Whether the list holds the word. */
bool words_have(const char *list, const char *word);

/* Whether the list holds every word of wanted; the empty list is held by any. */
bool words_have_all(const char *list, const char *wanted);

/* How many words a list has. */
size_t words_count(const char *list);

/*
 * Cuts the first word off.
 *   list      moved behind it
 *   ret_word  room for WORD_MAX + 1; a longer word is cut
 *   returns   whether there was one
 */
bool words_next(const char **list, char ret_word[WORD_MAX + 1]);

#endif
