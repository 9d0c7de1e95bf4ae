#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "doc/doc.h"
#include "measure/alert.h"
#include "measure/worked.h"
#include "model/session.h"
#include "report/report_session.h"
#include "store/shelf.h"
#include "verb/account.h"
#include "verb/choose.h"
#include "verb/verb.h"
#include "verb/verbs.h"
#include "verb/watch.h"

enum { SUMMARY_LIMIT = 4 << 20, SUMMARY_COLUMNS = 100 };

struct ending {
    enum session_status status;
    const char *outcome; /* "done", "unfinished", "abandoned" */
    const char *why;
    int64_t at_ns;
};

static bool read_outcome(const struct request *request, struct ending *out, struct err *err)
{
    static const struct {
        const char *flag;
        enum session_status status;
    } outcomes[] = {
        { "done", SESSION_COMPLETED },
        { "unfinished", SESSION_COMPLETED },
        { "abandoned", SESSION_ABANDONED },
    };
    *out = (struct ending){ .why = request_text(request, "why") };
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
        if (!request_flag(request, outcomes[i].flag))
            continue;
        if (out->outcome)
            return err_set(err, ERR_USAGE, "--%s and --%s exclude each other", out->outcome,
                           outcomes[i].flag);
        out->outcome = outcomes[i].flag;
        out->status = outcomes[i].status;
    }
    if (!out->outcome) {
        out->outcome = "done";
        out->status = SESSION_COMPLETED;
    }
    if (out->status == SESSION_ABANDONED && !out->why)
        return err_set(err, ERR_USAGE,
                       "--abandoned needs --why: what made it end is worth keeping");
    return true;
}

static bool choose(struct request *request, const struct roster *roster, const struct summary **out,
                   struct err *err)
{
    const char *word = request_text(request, "id");
    *out = word ? choose_session(request, roster, word, err) : choose_current(request, roster, err);
    if (!*out)
        return false;
    if ((*out)->status >= SESSION_COMPLETED)
        return err_set(err, ERR_NOT_FOUND, "%s has ended already; 'show %s' tells of it",
                       (*out)->id, (*out)->id);
    return true;
}

static bool check_time(const struct ending *ending, const struct summary *summary, struct err *err)
{
    if (ending->at_ns >= summary->started_at_ns)
        return true;
    return err_set(err, ERR_USAGE, "%s began later than that", summary->id);
}

/* Purpose from the agent's first prompt, where nobody said one. */
static void settle_purpose(struct request *request, struct session *session,
                           const struct summary *summary)
{
    const char *prompt;
    if (session->purpose)
        return;
    prompt = account_first_prompt(request, summary, summary->started_at_ns);
    if (prompt && *prompt)
        session_set_purpose(session, request->arena, prompt);
}

/* The same report as on the screen, as the Markdown file beside the archived session. */
static const char *summary_text(struct request *request, const struct session_facts *facts)
{
    struct doc doc;
    struct buf text;
    struct style style = { .columns = SUMMARY_COLUMNS, .utf8 = true };
    doc_init(&doc, request->arena, "session-manager/end", request->now_ns);
    report_session(facts, &doc);
    buf_init(&text, request->arena, SUMMARY_LIMIT);
    doc_writer_find("md")->write(&doc, &style, &text);
    return text.text;
}

static bool finish(struct request *request, const struct ending *ending,
                   const struct summary *chosen, struct doc *out, struct err *err)
{
    struct session session;
    struct summary summary = *chosen;
    struct worked worked;
    struct alert *alerts;
    bool measured;
    const char *path;
    const char *summary_path;
    if (!shelf_read(request->arena, chosen->path, &session, err))
        return false;
    settle_purpose(request, &session, &summary);
    session_end(&session, ending->status, ending->why, ending->at_ns);
    json_set_text(session.root, "outcome", ending->outcome);
    summary_of(&session, request->arena, &summary);
    summary.project = chosen->project;
    summary.path = chosen->path;
    if (!account_session(request, &summary, &worked, &measured, out, err))
        return false;
    worked_freeze(measured ? &worked : NULL, session.root);
    struct session_facts facts = {
        &session, &summary, &worked, measured, request->now_ns, NULL, 0
    };
    watch_session(request, &summary, &worked, &alerts, &facts.alert_count);
    facts.alerts = alerts;
    if (!shelf_archive(request->shelf, &session, summary_text(request, &facts), &path,
                       &summary_path, err))
        return false;
    summary.path = path;
    report_session(&facts, out);
    doc_fact(out, "summary_path", figure_text(summary_path));
    doc_gap(out);
    struct line *line = doc_line(out, "Saved");
    line_text(out, line, "%s", summary_path);
    doc_wrote(out, "wrote %s", path);
    return true;
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct ending ending;
    struct roster roster;
    const struct summary *chosen;
    return read_outcome(request, &ending, err) && request_time(request, "at", &ending.at_ns, err) &&
           account_roster(request, false, &roster, err) && choose(request, &roster, &chosen, err) &&
           check_time(&ending, chosen, err) && finish(request, &ending, chosen, out, err);
}

const struct verb verb_end = {
    .name = "end",
    .summary = "End a session: final figures, a summary, the archive: end [session-id]",
    .flags = VERB_PROJECT | VERB_LEDGER | VERB_CATALOG | VERB_WRITES | VERB_FIRST,
    .params = {
        { "id", PARAM_WORD, "which session: an id, a beginning of one, @, or a short form", NULL, false },
        { "done", PARAM_FLAG, "the purpose is reached (as without a word)", NULL, false },
        { "unfinished", PARAM_FLAG, "it ends with work left", NULL, false },
        { "abandoned", PARAM_FLAG, "it led to nothing; needs --why", NULL, false },
        { "why", PARAM_TEXT, "the reason, for those who come after", NULL, false },
        { "at", PARAM_TEXT, "when it ended: 14:55, 2026-10-06 14:55", NULL, false },
    },
    .run = run,
};
