#include "model/template.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"

static const struct { /* the seed's blocks: every session has them under these names */
    const char *path;
    enum json_kind kind;
} needed[] = {
    { "session.metrics.cost_tracking.api_calls", JSON_IS_OBJECT },
    { "session.metrics.quality_tracking.quality_scores", JSON_IS_OBJECT },
    { "session.metrics.progress_tracking.tasks_completed", JSON_IS_LIST },
    { "session.metrics.progress_tracking.tasks_pending", JSON_IS_LIST },
    { "session.metrics.progress_tracking.blockers", JSON_IS_LIST },
    { "session.metrics.progress_tracking.learnings", JSON_IS_LIST },
    { "session.level_metrics", JSON_IS_OBJECT },
};

/* What may be left out or null must still be of its kind. */
static bool said_rightly(const struct json *root, struct err *err)
{
    enum json_kind budget = json_kind(json_get(root, "budget"));
    enum json_kind minutes = json_kind(json_get(root, "estimate_minutes"));
    enum json_kind name = json_kind(json_get(root, "name"));
    if (budget > JSON_IS_NULL && budget != JSON_IS_COUNT && budget != JSON_IS_DECIMAL)
        return err_set(err, ERR_DAMAGED, "'budget' is not an amount of dollars");
    if (minutes > JSON_IS_NULL && minutes != JSON_IS_COUNT)
        return err_set(err, ERR_DAMAGED, "'estimate_minutes' is not a whole number of minutes");
    if (name > JSON_IS_NULL && name != JSON_IS_TEXT)
        return err_set(err, ERR_DAMAGED, "'name' is not a text");
    return true;
}

static bool check(const struct json *root, struct err *err)
{
    if (json_kind(root) != JSON_IS_OBJECT)
        return err_set(err, ERR_DAMAGED, "not a template: it holds no object");
    int64_t level = json_count(root, "level", 0);
    if (level < LEVEL_DEVELOPMENT || level > LEVEL_CODED)
        return err_set(err, ERR_DAMAGED, "'level' is not 1, 2, 3 or 4");
    int64_t version = json_count(root, "schema_version", 0);
    if (version != 1)
        return err_set(err, version > 1 ? ERR_NEWER : ERR_DAMAGED, "'schema_version' is not 1");
    if (!said_rightly(root, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        if (json_kind(json_at(root, needed[i].path)) != needed[i].kind)
            return err_set(err, ERR_DAMAGED, "'%s' is missing or of the wrong kind",
                           needed[i].path);
    const struct json *scores = json_at(root, "session.metrics.quality_tracking.quality_scores");
    for (const char *key = json_next_key(scores, NULL); key; key = json_next_key(scores, key))
        if (json_kind(json_get(scores, key)) != JSON_IS_NULL)
            return err_set(err, ERR_DAMAGED, "score '%s' must begin null: it is not known yet",
                           key);
    return true;
}

bool template_parse(struct arena *arena, const char *text, size_t length, const char *name,
                    struct level_template *out, struct err *err)
{
    struct json *root;
    if (!json_parse(arena, text, length, name, &root, err))
        return false;
    if (!check(root, err))
        return err_at(err, "%s", name);
    double budget = json_decimal(root, "budget", -1);
    int64_t minutes = json_count(root, "estimate_minutes", -1);
    enum level level = (enum level)json_count(root, "level", 0);
    *out = (struct level_template){
        .level = level,
        .name = json_text(root, "name", level_info(level)->type),
        .budget_nano_usd = budget < 0 || budget > 9e9 ? -1 : (int64_t)llround(budget * 1e9),
        .estimate_minutes = minutes < 1 ? -1 : minutes,
        .session = json_get(root, "session"),
        .root = root,
    };
    (void)snprintf(out->hash, sizeof(out->hash), "xxh3:%016" PRIx64,
                   (uint64_t)hash_bytes(text, length));
    return true;
}
