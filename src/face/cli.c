#include "face/cli.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "doc/doc.h"
#include "face/term.h"
#include "verb/verb.h"

enum { OUTPUT_LIMIT = 1 << 30, ANSWER_LIMIT = 4096, ERROR_LIMIT = 16384 };

struct options {        /* those every verb has */
    const char *format; /* a doc writer's: "text", "json" ... */
    const char *store;
    const char *timezone;
    enum term_color color;
    bool compact;
    bool quiet;
};

/* --- what only we know ---------------------------------------------------------------------- */

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* SESSION_MANAGER_NOW stands still in time: an aid for tests, documented as such. */
static bool tell_time(int64_t *now_ns, struct err *err)
{
    const char *fixed = environment("SESSION_MANAGER_NOW");
    struct timespec now;
    if (fixed && !clock_parse(fixed, strlen(fixed), now_ns))
        return err_set(err, ERR_USAGE, "SESSION_MANAGER_NOW '%s' is not an RFC 3339 time", fixed);
    if (fixed)
        return true;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    /* Milliseconds, as the agents' logs have: nobody reads nine digits. */
    *now_ns = (int64_t)now.tv_sec * CLOCK_SECOND_NS + now.tv_nsec / 1000000 * 1000000;
    return true;
}

static const char *ask(struct arena *arena, const char *question)
{
    char line[ANSWER_LIMIT];
    (void)fputs(question, stderr);
    (void)fflush(stderr);
    if (!fgets(line, sizeof(line), stdin))
        return NULL;
    line[strcspn(line, "\r\n")] = '\0';
    return line[0] ? arena_strdup(arena, line) : NULL;
}

static void progress(void *to, int64_t done_bytes, int64_t all_bytes)
{
    term_progress(to, done_bytes, all_bytes);
}

static bool look_around(struct arena *arena, const struct options *options,
                        struct surroundings *out, struct err *err)
{
    char cwd[4096];
    *out = (struct surroundings){
        .places = {
            .cwd = getcwd(cwd, sizeof(cwd)) ? arena_strdup(arena, cwd) : NULL,
            .home = environment("HOME"),
            .xdg_config = environment("XDG_CONFIG_HOME"),
            .xdg_data = environment("XDG_DATA_HOME"),
            .xdg_cache = environment("XDG_CACHE_HOME"),
            .claude_config = environment("CLAUDE_CONFIG_DIR"),
            .store = options->store,
        },
        .agent_session = environment("CLAUDE_CODE_SESSION_ID"),
        .timezone = options->timezone,
        .timezone_env = environment("TZ"),
        .ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) ? ask : NULL,
        .progress = progress,
    };
    return tell_time(&out->now_ns, err);
}

/* --- words ---------------------------------------------------------------------------------- */

struct words { /* argv, and where we are in it */
    char **argv;
    int argc;
    int at;
};

/* The value of "--name=value", or the next word. NULL when there is none. */
static const char *value_of(struct words *words, const char *equals)
{
    if (equals)
        return equals + 1;
    return words->at + 1 < words->argc ? words->argv[++words->at] : NULL;
}

static bool take_color(const char *value, struct options *options, struct err *err)
{
    if (value && term_color_find(value, &options->color))
        return true;
    return err_set(err, ERR_USAGE, "--color takes always, never or auto");
}

static bool take_format(const char *value, struct options *options, struct err *err)
{
    if (!value || !doc_writer_find(value))
        return err_set(err, ERR_USAGE, "--format takes text, json, md, csv or ccusage");
    options->format = value;
    return true;
}

static bool take_json(const char *equals, struct options *options, struct err *err)
{
    if (equals && strcmp(equals + 1, "1") != 0)
        return err_set(err, ERR_NEWER, "JSON version '%s' is not known here; this is version 1",
                       equals + 1);
    options->format = "json";
    return true;
}

static bool take_needed(const char *value, const char *name, const char **out, struct err *err)
{
    *out = value;
    return value || err_set(err, ERR_USAGE, "'--%s' needs a value", name);
}

enum taken { TAKEN, NOT_OURS, FAILED };

/* One of the options every verb has? */
static enum taken take_global(struct words *words, const char *name, const char *equals,
                              struct options *options, struct err *err)
{
    bool done = true;
    if (strcmp(name, "json") == 0)
        done = take_json(equals, options, err);
    else if (strcmp(name, "csv") == 0)
        options->format = "csv";
    else if (strcmp(name, "format") == 0)
        done = take_format(value_of(words, equals), options, err);
    else if (strcmp(name, "color") == 0)
        done = take_color(value_of(words, equals), options, err);
    else if (strcmp(name, "store") == 0)
        done = take_needed(value_of(words, equals), name, &options->store, err);
    else if (strcmp(name, "tz") == 0 || strcmp(name, "timezone") == 0)
        done = take_needed(value_of(words, equals), name, &options->timezone, err);
    else if (strcmp(name, "compact") == 0)
        options->compact = true;
    else if (strcmp(name, "quiet") == 0)
        options->quiet = true;
    else
        return NOT_OURS;
    return done ? TAKEN : FAILED;
}

static bool take_option(struct words *words, struct request *request, struct options *options,
                        struct arena *arena, struct err *err)
{
    const char *word = words->argv[words->at] + 2;
    const char *equals = strchr(word, '=');
    const char *name = equals ? arena_printf(arena, "%.*s", (int)(equals - word), word) : word;
    enum taken taken = take_global(words, name, equals, options, err);
    if (taken != NOT_OURS)
        return taken == TAKEN;
    if (!request->verb)
        return err_set(err, ERR_USAGE, "unknown option '--%s' ('help' shows them)", name);
    bool wants = request_option_takes_value(request, name);
    return request_option(request, name, equals || wants ? value_of(words, equals) : NULL, err);
}

/* The verb is the first word that is no option; without one it is status. */
static bool find_verb(struct words *words, struct options *options, struct request *request,
                      struct arena *arena, struct err *err)
{
    for (words->at = 1; words->at < words->argc; words->at++) {
        const char *word = words->argv[words->at];
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
            word = "help";
        if (strcmp(word, "--version") == 0)
            word = "version";
        if (word[0] != '-') {
            request->verb = verb_find(word);
            words->at++;
            return request->verb ||
                   err_set(err, ERR_USAGE, "no verb '%s' ('help' shows them)", word);
        }
        if (word[1] != '-')
            return err_set(err, ERR_USAGE, "unknown option '%s' ('help' shows them)", word);
        if (!take_option(words, request, options, arena, err))
            return false;
    }
    request->verb = verb_find("status");
    return true;
}

/* `VERB ... --help` is `help VERB`, whatever else was said. */
static void ask_for_help(struct request *request)
{
    const struct verb *help = verb_find("help");
    assert(help && request->verb);
    *request = (struct request){ .verb = help, .values = { request->verb->name } };
}

static bool take_rest(struct words *words, struct options *options, struct request *request,
                      struct arena *arena, struct err *err)
{
    bool only_words = false; /* after "--" */
    for (; words->at < words->argc; words->at++) {
        const char *word = words->argv[words->at];
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && strcmp(word, "--help") == 0)
            ask_for_help(request);
        else if (!only_words && word[0] == '-' && word[1] == '-') {
            if (!take_option(words, request, options, arena, err))
                return false;
        } else if (!request_word(request, word, err))
            return false;
    }
    return true;
}

/* --- answers -------------------------------------------------------------------------------- */

static int print(const struct buf *text, FILE *stream)
{
    bool done = fwrite(text->text, 1, text->length, stream) == text->length && fflush(stream) == 0;
    return done && !text->overflow ? 0 : err_face(ERR_IO)->exit_status;
}

/* {schema, schema_version, error{code, name, message, where}} */
static void write_error_json(const struct err *err, struct buf *out)
{
    const struct err_face *face = err_face(err->code);
    buf_add(out, "{\n  \"schema\": \"session-manager/error\",\n  \"schema_version\": 1,\n"
                 "  \"tool_version\": ");
    json_quote(out, VERSION);
    buf_addf(out, ",\n  \"error\": {\n    \"code\": %d,\n    \"name\": \"%s\",\n    \"message\": ",
             face->exit_status, face->name);
    json_quote(out, err->text);
    buf_add(out, ",\n    \"where\": ");
    if (err->where[0])
        json_quote(out, err->where);
    else
        buf_add(out, "null");
    buf_add(out, "\n  }\n}\n");
}

static int say_error(struct arena *arena, const struct options *options, const struct err *err)
{
    if (strcmp(options->format, "json") == 0) {
        struct buf out;
        buf_init(&out, arena, ERROR_LIMIT);
        write_error_json(err, &out);
        (void)print(&out, stdout);
    } else if (err->where[0]) {
        (void)fprintf(stderr, "session-manager: %s (%s)\n", text_shown(arena, err->text),
                      text_shown(arena, err->where));
    } else {
        (void)fprintf(stderr, "session-manager: %s\n", text_shown(arena, err->text));
    }
    return err_face(err->code)->exit_status;
}

/* What the answer itself has no place for: a total that is not complete must say so somewhere. */
static void say_beside(struct arena *arena, const struct doc *doc)
{
    for (const struct doc_alert *alert = doc->alerts; alert; alert = alert->next)
        (void)fprintf(stderr, "%s %s: %s\n", alert->strong ? "x" : "!",
                      text_shown(arena, alert->rule), text_shown(arena, alert->text));
    for (const struct doc_warning *warning = doc->warnings; warning; warning = warning->next)
        (void)fprintf(stderr, "warning: %s\n", text_shown(arena, warning->text));
}

static int say_answer(struct arena *arena, const struct options *options, const struct doc *doc)
{
    struct term_view view = term_look(stdout, options->color);
    struct style style = term_style(&view, VERSION);
    struct buf out;
    style.compact = options->compact;
    buf_init(&out, arena, OUTPUT_LIMIT);
    const struct doc_writer *writer = doc_writer_find(options->format);
    writer->write(doc, &style, &out);
    if (writer->bare)
        say_beside(arena, doc);
    if (doc->wrote && !options->quiet)
        (void)fprintf(stderr, "%s\n", text_shown(arena, doc->wrote));
    int status = print(&out, stdout);
    return status ? status : doc->exit_status;
}

static bool answer(struct words *words, struct options *options, struct arena *arena,
                   struct doc *doc, struct err *err)
{
    struct request request = { 0 };
    struct surroundings around;
    if (!find_verb(words, options, &request, arena, err))
        return false;
    request.arena = arena;
    if (!take_rest(words, options, &request, arena, err) ||
        !look_around(arena, options, &around, err))
        return false;
    struct term_progress bar = term_progress_on(stderr, options->quiet);
    around.progress_to = &bar;
    if (doc_writer_find(options->format)->tree && !(request.verb->flags & VERB_TREE))
        return err_set(err, ERR_USAGE, "%s has no --format %s: only 'usage' has",
                       request.verb->name, options->format);
    request.arena = arena;
    request.format = options->format;
    request.around = &around;
    request.now_ns = around.now_ns;
    bool done = request_run(&request, doc, err);
    term_progress_end(&bar);
    return done;
}

/* A mistake early in the words must not hide how its answer is wanted. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--format=json") == 0 ||
            (strcmp(argv[i], "--format") == 0 && i + 1 < argc && strcmp(argv[i + 1], "json") == 0))
            return true;
    return false;
}

int cli_main(int argc, char **argv)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct options options = { .format = "text", .color = TERM_COLOR_AUTO };
    struct words words = { argv, argc, 1 };
    struct doc doc;
    struct err err = { 0 };
    if (!answer(&words, &options, &arena, &doc, &err)) {
        if (wants_json(argc, argv))
            options.format = "json";
        return say_error(&arena, &options, &err);
    }
    return say_answer(&arena, &options, &doc);
}
