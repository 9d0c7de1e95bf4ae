#include "model/session.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"

#define NANO_PER_DOLLAR 1e9

static const char *const status_names[] = {
    [SESSION_ACTIVE] = "active",       [SESSION_PAUSED] = "paused",       [SESSION_STALE] = "stale",
    [SESSION_COMPLETED] = "completed", [SESSION_ABANDONED] = "abandoned",
};

const char *session_status_name(enum session_status status)
{
    return status_names[status];
}

bool session_is_open(const struct session *session)
{
    return session->status < SESSION_COMPLETED;
}

static bool status_from_name(const char *name, enum session_status *out)
{
    for (size_t i = 0; i < ARRAY_LEN(status_names); i++)
        if (strcmp(status_names[i], name) == 0) {
            *out = (enum session_status)i;
            return true;
        }
    return false;
}

/* --- reading -------------------------------------------------------------------------------- */

/* A time member: absent or null is 0, which no session has. */
static bool read_time(const struct json *root, const char *key, int64_t *out, struct err *err)
{
    const struct json *value = json_get(root, key);
    const char *text = json_value_text(value, NULL);
    *out = 0;
    if (!value || json_kind(value) == JSON_IS_NULL)
        return true;
    if (text && clock_parse(text, strlen(text), out))
        return true;
    return err_set(err, ERR_DAMAGED, "'%s' is not a time such as 2026-10-06T14:55:00Z", key);
}

static bool read_identity(struct session *session, const char *name, struct err *err)
{
    const struct json *root = session->root;
    const char *id = json_text(root, "session_id", "");
    const char *slash = strrchr(name, '/');
    const char *file = slash ? slash + 1 : name;
    char file_id[ID_SIZE];
    struct id parts;
    if (!id_parse(id, &parts))
        return err_set(err, ERR_DAMAGED, "'session_id' is not an id such as dev_20261006_1455");
    if (id_of_file(file, file_id) && strcmp(file_id, id) != 0)
        return err_set(err, ERR_DAMAGED, "'session_id' is '%s', not the file's name", id);
    if (json_count(root, "level", 0) != parts.level)
        return err_set(err, ERR_DAMAGED, "'level' is not %d, the level of its id",
                       (int)parts.level);
    memcpy(session->id, id, strlen(id) + 1);
    session->level = parts.level;
    session->episode = parts.episode;
    return true;
}

/* Members whose kind is known: another one is a mistake of a hand, never to be written over. */
static const struct {
    const char *path;
    enum json_kind kind; /* decimals may be written as counts */
    const char *what;
} members[] = {
    { "schema_version", JSON_IS_COUNT, "a whole number" },
    { "min_writer", JSON_IS_COUNT, "a whole number" },
    { "purpose", JSON_IS_TEXT, "a text" },
    { "budget", JSON_IS_DECIMAL, "an amount of dollars" },
    { "estimate_minutes", JSON_IS_COUNT, "a whole number of minutes" },
    { "tags", JSON_IS_OBJECT, "an object" },
    { "agent_sessions", JSON_IS_LIST, "a list" },
    { "metrics", JSON_IS_OBJECT, "an object" },
    { "metrics.cost_tracking", JSON_IS_OBJECT, "an object" },
    { "metrics.cost_tracking.api_calls", JSON_IS_OBJECT, "an object" },
    { "metrics.quality_tracking", JSON_IS_OBJECT, "an object" },
    { "metrics.quality_tracking.quality_scores", JSON_IS_OBJECT, "an object" },
    { "metrics.time_tracking", JSON_IS_OBJECT, "an object" },
    { "metrics.error_tracking", JSON_IS_OBJECT, "an object" },
    { "metrics.progress_tracking", JSON_IS_OBJECT, "an object" },
    { "metrics.progress_tracking.tasks_pending", JSON_IS_LIST, "a list" },
    { "metrics.progress_tracking.tasks_completed", JSON_IS_LIST, "a list" },
    { "metrics.progress_tracking.tasks_dropped", JSON_IS_LIST, "a list" },
    { "metrics.progress_tracking.blockers", JSON_IS_LIST, "a list" },
    { "metrics.progress_tracking.learnings", JSON_IS_LIST, "a list" },
    { "timeline", JSON_IS_LIST, "a list" },
};

static bool check_kinds(const struct json *root, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        enum json_kind kind = json_kind(json_at(root, members[i].path));
        if (kind == JSON_IS_COUNT && members[i].kind == JSON_IS_DECIMAL)
            continue;
        if (kind != members[i].kind && kind != JSON_IS_ABSENT && kind != JSON_IS_NULL)
            return err_set(err, ERR_DAMAGED, "'%s' is not %s", members[i].path, members[i].what);
    }
    return true;
}

static bool read_limits(struct session *session, struct err *err)
{
    const struct json *root = session->root;
    double budget = json_decimal(root, "budget", -1);
    int64_t minutes = json_count(root, "estimate_minutes", -1);
    if (!(budget < 9e9))
        return err_set(err, ERR_DAMAGED, "'budget' is not an amount of dollars");
    session->budget_nano_usd = budget < 0 ? -1 : (int64_t)llround(budget * NANO_PER_DOLLAR);
    session->estimate_minutes = minutes < 0 ? -1 : minutes;
    return true;
}

static bool read_fields(struct session *session, const char *name, struct err *err)
{
    const struct json *root = session->root;
    if (json_kind(root) != JSON_IS_OBJECT)
        return err_set(err, ERR_DAMAGED, "not a session file: it holds no object");
    if (json_count(root, "schema_version", 1) < 1)
        return err_set(err, ERR_DAMAGED, "'schema_version' is below 1");
    session->needs_newer = json_count(root, "min_writer", 1) > SESSION_VERSION;
    if (!session->needs_newer && !check_kinds(root, err)) /* theirs may be of other kinds */
        return false;
    if (!read_identity(session, name, err) || !read_limits(session, err))
        return false;
    if (!status_from_name(json_text(root, "status", ""), &session->status))
        return err_set(err, ERR_DAMAGED,
                       "'status' is none of active, paused, stale, completed, abandoned");
    if (!read_time(root, "started_at", &session->started_at_ns, err) ||
        !read_time(root, "ended_at", &session->ended_at_ns, err))
        return false;
    if (session->started_at_ns == 0)
        return err_set(err, ERR_DAMAGED, "'started_at' is missing");
    session->purpose = json_text(root, "purpose", NULL);
    return true;
}

bool session_parse(struct arena *arena, const char *text, size_t length, const char *name,
                   struct session *out, struct err *err)
{
    *out = (struct session){ 0 };
    if (!json_parse(arena, text, length, name, &out->root, err))
        return false;
    if (read_fields(out, name, err))
        return true;
    return err_at(err, "%s", name);
}

/* --- making --------------------------------------------------------------------------------- */

static void set_time(struct json *object, const char *key, int64_t at_ns)
{
    char text[CLOCK_TEXT];
    clock_utc(at_ns, text);
    json_set_text(object, key, text);
}

static void set_amount(struct json *object, const char *key, int64_t nano_usd)
{
    if (nano_usd < 0)
        json_set_null(object, key);
    else
        json_set_decimal(object, key, (double)nano_usd / NANO_PER_DOLLAR);
}

static void set_count_or_null(struct json *object, const char *key, int64_t count)
{
    if (count < 0)
        json_set_null(object, key);
    else
        json_set_count(object, key, count);
}

static void new_head(struct json *root, const struct session_start *start)
{
    const struct level_info *info = level_info(start->level);
    json_set_text(root, "schema", "session-manager/session");
    json_set_count(root, "schema_version", SESSION_VERSION);
    json_set_text(root, "session_id", start->id);
    json_set_count(root, "level", start->level);
    json_set_text(root, "type", info->type);
    json_set_text(root, "purpose", start->purpose);
    json_set_text(root, "status", status_names[SESSION_ACTIVE]);
    set_time(root, "started_at", start->started_at_ns);
    set_time(root, "updated_at", start->started_at_ns);
    json_set_null(root, "ended_at");
    json_set_text(root, "project", start->project);
    struct json *template = json_set_object(root, "template");
    json_set_text(template, "name", start->template_name);
    json_set_text(template, "hash", start->template_hash);
    set_count_or_null(root, "episode", start->level == LEVEL_PRODUCTION ? start->episode : -1);
    set_amount(root, "budget", start->budget_nano_usd);
    set_count_or_null(root, "estimate_minutes", start->estimate_minutes);
    (void)json_set_object(root, "tags");
}

static void new_claims(struct json *root, const struct session_start *start)
{
    struct json *claims = json_set_list(root, "agent_sessions");
    if (!start->agent_session)
        return;
    struct json *claim = json_append_object(claims);
    json_set_text(claim, "id", start->agent_session);
    set_time(claim, "from", start->started_at_ns);
    json_set_null(claim, "to");
}

/* The log can be read, so what has been used up to now is known: nothing. */
static void begin_counters(struct json *root)
{
    struct json *cost = json_at(root, "metrics.cost_tracking");
    struct json *calls = json_get(cost, "api_calls");
    if (json_kind(cost) != JSON_IS_OBJECT)
        return;
    json_set_count(cost, "claude_tokens", 0);
    json_set_decimal(cost, "total_cost_usd", 0);
    for (const char *key = json_next_key(calls, NULL); key; key = json_next_key(calls, key))
        json_set_count(calls, key, 0);
}

static void log_start(struct session *session, const struct session_start *start)
{
    struct json *entry = session_log(session, "start", start->started_at_ns);
    json_set_count(entry, "level", start->level);
    json_set_text(entry, "purpose", start->purpose);
    json_set_text(entry, "project", start->project);
    json_set_text(entry, "branch", start->branch);
    json_set_text(entry, "git_head", start->git_head);
    json_set_text(entry, "template", start->template_name);
    json_set_text(entry, "by", start->by);
    if (start->agent_session)
        json_set_text(entry, "agent_session", start->agent_session);
}

/* A block of the template, or an empty one, at its place in the new session. */
static void take_block(struct json *root, struct json *given, const char *key, enum json_kind kind)
{
    struct json *block = json_get(given, key);
    if (json_kind(block) == kind)
        json_set(root, key, block);
    else if (kind == JSON_IS_OBJECT)
        (void)json_set_object(root, key);
    else
        (void)json_set_list(root, key);
    json_remove(given, key);
}

void session_new(struct arena *arena, const struct session_start *start,
                 const struct json *template_session, struct session *out)
{
    static const char *const objects[] = { "metrics", "level_metrics" };
    static const char *const lists[] = { "stages", "gates", "timeline", "patterns" };
    struct json *root = json_new_object(arena);
    struct json *given = json_clone(arena, template_session);
    new_head(root, start);
    new_claims(root, start);
    for (size_t i = 0; i < ARRAY_LEN(objects); i++)
        take_block(root, given, objects[i], JSON_IS_OBJECT);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        take_block(root, given, lists[i], JSON_IS_LIST);
    json_set_null(root, "imported");
    for (const char *key = json_next_key(given, NULL); key; key = json_next_key(given, key))
        if (!json_get(root, key)) /* a template may add members, never replace the head's */
            json_set(root, key, json_get(given, key));
    *out = (struct session){
        .root = root,
        .level = start->level,
        .status = SESSION_ACTIVE,
        .purpose = json_text(root, "purpose", NULL),
        .episode = start->level == LEVEL_PRODUCTION ? start->episode : -1,
        .started_at_ns = start->started_at_ns,
        .budget_nano_usd = start->budget_nano_usd,
        .estimate_minutes = start->estimate_minutes,
    };
    memcpy(out->id, start->id, sizeof(out->id));
    if (start->measured)
        begin_counters(root);
    log_start(out, start);
}

void session_write(const struct session *session, struct buf *out)
{
    json_write(session->root, out);
}

/* --- changing ------------------------------------------------------------------------------- */

void session_touch(struct session *session, int64_t now_ns)
{
    set_time(session->root, "updated_at", now_ns);
}

struct json *session_log(struct session *session, const char *event, int64_t now_ns)
{
    struct json *timeline = json_get(session->root, "timeline");
    if (json_kind(timeline) != JSON_IS_LIST)
        timeline = json_set_list(session->root, "timeline");
    struct json *entry = json_append_object(timeline);
    set_time(entry, "at", now_ns);
    json_set_text(entry, "event", event);
    return entry;
}

void session_tag(struct session *session, const char *key, const char *value)
{
    struct json *tags = json_get(session->root, "tags");
    if (json_kind(tags) != JSON_IS_OBJECT)
        tags = json_set_object(session->root, "tags");
    json_set_text(tags, key, value);
}

void session_set_purpose(struct session *session, struct arena *arena, const char *purpose)
{
    json_set_text(session->root, "purpose", purpose);
    session->purpose = arena_strdup(arena, purpose);
}

void session_end(struct session *session, enum session_status status, const char *why,
                 int64_t now_ns)
{
    session->status = status;
    session->ended_at_ns = now_ns;
    json_set_text(session->root, "status", status_names[status]);
    set_time(session->root, "ended_at", now_ns);
    struct json *claims = json_get(session->root, "agent_sessions");
    for (size_t i = 0; i < json_length(claims); i++) {
        struct json *claim = json_item(claims, i);
        if (json_kind(claim) == JSON_IS_OBJECT && !json_text(claim, "to", NULL))
            set_time(claim, "to", now_ns);
    }
    struct json *entry = session_log(session, "end", now_ns);
    json_set_text(entry, "status", status_names[status]);
    json_set_text(entry, "why", why);
    session_touch(session, now_ns);
}

/* --- asking --------------------------------------------------------------------------------- */

static int64_t claim_time(const struct json *claim, const char *key, int64_t fallback)
{
    int64_t at_ns;
    const char *text = json_text(claim, key, NULL);
    return text && clock_parse(text, strlen(text), &at_ns) ? at_ns : fallback;
}

void session_claims(const struct session *session, struct arena *arena,
                    struct session_claim **claims, size_t *count)
{
    int64_t end = session->ended_at_ns ? session->ended_at_ns : INT64_MAX;
    const struct json *list = json_get(session->root, "agent_sessions");
    *claims = arena_alloc(arena, (json_length(list) + 1) * sizeof(**claims));
    *count = 0;
    for (size_t i = 0; i < json_length(list); i++) {
        const struct json *claim = json_item(list, i);
        const char *id = json_text(claim, "id", NULL);
        if (id)
            (*claims)[(*count)++] = (struct session_claim){
                .agent_session = id,
                .from_ns = claim_time(claim, "from", session->started_at_ns),
                .to_ns = claim_time(claim, "to", end),
            };
    }
    if (*count == 0)
        (*claims)[(*count)++] = (struct session_claim){ NULL, session->started_at_ns, end };
}

bool session_score(const struct session *session, const char *name, double *out)
{
    const struct json *scores = json_at(session->root, "metrics.quality_tracking.quality_scores");
    double score = json_decimal(scores, name, -1);
    if (score < 0)
        return false;
    *out = score;
    return true;
}

static struct json *member_object(struct json *object, const char *key)
{
    struct json *member = json_get(object, key);
    return json_kind(member) == JSON_IS_OBJECT ? member : json_set_object(object, key);
}

struct json *session_progress(const struct session *session, const char *name)
{
    struct json *metrics = member_object(session->root, "metrics");
    struct json *progress = member_object(metrics, "progress_tracking");
    struct json *list = json_get(progress, name);
    return json_kind(list) == JSON_IS_LIST ? list : json_set_list(progress, name);
}

const char *session_entry_text(const struct json *entry)
{
    if (json_kind(entry) == JSON_IS_TEXT)
        return json_value_text(entry, "");
    return json_text(entry, "text", "");
}

const char *session_tag_at(const struct session *session, struct arena *arena, size_t index)
{
    const struct json *tags = json_get(session->root, "tags");
    const char *key = json_next_key(tags, NULL);
    for (; key && index; index--)
        key = json_next_key(tags, key);
    return key ? arena_printf(arena, "%s=%s", key, json_text(tags, key, "")) : NULL;
}
