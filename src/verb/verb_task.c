#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "doc/doc.h"
#include "model/session.h"
#include "model/task.h"
#include "store/shelf.h"
#include "verb/account.h"
#include "verb/choose.h"
#include "verb/verb.h"
#include "verb/verbs.h"

enum { TASK_LIMIT = 2000 }; /* bytes of one task's text */

static bool is_list(const struct request *request)
{
    const char *action = request_text(request, "action");
    return !action || strcmp(action, "list") == 0;
}

static unsigned needs(const struct request *request)
{
    return VERB_PROJECT | VERB_CATALOG | (is_list(request) ? 0 : VERB_WRITES);
}

static bool find_session(struct request *request, struct session *session,
                         const struct summary **chosen, struct err *err)
{
    struct roster roster;
    const char *word = request_text(request, "session");
    if (!account_roster(request, false, &roster, err))
        return false;
    *chosen =
        word ? choose_session(request, &roster, word, err) : choose_current(request, &roster, err);
    return *chosen && shelf_read(request->arena, (*chosen)->path, session, err);
}

static void show_tasks(struct request *request, const struct session *session, struct doc *out)
{
    static const struct column columns[] = {
        { "task", "NO", ALIGN_RIGHT, 0 },
        { "state", "STATE", ALIGN_LEFT, 0 },
        { "text", "TASK", ALIGN_LEFT, COLUMN_WRAPS },
    };
    static const char *const states[] = {
        [TASK_PENDING] = "pending", [TASK_DONE] = "done", [TASK_DROPPED] = "dropped"
    };
    struct task *tasks;
    size_t count;
    task_list(session, request->arena, &tasks, &count);
    doc_title(out, "%s  tasks", session->id);
    doc_fact(out, "id", figure_text(session->id));
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    table->empty = "No task yet. session-manager task add \"...\"";
    for (size_t i = 0; i < count; i++) {
        struct row *row = table_row(out, table);
        table_cell(out, row, 0,
                   tasks[i].id ? figure_count(tasks[i].id, BASIS_MEASURED)
                               : figure_unknown(FIGURE_COUNT, "written by hand"));
        table_cell(out, row, 1, figure_text(states[tasks[i].state]));
        table_cell(out, row, 2, figure_text(tasks[i].text));
    }
}

static bool add(struct request *request, struct session *session, const char *text,
                const char **said, struct err *err)
{
    if (strlen(text) > TASK_LIMIT)
        return err_set(err, ERR_USAGE, "a task may have at most %d bytes", TASK_LIMIT);
    *said = text_valid(request->arena, text, strlen(text));
    (void)task_add(session, *said, request->now_ns);
    return true;
}

static bool change(struct request *request, struct session *session, const char **said,
                   struct err *err)
{
    static const struct {
        const char *action;
        bool (*run)(struct session *session, struct arena *arena, const char *word, int64_t now_ns,
                    const char **text, struct err *err);
    } moves[] = {
        { "done", task_done },
        { "drop", task_drop },
        { "reopen", task_reopen },
    };
    const char *action = request_text(request, "action");
    const char *text = request_text(request, "text");
    if (!text || !*text)
        return err_set(err, ERR_USAGE, "task %s: which task? Give its text or number", action);
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (strcmp(moves[i].action, action) == 0)
            return moves[i].run(session, request->arena, text, request->now_ns, said, err);
    return add(request, session, text, said, err);
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct session session;
    const struct summary *chosen;
    const char *said = NULL;
    const char *path = NULL;
    if (!find_session(request, &session, &chosen, err))
        return false;
    if (is_list(request)) {
        show_tasks(request, &session, out);
        return true;
    }
    if (!session_is_open(&session))
        return err_set(err, ERR_USAGE, "%s has ended; its tasks stay as they are", session.id);
    if (!change(request, &session, &said, err) || !shelf_save(request->shelf, &session, &path, err))
        return false;
    show_tasks(request, &session, out);
    doc_fact(out, "path", figure_text(path));
    doc_wrote(out, "task %s: %s", request_text(request, "action"),
              text_shown(request->arena, said));
    return true;
}

const struct verb verb_task = {
    .name = "task",
    .summary = "Tasks of a session: task add TEXT, task done|drop|reopen N|TEXT, task list",
    .flags = VERB_PROJECT | VERB_CATALOG | VERB_WRITES | VERB_FIRST,
    .params = {
        { "action", PARAM_WORD, "add, done, drop, reopen or list", "|add|done|drop|reopen|list|", false },
        { "text", PARAM_REST, "the task: its text, the beginning of it, or its number", NULL, false },
        { "session", PARAM_TEXT, "which session; the current one when not given", NULL, false },
    },
    .needs = needs,
    .run = run,
};
