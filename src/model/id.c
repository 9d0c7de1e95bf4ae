#include "model/id.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* Read `count` digits at *at, or as many as there are up to `most` when count is 0. */
static bool digits(const char **at, int count, int most, int *out)
{
    int n = 0;
    int value = 0;
    while (n < (count ? count : most) && (*at)[n] >= '0' && (*at)[n] <= '9')
        value = value * 10 + ((*at)[n++] - '0');
    if (n == 0 || (count && n != count))
        return false;
    *at += n;
    *out = value;
    return true;
}

static bool literal(const char **at, const char *text)
{
    if (!text_has_prefix(*at, text))
        return false;
    *at += strlen(text);
    return true;
}

static bool parse_level(const char **at, struct id *out)
{
    out->episode = -1;
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++) {
        if (!literal(at, level_info(level)->prefix))
            continue;
        out->level = level;
        if (!literal(at, "_"))
            return false;
        if (level != LEVEL_PRODUCTION)
            return true;
        const char *episode = *at;
        return digits(at, 0, 9, &out->episode) && *at - episode >= 3 && literal(at, "_");
    }
    return false;
}

static bool parse_time(const char **at, struct id *out)
{
    int date;
    int time;
    if (!digits(at, 8, 8, &date) || !literal(at, "_") || !digits(at, 4, 4, &time))
        return false;
    out->year = date / 10000;
    out->month = date / 100 % 100;
    out->day = date % 100;
    out->hour = time / 100;
    out->minute = time % 100;
    return out->month >= 1 && out->month <= 12 && out->day >= 1 && out->day <= 31 &&
           out->hour <= 23 && out->minute <= 59;
}

bool id_parse(const char *text, struct id *out)
{
    const char *at = text;
    *out = (struct id){ .nth = 1 };
    if (strlen(text) >= ID_SIZE || !parse_level(&at, out) || !parse_time(&at, out))
        return false;
    if (*at == '\0')
        return true;
    return literal(&at, "_") && digits(&at, 0, 9, &out->nth) && *at == '\0';
}

bool id_is(const char *text)
{
    struct id id;
    return id_parse(text, &id);
}

void id_make(enum level level, int episode, const struct civil *start, int nth, char out[ID_SIZE])
{
    char head[24];
    char tail[16] = "";
    if (level == LEVEL_PRODUCTION)
        (void)snprintf(head, sizeof(head), "ep_%03d", episode);
    else
        (void)snprintf(head, sizeof(head), "%s", level_info(level)->prefix);
    if (nth > 1)
        (void)snprintf(tail, sizeof(tail), "_%d", nth);
    (void)snprintf(out, ID_SIZE, "%s_%04d%02d%02d_%02d%02d%s", head, start->year, start->month,
                   start->day, start->hour, start->minute, tail);
}

/* "ep_14" for episode 14, however many zeros are written. */
static bool fits_episode(const struct id *id, const char *word)
{
    int episode;
    return id->level == LEVEL_PRODUCTION && literal(&word, "ep_") &&
           digits(&word, 0, 9, &episode) && *word == '\0' && episode == id->episode;
}

/* "dev_1410": the level and the time of day. */
static bool fits_time(const struct id *id, const char *word)
{
    int time;
    return literal(&word, level_info(id->level)->prefix) && literal(&word, "_") &&
           digits(&word, 4, 4, &time) && *word == '\0' && time == id->hour * 100 + id->minute;
}

bool id_fits(const char *text, const char *word)
{
    struct id id;
    if (!id_parse(text, &id) || !*word)
        return false;
    return text_has_prefix(text, word) || fits_episode(&id, word) || fits_time(&id, word);
}

bool id_word(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length > 0 && length < ID_SIZE && text[length] == '\0';
}

bool id_of_file(const char *file_name, char out[ID_SIZE])
{
    size_t length = strlen(file_name);
    if (length < 6 || length - 5 >= ID_SIZE || !text_has_suffix(file_name, ".json"))
        return false;
    memcpy(out, file_name, length - 5);
    out[length - 5] = '\0';
    return id_is(out);
}
