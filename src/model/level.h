#pragma once
/*
 * level - the four levels of a project: their words, types, id prefixes and folders. Pure.
 *
 * Places and prefixes are the seed's, to the letter; level 4, which it leaves open, follows them.
 */
#include <stddef.h>

enum level { LEVEL_NONE, LEVEL_DEVELOPMENT, LEVEL_PRODUCTION, LEVEL_PLANNING, LEVEL_CODED };

enum { LEVEL_COUNT = 4 };

struct level_info {
    enum level level;
    const char *word;   /* the short word: "dev" */
    const char *type;   /* the session file's `type`: "development" */
    const char *prefix; /* of ids: "dev" */
    const char *folder; /* below the project: ".claude/level-1-dev" */
    const char *words;  /* every accepted word, each between spaces */
};

const struct level_info *level_info(enum level level); /* never NULL for the four */
enum level level_from_word(const char *word);          /* any case; LEVEL_NONE for other words */

struct level_hint { /* a word of a purpose that speaks for a level */
    const char *word;
    enum level level;
};

/* The level whose hints fit the most words of `purpose`; ties go to the earlier word; LEVEL_NONE
 * when none fits. */
enum level level_from_purpose(const char *purpose, const struct level_hint *hints, size_t count);
