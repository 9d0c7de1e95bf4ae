#include "verb/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "measure/activity.h"
#include "measure/service.h"
#include "model/binding.h"
#include "store/ledger.h"
#include "verb/verb.h"

struct joining {
    struct request *request;
    struct ledger_window window;
    struct binding_set *bindings;
    const struct summary *sessions; /* all whose claims count, of any project */
    struct service_rules rules;
    const char *project; /* whose calls make up total and unattributed; NULL: all */
    int64_t project_id;
    struct account *out;
    struct worked *worked; /* one for each of sessions */
};

/* --- what is joined ------------------------------------------------------------------------- */

static bool project_list(struct request *request, bool all, const char ***projects, size_t *count)
{
    const char **known = NULL;
    size_t known_count = 0;
    struct err ignored = { 0 };
    if (all && request->ledger)
        (void)!ledger_stores(request->ledger, request->arena, &known, &known_count, &ignored);
    *projects = arena_alloc(request->arena, (known_count + 1) * sizeof(**projects));
    *count = 0;
    if (request->home.project)
        (*projects)[(*count)++] = request->home.project;
    for (size_t i = 0; i < known_count; i++)
        if (!request->home.project || strcmp(known[i], request->home.project) != 0)
            (*projects)[(*count)++] = known[i];
    return *count > 0;
}

bool account_roster(struct request *request, bool all_projects, struct roster *out, struct err *err)
{
    const char **projects;
    size_t count;
    *out = (struct roster){ 0 };
    if (!project_list(request, all_projects, &projects, &count))
        return true;
    struct roster_wish wish = { request->catalog, projects, count, false };
    return roster_load(request->arena, &wish, out, err);
}

/* What the ledger has never heard of can claim nothing in it. */
static bool add_claims(struct ledger *ledger, const struct summary *session, size_t owner,
                       struct binding *bindings, size_t *count, struct err *err)
{
    int64_t project;
    if (!ledger_text_id(ledger, session->project, &project, err))
        return false;
    for (size_t i = 0; i < session->claim_count; i++) {
        const struct session_claim *claim = &session->claims[i];
        const char *agent_session = claim->agent_session ? claim->agent_session : "";
        int64_t agent;
        if (!ledger_text_id(ledger, agent_session, &agent, err))
            return false;
        if (claim->agent_session ? agent != 0 : project != 0)
            bindings[(*count)++] =
                (struct binding){ owner, agent, project, claim->from_ns, claim->to_ns };
    }
    return true;
}

/* Claims of sessions of other projects count, too: an agent session may be bound anywhere. */
static bool bind(struct request *request, const struct summaries *sessions,
                 struct binding_set **out, struct err *err)
{
    size_t most = 0;
    for (size_t i = 0; i < sessions->count; i++)
        most += sessions->items[i].claim_count;
    struct binding *bindings = arena_alloc(request->arena, (most + 1) * sizeof(*bindings));
    size_t count = 0;
    for (size_t i = 0; i < sessions->count; i++)
        if (!add_claims(request->ledger, &sessions->items[i], i, bindings, &count, err))
            return false;
    *out = binding_set_new(request->arena, bindings, count);
    return true;
}

struct service_rules account_services(struct request *request)
{
    const char **patterns;
    const char **services;
    size_t count;
    settings_entries(&request->settings, "services", &patterns, &services, &count);
    struct service_rule *rules = arena_alloc(request->arena, (count + 1) * sizeof(*rules));
    for (size_t i = 0; i < count; i++)
        rules[i] = (struct service_rule){ patterns[i], services[i] };
    return (struct service_rules){ rules, count };
}

/* --- joining -------------------------------------------------------------------------------- */

/* To whom a fact goes: its session's account, and the account of the window. */
struct shares {
    struct worked *own;   /* of its session; NULL: of none */
    struct worked *total; /* NULL: not of the projects asked for */
    struct worked *loose; /* unattributed; NULL: not, or not of the projects asked for */
};

static struct shares shares_of(struct joining *joining, int64_t session, int64_t project,
                               int64_t at_ns)
{
    struct shares shares = { 0 };
    size_t owner = binding_owner(joining->bindings, session, project, at_ns);
    bool here = !joining->project || project == joining->project_id;
    if (owner != BINDING_NONE) {
        shares.own = &joining->worked[owner];
        /* A session of this project counts here wherever its agent worked. */
        here = !joining->project || strcmp(joining->sessions[owner].project, joining->project) == 0;
    }
    if (here)
        shares.total = &joining->out->total;
    if (here && owner == BINDING_NONE)
        shares.loose = &joining->out->unattributed;
    return shares;
}

static bool join_calls(struct joining *joining, struct err *err)
{
    struct ledger *ledger = joining->request->ledger;
    struct arena *arena = joining->request->arena;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    bool more;
    if (!ledger_calls_open(ledger, &joining->window, &cursor, err))
        return false;
    while (ledger_calls_next(cursor, &call, &more, err) && more) {
        struct shares to = shares_of(joining, call.session, call.project, call.at_ns);
        struct worked *const shares[] = { to.own, to.total, to.loose };
        const char *model = ledger_text(ledger, call.model);
        for (size_t i = 0; i < ARRAY_LEN(shares); i++)
            if (shares[i])
                worked_call(shares[i], arena, model, &call.usage, call.cost_nano_usd);
    }
    return err->code == ERR_NONE;
}

static bool join_tools(struct joining *joining, struct err *err)
{
    struct ledger *ledger = joining->request->ledger;
    struct arena *arena = joining->request->arena;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_tool tool;
    bool more;
    if (!ledger_tools_open(ledger, &joining->window, &cursor, err))
        return false;
    while (ledger_tools_next(cursor, &tool, &more, err) && more) {
        struct shares to = shares_of(joining, tool.session, tool.project, tool.at_ns);
        struct worked *const shares[] = { to.own, to.total, to.loose };
        const char *name = ledger_text(ledger, tool.name);
        for (size_t i = 0; i < ARRAY_LEN(shares); i++)
            if (shares[i])
                worked_tool(shares[i], arena, &joining->rules, name, tool.state);
    }
    return err->code == ERR_NONE;
}

/* Prompts and API errors are only counted. */
static bool join_events(struct joining *joining, struct ledger_cursor *cursor, bool errors,
                        struct err *err)
{
    struct ledger_event event;
    bool more;
    while (ledger_events_next(cursor, &event, &more, err) && more) {
        struct shares to = shares_of(joining, event.session, event.project, event.at_ns);
        struct worked *const shares[] = { to.own, to.total, to.loose };
        for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
            if (!shares[i])
                continue;
            shares[i]->api_errors += errors;
            shares[i]->prompts += !errors;
        }
    }
    return err->code == ERR_NONE;
}

static bool join_prompts_and_errors(struct joining *joining, struct err *err)
{
    struct ledger *ledger = joining->request->ledger;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *prompts = NULL;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *errors = NULL;
    return ledger_prompts_open(ledger, &joining->window, &prompts, err) &&
           join_events(joining, prompts, false, err) &&
           ledger_api_errors_open(ledger, &joining->window, &errors, err) &&
           join_events(joining, errors, true, err);
}

/* A stretch of activity is cut where its owner may change. */
static void join_span(struct joining *joining, const struct ledger_span *row)
{
    struct arena *arena = joining->request->arena;
    int64_t to_ns =
        row->span.to_ns < joining->window.to_ns ? row->span.to_ns : joining->window.to_ns;
    int64_t at_ns =
        row->span.from_ns > joining->window.from_ns ? row->span.from_ns : joining->window.from_ns;
    while (at_ns <= to_ns) {
        int64_t edge_ns = binding_next_edge(joining->bindings, row->session, row->project, at_ns);
        struct span piece = { at_ns, edge_ns < to_ns ? edge_ns : to_ns };
        struct shares to = shares_of(joining, row->session, row->project, at_ns);
        struct worked *const shares[] = { to.own, to.total, to.loose };
        for (size_t i = 0; i < ARRAY_LEN(shares); i++)
            if (shares[i])
                worked_span(shares[i], arena, piece);
        if (edge_ns > to_ns)
            return;
        at_ns = edge_ns;
    }
}

static bool join_spans(struct joining *joining, struct err *err)
{
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_span row;
    bool more;
    if (!ledger_spans_open(joining->request->ledger, &joining->window, &cursor, err))
        return false;
    while (ledger_spans_next(cursor, &row, &more, err) && more)
        join_span(joining, &row);
    return err->code == ERR_NONE;
}

static bool join(struct joining *joining, struct err *err)
{
    return join_calls(joining, err) && join_tools(joining, err) &&
           join_prompts_and_errors(joining, err) && join_spans(joining, err);
}

/* --- answers -------------------------------------------------------------------------------- */

/* The sessions asked for, out of all whose claims were looked at. */
static void keep_wanted(struct joining *joining, const struct summaries *all, struct account *out)
{
    struct arena *arena = joining->request->arena;
    struct summary *kept = arena_alloc(arena, (all->count + 1) * sizeof(*kept));
    out->worked = arena_alloc(arena, (all->count + 1) * sizeof(*out->worked));
    for (size_t i = 0; i < all->count; i++) {
        if (joining->project && strcmp(all->items[i].project, joining->project) != 0)
            continue;
        worked_finish(&joining->worked[i]);
        kept[out->count] = all->items[i];
        out->worked[out->count++] = joining->worked[i];
    }
    out->sessions = kept;
    worked_finish(&out->total);
    worked_finish(&out->unattributed);
}

/* `changed`, not saved yet, takes the place of the session of its id; NULL: nothing does. */
static void put_instead(const struct summaries *all, const struct summary *changed)
{
    for (size_t i = 0; changed && i < all->count; i++)
        if (strcmp(all->items[i].id, changed->id) == 0 &&
            strcmp(all->items[i].project, changed->project) == 0)
            all->items[i] = *changed;
}

static bool load(struct request *request, const struct account_window *window,
                 const struct summary *changed, struct account *out, struct err *err)
{
    *out = (struct account){ .measured = request->measured };
    if (!account_roster(request, true, &out->roster, err))
        return false;
    put_instead(&out->roster.sessions, changed);
    const struct summaries *all = &out->roster.sessions;
    struct joining joining = {
        .request = request,
        .window = { .from_ns = window->from_ns, .to_ns = window->to_ns },
        .sessions = all->items,
        .rules = account_services(request),
        .project = window->all_projects ? NULL : request->home.project,
        .out = out,
        .worked = arena_alloc(request->arena, (all->count + 1) * sizeof(struct worked)),
    };
    if (out->measured) {
        const char *project = joining.project ? joining.project : "";
        if (!bind(request, all, &joining.bindings, err) ||
            !ledger_text_id(request->ledger, project, &joining.project_id, err) ||
            !join(&joining, err))
            return false;
    }
    keep_wanted(&joining, all, out);
    return true;
}

bool account_load(struct request *request, const struct account_window *window, struct account *out,
                  struct err *err)
{
    return load(request, window, NULL, out, err);
}

bool account_owners(struct request *request, struct account_owners *out, struct err *err)
{
    return account_roster(request, true, &out->roster, err) &&
           bind(request, &out->roster.sessions, &out->bindings, err);
}

const struct summary *account_owner(const struct account_owners *owners, int64_t agent_session,
                                    int64_t project, int64_t at_ns)
{
    size_t owner = binding_owner(owners->bindings, agent_session, project, at_ns);
    return owner == BINDING_NONE ? NULL : &owners->roster.sessions.items[owner];
}

void account_warn_roster(const struct roster *roster, struct doc *out)
{
    for (size_t i = 0; i < roster->damage_count; i++)
        doc_warning(out, "damaged_session", "%s: %s (left as it is)", roster->damages[i].path,
                    roster->damages[i].what);
}

void account_warn(const struct account *account, struct doc *out)
{
    account_warn_roster(&account->roster, out);
}

bool account_session(struct request *request, const struct summary *session, struct worked *out,
                     bool *measured, struct doc *doc, struct err *err)
{
    struct account account;
    struct account_window window = {
        .from_ns = session->started_at_ns,
        .to_ns = session->ended_at_ns ? session->ended_at_ns : INT64_MAX,
        .all_projects = true,
    };
    *out = (struct worked){ 0 };
    if (!load(request, &window, session, &account, err))
        return false;
    *measured = account.measured;
    account_warn(&account, doc);
    for (size_t i = 0; i < account.count; i++) {
        if (strcmp(account.sessions[i].id, session->id) != 0 ||
            strcmp(account.sessions[i].project, session->project) != 0)
            continue;
        *out = account.worked[i];
        return true;
    }
    return err_set(err, ERR_IO, "%s went away while its figures were added up", session->id);
}

const char *account_first_prompt(struct request *request, const struct summary *session,
                                 int64_t from_ns)
{
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct err ignored = { 0 };
    struct summaries one = { .items = arena_alloc(request->arena, sizeof(struct summary)), 1 };
    struct ledger_window window = { .from_ns = from_ns, .to_ns = INT64_MAX };
    struct ledger_event event;
    bool more = false;
    if (!request->ledger)
        return NULL;
    struct session_claim *claims =
        arena_alloc(request->arena, (session->claim_count + 1) * sizeof(*claims));
    for (size_t i = 0; i < session->claim_count; i++) {
        claims[i] = session->claims[i];
        claims[i].from_ns = from_ns; /* an earlier prompt may say what the work is for */
    }
    one.items[0] = *session;
    one.items[0].claims = claims;
    struct binding_set *bindings;
    if (!bind(request, &one, &bindings, &ignored) ||
        !ledger_prompts_open(request->ledger, &window, &cursor, &ignored))
        return NULL;
    while (ledger_events_next(cursor, &event, &more, &ignored) && more)
        if (binding_owner(bindings, event.session, event.project, event.at_ns) != BINDING_NONE)
            return arena_strdup(request->arena, event.text);
    return NULL;
}
