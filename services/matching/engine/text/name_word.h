/* Words that stand in many names: titles, second names that say little, abbreviations. */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_NAME_WORD_H
#define SERVICES_MATCHING_ENGINE_TEXT_NAME_WORD_H

enum name_word {
	NAME_WORD_OWN,    /* hers */
	NAME_WORD_TITLE,  /* Shri, Miss, Dr: no part of a name */
	NAME_WORD_FILLER, /* Kumari, Devi, Bahadur: stands in one record and not in the other */
};

/*
 * What a word is.
 *   word       in its normal form (letters_normal)
 *   ret_whole  what an abbreviation stands for, in the same form; NULL: it is none
 */
enum name_word name_word_kind(const char *word, const char **ret_whole);

/*
 * What two words in a row stand for: a family's name cut to its letters (B.K., K.C.), a kind of
 * place (rural municipality).
 *   returns  in its normal form; NULL: they are two words
 */
const char *name_word_pair(const char *first, const char *second);

#endif
