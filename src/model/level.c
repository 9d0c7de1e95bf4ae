#include "model/level.h"

#include <stdbool.h>
#include <string.h>

#include "base/attr.h"
#include "base/text.h"

/* clang-format off */
static const struct level_info levels[] = {
    { LEVEL_DEVELOPMENT, "dev",   "development", "dev",  ".claude/level-1-dev",
      " dev development 1 1-dev level-1 level-1-dev " },
    { LEVEL_PRODUCTION,  "prod",  "production",  "ep",   ".claude/level-2-production",
      " prod production 2 2-production level-2 level-2-production " },
    { LEVEL_PLANNING,    "plan",  "planning",    "plan", ".claude/level-3-platform-dev",
      " plan planning platform 3 3-platform level-3 level-3-platform-dev " },
    { LEVEL_CODED,       "coded", "coded",       "code", ".claude/level-4-coded",
      " coded code 4 4-coded level-4 level-4-coded " },
};
/* clang-format on */

const struct level_info *level_info(enum level level)
{
    return &levels[level - LEVEL_DEVELOPMENT];
}

static bool among(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strchr(at, ' ')); at++)
        if (length && strncasecmp(at + 1, word, length) == 0 && at[1 + length] == ' ')
            return true;
    return false;
}

enum level level_from_word(const char *word)
{
    if (strchr(word, ' '))
        return LEVEL_NONE;
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (among(levels[i].words, word))
            return levels[i].level;
    return LEVEL_NONE;
}

static enum level hint_for(const char *word, size_t length, const struct level_hint *hints,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(hints[i].word) == length && strncasecmp(hints[i].word, word, length) == 0)
            return hints[i].level;
    return LEVEL_NONE;
}

enum level level_from_purpose(const char *purpose, const struct level_hint *hints, size_t count)
{
    static const char between[] = " \t\n.,;:!?()[]\"'/";
    enum level seen[LEVEL_COUNT] = { LEVEL_NONE }; /* in the order their first words stand */
    size_t seen_count = 0;
    size_t votes[LEVEL_CODED + 1] = { 0 };
    enum level best = LEVEL_NONE;
    for (const char *at = purpose; *at;) {
        at += strspn(at, between);
        size_t length = strcspn(at, between);
        enum level level = hint_for(at, length, hints, count);
        at += length;
        if (level != LEVEL_NONE && votes[level]++ == 0)
            seen[seen_count++] = level;
    }
    for (size_t i = 0; i < seen_count; i++)
        if (votes[seen[i]] > votes[best]) /* LEVEL_NONE has none */
            best = seen[i];
    return best;
}
