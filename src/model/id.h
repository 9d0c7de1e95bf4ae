#pragma once
/*
 * id - the names of work sessions. Pure.
 *
 * ^(dev|plan|code|ep_[0-9]{3,})_[0-9]{8}_[0-9]{4}(_[0-9]+)?$ in local time of the start; the same
 * minute again: _2, _3 ... A file's name is its session's id, so an id can never be a path.
 */
#include <stdbool.h>

#include "model/level.h"

struct civil;

enum { ID_SIZE = 96 }; /* with its NUL */

struct id {
    enum level level;
    int episode; /* production: 0 ... 999999999; else -1 */
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int nth; /* 1, or the suffix */
};

/* False for anything that is not an id, to the letter. */
bool id_parse(const char *text, struct id *out);
bool id_is(const char *text);
/* `episode` counts for production only. */
void id_make(enum level level, int episode, const struct civil *start, int nth, char out[ID_SIZE]);
/* May people mean `id` by `word`? Its prefix ("dev_20261006", "ep_014"), or its level and time
 * ("dev_1410"), or level and episode ("ep_14"). */
bool id_fits(const char *id, const char *word);
/* Characters an id or a part of one may have; a word with others is ill-formed (exit 2). */
bool id_word(const char *text);
/* Is this path's last component the name of a session file? Gives the id then. */
bool id_of_file(const char *file_name, char out[ID_SIZE]);
