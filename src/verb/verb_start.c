#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "doc/doc.h"
#include "embed.h"
#include "model/session.h"
#include "model/task.h"
#include "model/template.h"
#include "store/git.h"
#include "store/ledger.h"
#include "store/shelf.h"
#include "verb/account.h"
#include "verb/setup.h"
#include "verb/templates.h"
#include "verb/verb.h"
#include "verb/verbs.h"

enum {
    SAME_MINUTE = 10000,       /* starts in one minute before we call it a mistake */
    MOST_MINUTES = 366 * 1440, /* of an estimate: a year */
};

/* Words of a purpose that speak for a level; the user's own go before them. */
static const struct level_hint built_in_hints[] = {
    { "plan", LEVEL_PLANNING },         { "design", LEVEL_PLANNING },
    { "requirements", LEVEL_PLANNING }, { "requirement", LEVEL_PLANNING },
    { "architecture", LEVEL_PLANNING }, { "migration", LEVEL_PLANNING },
    { "roadmap", LEVEL_PLANNING },      { "risks", LEVEL_PLANNING },
    { "episode", LEVEL_PRODUCTION },    { "script", LEVEL_PRODUCTION },
    { "audio", LEVEL_PRODUCTION },      { "record", LEVEL_PRODUCTION },
    { "publish", LEVEL_PRODUCTION },    { "produce", LEVEL_PRODUCTION },
    { "release", LEVEL_CODED },         { "deploy", LEVEL_CODED },
    { "implement", LEVEL_CODED },       { "service", LEVEL_CODED },
    { "endpoint", LEVEL_CODED },        { "build", LEVEL_DEVELOPMENT },
    { "tool", LEVEL_DEVELOPMENT },      { "command", LEVEL_DEVELOPMENT },
    { "agent", LEVEL_DEVELOPMENT },     { "hook", LEVEL_DEVELOPMENT },
    { "skill", LEVEL_DEVELOPMENT },     { "fix", LEVEL_DEVELOPMENT },
    { "test", LEVEL_DEVELOPMENT },      { "tests", LEVEL_DEVELOPMENT },
    { "docs", LEVEL_DEVELOPMENT },      { "documentation", LEVEL_DEVELOPMENT },
};

struct wish {         /* what the words ask for, before anything is looked at */
    enum level level; /* LEVEL_NONE: not said */
    int episode;      /* -1: not said */
    const char *purpose;
    const char *level_from; /* how the level was found, for people */
};

/* --- words ---------------------------------------------------------------------------------- */

/* A leading word off *words; the rest stays. NULL when there is none. */
static const char *take_word(struct arena *arena, const char **words)
{
    const char *at = *words;
    if (!at || !*at)
        return NULL;
    size_t length = strcspn(at, " ");
    *words = at + length + strspn(at + length, " ");
    return arena_printf(arena, "%.*s", (int)length, at);
}

static bool take_level(const struct request *request, const char **words, struct wish *wish,
                       struct err *err)
{
    const char *given = request_text(request, "level");
    const char *rest = *words;
    const char *word = take_word(request->arena, &rest);
    if (given) {
        wish->level = level_from_word(given);
        wish->level_from = "as said";
        if (wish->level == LEVEL_NONE)
            return err_set(err, ERR_USAGE,
                           "unknown level '%s'; levels are dev, prod, plan, coded (or 1 to 4)",
                           given);
        return true;
    }
    wish->level = word ? level_from_word(word) : LEVEL_NONE;
    if (wish->level != LEVEL_NONE) {
        wish->level_from = "as said";
        *words = rest;
    }
    return true;
}

/* `start prod 14 Why do we sleep?`: a number is the episode, other text the title. */
static bool take_episode(const struct request *request, const char **words, struct wish *wish,
                         struct err *err)
{
    const char *rest = *words;
    const char *word = take_word(request->arena, &rest);
    int64_t number;
    if (wish->level != LEVEL_PRODUCTION || !word)
        return true;
    if (text_has_prefix(word, "ep_") || text_has_prefix(word, "EP_"))
        word += 3;
    if (word[strspn(word, "0123456789")])
        return true;
    if (!text_count(word, &number) || number < 1 || number > 999999999)
        return err_set(err, ERR_USAGE, "episode '%s' is not a number from 1 to 999999999", word);
    wish->episode = (int)number;
    *words = rest;
    return true;
}

static bool read_words(const struct request *request, struct wish *wish, struct err *err)
{
    const char *words = request_text(request, "words");
    const char *given = request_text(request, "purpose");
    *wish = (struct wish){ .episode = -1 };
    if (!take_level(request, &words, wish, err) || !take_episode(request, &words, wish, err))
        return false;
    const char *purpose = given ? given : words;
    wish->purpose =
        purpose && *purpose ? text_valid(request->arena, purpose, strlen(purpose)) : NULL;
    return true;
}

/* --- level and episode ---------------------------------------------------------------------- */

static enum level level_by_hints(struct request *request, const char *purpose)
{
    const char **words;
    const char **levels;
    size_t count;
    settings_entries(&request->settings, "level_words", &words, &levels, &count);
    size_t all = count + ARRAY_LEN(built_in_hints);
    struct level_hint *hints = arena_alloc(request->arena, all * sizeof(*hints));
    for (size_t i = 0; i < count; i++)
        hints[i] = (struct level_hint){ words[i], level_from_word(levels[i] ? levels[i] : "") };
    memcpy(hints + count, built_in_hints, sizeof(built_in_hints));
    return level_from_purpose(purpose, hints, all);
}

static bool settle_level(struct request *request, const struct roster *roster, struct wish *wish,
                         struct err *err)
{
    if (wish->level != LEVEL_NONE)
        return true;
    if (wish->purpose)
        wish->level = level_by_hints(request, wish->purpose);
    wish->level_from = "from the purpose's words";
    if (wish->level != LEVEL_NONE)
        return true;
    for (size_t i = roster->sessions.count; i > 0 && wish->level == LEVEL_NONE; i--)
        if (strcmp(roster->sessions.items[i - 1].project, request->home.project) == 0)
            wish->level = roster->sessions.items[i - 1].level;
    wish->level_from = "as the last session here";
    if (wish->level != LEVEL_NONE)
        return true;
    return err_set(err, ERR_USAGE,
                   "which level? start dev, prod, plan or coded (or 1 to 4): "
                   "no word of the purpose tells, and this is the first session here");
}

/* Nothing said: the highest episode there has been, and one more. */
static void settle_episode(struct request *request, const struct roster *roster, struct wish *wish)
{
    int highest = 0;
    struct id id;
    if (wish->level != LEVEL_PRODUCTION || wish->episode >= 0)
        return;
    for (size_t i = 0; i < roster->damage_count; i++)
        if (roster->damages[i].id && id_parse(roster->damages[i].id, &id) && id.episode > highest)
            highest = id.episode;
    for (size_t i = 0; i < roster->sessions.count; i++) {
        const struct summary *session = &roster->sessions.items[i];
        if (strcmp(session->project, request->home.project) == 0 && session->episode > highest)
            highest = session->episode;
    }
    wish->episode = highest + 1;
}

/* An open session of this level that cannot be read is not "none". */
static bool check_none_unread(const struct roster *roster, const struct wish *wish, struct err *err)
{
    for (size_t i = 0; i < roster->damage_count; i++) {
        const struct roster_damage *damage = &roster->damages[i];
        struct id id;
        if (!damage->id || damage->archived || !id_parse(damage->id, &id) ||
            id.level != wish->level ||
            (wish->level == LEVEL_PRODUCTION && id.episode != wish->episode))
            continue;
        (void)err_set(err, damage->code, "%s cannot be read, and may be active: %s", damage->id,
                      damage->what);
        return err_at(err, "%s", damage->path);
    }
    return true;
}

static bool check_none_active(struct request *request, const struct roster *roster,
                              const struct wish *wish, struct err *err)
{
    if (request_flag(request, "parallel"))
        return true;
    for (size_t i = 0; i < roster->sessions.count; i++) {
        const struct summary *session = &roster->sessions.items[i];
        if (strcmp(session->project, request->home.project) != 0 || session->level != wish->level ||
            session->status >= SESSION_COMPLETED ||
            (wish->level == LEVEL_PRODUCTION && session->episode != wish->episode))
            continue;
        return err_set(err, ERR_ACTIVE,
                       "%s is %s already; end it first, or start another beside it with --parallel",
                       session->id, session_status_name(session->status));
    }
    return check_none_unread(roster, wish, err);
}

/* --- the session ---------------------------------------------------------------------------- */

static bool read_limits(struct request *request, const struct level_template *template,
                        struct session_start *start, struct err *err)
{
    const char *budget = request_text(request, "budget");
    const char *estimate = request_text(request, "estimate");
    start->budget_nano_usd = template->budget_nano_usd;
    start->estimate_minutes = template->estimate_minutes;
    if (budget && !text_money(budget, &start->budget_nano_usd))
        return err_set(err, ERR_USAGE, "--budget '%s' is not an amount such as 4.00", budget);
    if (estimate && (!text_minutes(estimate, &start->estimate_minutes) ||
                     start->estimate_minutes > MOST_MINUTES))
        return err_set(err, ERR_USAGE, "--estimate '%s' is not a time such as 35m or 1h30m",
                       estimate);
    return true;
}

static bool add_tags(struct request *request, struct session *session, struct err *err)
{
    const char **tags;
    size_t count;
    request_many(request, "tag", &tags, &count);
    for (size_t i = 0; i < count; i++) {
        const char *equals = strchr(tags[i], '=');
        if (!equals || equals == tags[i])
            return err_set(err, ERR_USAGE, "--tag '%s' is not key=value", tags[i]);
        const char *key = text_valid(request->arena, tags[i], (size_t)(equals - tags[i]));
        session_tag(session, key, text_valid(request->arena, equals + 1, strlen(equals + 1)));
    }
    return true;
}

static void add_tasks(struct request *request, struct session *session)
{
    const char **tasks;
    size_t count;
    request_many(request, "task", &tasks, &count);
    for (size_t i = 0; i < count; i++)
        (void)task_add(session, text_valid(request->arena, tasks[i], strlen(tasks[i])),
                       session->started_at_ns);
}

static void circumstances(struct request *request, struct session_start *start)
{
    struct arena *arena = request->arena;
    const char *cwd = request->around->places.cwd;
    struct git git = git_find(arena, cwd ? cwd : request->home.project);
    const char *name = strrchr(request->home.project, '/');
    start->project = name && name[1] ? name + 1 : request->home.project;
    start->branch = git_branch(arena, &git);
    start->git_head = git_head(arena, &git);
    start->agent_session = request->around->agent_session;
    start->by = start->agent_session ? "agent" : "command line";
    start->measured = request->home.log_folder_count > 0;
}

/* Ids are given by the minute; a taken one makes us try the next. */
static bool create(struct request *request, struct session_start *start,
                   const struct level_template *template, struct session *session,
                   const char **path, struct err *err)
{
    struct civil when = clock_civil(start->started_at_ns);
    for (int nth = 1; nth <= SAME_MINUTE; nth++) {
        struct err why = { 0 };
        id_make(start->level, start->episode, &when, nth, start->id);
        session_new(request->arena, start, template->session, session);
        if (!add_tags(request, session, err))
            return false;
        add_tasks(request, session);
        if (shelf_create(request->shelf, session, path, &why))
            return true;
        if (why.code != ERR_ACTIVE) {
            *err = why;
            return false;
        }
    }
    return err_set(err, ERR_IO, "more than %d sessions began in this minute", SAME_MINUTE);
}

static void answer(struct request *request, const struct session *session, const struct wish *wish,
                   const char *path, struct doc *out)
{
    doc_fact(out, "id", figure_text(session->id));
    doc_fact(out, "path", figure_text(path));
    doc_fact(out, "level", figure_count(session->level, BASIS_MEASURED));
    const struct level_info *info = level_info(session->level);
    struct line *line = doc_line(out, "Started");
    line_text(out, line, "%s  %s", session->id,
              session->purpose ? session->purpose : "(purpose: from the agent's first prompt)");
    line = doc_line(out, "Level");
    line_text(out, line, "%s, %s; another: start --level dev|prod|plan|coded", info->type,
              wish->level_from);
    if (session->episode >= 0)
        line_text(out, line, "episode %d", session->episode);
    if (!request->home.log_folder_count)
        doc_warning(out, "no_logs", "no agent logs were found, so tokens and money stay unknown");
    doc_wrote(out, "wrote %s", path);
}

/* The agent we run in may have been told already what this is about. */
static const char *purpose_from_agent(struct request *request)
{
    struct session_claim claim = { request->around->agent_session, 0, INT64_MAX };
    struct summary session = { .project = request->home.project,
                               .claims = &claim,
                               .claim_count = 1 };
    if (!claim.agent_session)
        return NULL;
    return account_first_prompt(request, &session, 0);
}

static void prepare(struct request *request)
{
    struct wish wish;
    struct err ignored = { 0 };
    if (!request->around->ask || request->around->agent_session ||
        !read_words(request, &wish, &ignored) || wish.purpose)
        return;
    const char *said = request->around->ask(request->arena, "What is this session for? ");
    for (size_t i = 0; said && i < VERB_PARAMS; i++)
        if (request->verb->params[i].name && strcmp(request->verb->params[i].name, "purpose") == 0)
            request->values[i] = said;
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct wish wish;
    struct roster roster;
    struct level_template template;
    struct session_start start = { 0 };
    struct session session;
    const char *path;
    if (!read_words(request, &wish, err) ||
        !request_time(request, "at", &start.started_at_ns, err) ||
        !account_roster(request, false, &roster, err))
        return false;
    if (!wish.purpose)
        wish.purpose = purpose_from_agent(request);
    if (!settle_level(request, &roster, &wish, err))
        return false;
    settle_episode(request, &roster, &wish);
    start.level = wish.level;
    start.episode = wish.episode;
    start.purpose = wish.purpose;
    if (!check_none_active(request, &roster, &wish, err) ||
        !templates_load(request, wish.level, &template, err) ||
        !read_limits(request, &template, &start, err))
        return false;
    circumstances(request, &start);
    start.template_name = template.name;
    start.template_hash = template.hash;
    if (!create(request, &start, &template, &session, &path, err))
        return false;
    setup_remember_project(request);
    answer(request, &session, &wish, path, out);
    return true;
}

/* Inside an agent and without a purpose, the ledger is asked for what the agent was told. */
static unsigned needs(const struct request *request)
{
    struct wish wish;
    struct err ignored = { 0 };
    bool ask_ledger =
        request->around->agent_session && read_words(request, &wish, &ignored) && !wish.purpose;
    return request->verb->flags | (ask_ledger ? VERB_LEDGER : 0);
}

const struct verb verb_start = {
    .name = "start",
    .summary = "Begin a work session: start [level] [purpose...], start prod [episode]",
    .flags = VERB_PROJECT | VERB_CATALOG | VERB_WRITES | VERB_FIRST,
    .params = {
        { "words", PARAM_REST, "level (dev, prod, plan, coded, 1-4), episode, purpose", NULL, false },
        { "level", PARAM_TEXT, "the level, whatever the words begin with", NULL, false },
        { "purpose", PARAM_TEXT, "the purpose, whatever the words are", NULL, false },
        { "budget", PARAM_TEXT, "most it may cost, in dollars: 4.00", NULL, false },
        { "estimate", PARAM_TEXT, "time it should take: 35m, 1h30m", NULL, false },
        { "tag", PARAM_MANY, "key=value, as often as wanted", NULL, false },
        { "task", PARAM_MANY, "a task to do, as often as wanted", NULL, false },
        { "at", PARAM_TEXT, "when it began: 14:55, 2026-10-06 14:55", NULL, false },
        { "parallel", PARAM_FLAG, "beside an open session of the same level or episode", NULL, false },
    },
    .needs = needs,
    .prepare = prepare,
    .run = run,
};
