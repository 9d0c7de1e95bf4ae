#include "face/term.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_COLUMNS = 80, LEAST_COLUMNS = 40, MOST_COLUMNS = 10000 };
enum { BAR_WIDTH = 30 };

bool term_color_find(const char *word, enum term_color *out)
{
    static const char *const words[] = {
        [TERM_COLOR_AUTO] = "auto", [TERM_COLOR_ALWAYS] = "always", [TERM_COLOR_NEVER] = "never"
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(word, words[i]) == 0) {
            *out = (enum term_color)i;
            return true;
        }
    }
    return false;
}

struct term_view term_look(FILE *stream, enum term_color asked)
{
    int fd = fileno(stream);
    struct winsize size = { 0 };
    bool sized = ioctl(fd, TIOCGWINSZ, &size) == 0;
    return (struct term_view){ .tty = isatty(fd) == 1,
                               .tty_columns = sized ? size.ws_col : 0,
                               .asked = asked,
                               .columns = getenv("COLUMNS"),
                               .no_color = getenv("NO_COLOR"),
                               .force = getenv("CLICOLOR_FORCE"),
                               .term = getenv("TERM"),
                               .lc_all = getenv("LC_ALL"),
                               .lc_ctype = getenv("LC_CTYPE"),
                               .lang = getenv("LANG") };
}

static bool is_set(const char *value)
{
    return value && *value;
}

static int columns_of(const struct term_view *view)
{
    long columns = 0;
    if (is_set(view->columns)) {
        char *end = NULL;
        columns = strtol(view->columns, &end, 10);
        if (*end)
            columns = 0;
    }
    if (columns <= 0 && !view->tty)
        return MOST_COLUMNS; /* a file or a program reads it: nothing is to be cut */
    if (columns <= 0)
        columns = view->tty_columns > 0 ? view->tty_columns : USUAL_COLUMNS;
    if (columns > MOST_COLUMNS)
        return MOST_COLUMNS;
    return columns < LEAST_COLUMNS ? LEAST_COLUMNS : (int)columns;
}

static bool color_of(const struct term_view *view)
{
    if (view->asked != TERM_COLOR_AUTO)
        return view->asked == TERM_COLOR_ALWAYS;
    if (is_set(view->no_color))
        return false;
    if (is_set(view->force) && strcmp(view->force, "0") != 0)
        return true;
    return view->tty && is_set(view->term) && strcmp(view->term, "dumb") != 0;
}

/* As the C library decides, without asking it: the program itself stays in the "C" locale. */
static bool utf8_of(const struct term_view *view)
{
    const char *locale = is_set(view->lc_all)     ? view->lc_all
                         : is_set(view->lc_ctype) ? view->lc_ctype
                         : view->lang             ? view->lang
                                                  : "";
    return strcasestr(locale, "UTF-8") || strcasestr(locale, "UTF8");
}

struct style term_style(const struct term_view *view, const char *version)
{
    return (struct style){ .columns = columns_of(view),
                           .color = color_of(view),
                           .utf8 = utf8_of(view),
                           .version = version };
}

struct term_progress term_progress_on(FILE *stream, bool quiet)
{
    return (struct term_progress){ .stream = stream,
                                   .shown = !quiet && isatty(fileno(stream)) == 1,
                                   .percent = -1 };
}

static void draw(const struct term_progress *progress)
{
    char bar[BAR_WIDTH + 1];
    int full = progress->percent * BAR_WIDTH / 100;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    (void)fprintf(progress->stream, "\r[%s] %3d %%", bar, progress->percent);
    (void)fflush(progress->stream);
}

void term_progress(struct term_progress *progress, int64_t done, int64_t all)
{
    if (done >= all) {
        term_progress_end(progress);
        return;
    }
    int percent = done <= 0 ? 0 : (int)((double)done / (double)all * 100);
    if (!progress->shown || percent == progress->percent)
        return;
    progress->percent = percent;
    progress->drawn = true;
    draw(progress);
}

void term_progress_end(struct term_progress *progress)
{
    enum { LINE = BAR_WIDTH + 8 };
    if (progress->drawn)
        (void)fprintf(progress->stream, "\r%*s\r", LINE, "");
    if (progress->drawn)
        (void)fflush(progress->stream);
    progress->drawn = false;
    progress->percent = -1;
}
