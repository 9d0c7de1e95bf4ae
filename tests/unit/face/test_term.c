#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "face/term.h"

static const struct term_view terminal = { .tty = true, .term = "xterm" };

static void reads_the_color_words(void **state)
{
    (void)state;
    enum term_color color = TERM_COLOR_AUTO;
    assert_true(term_color_find("always", &color));
    assert_int_equal(color, TERM_COLOR_ALWAYS);
    assert_true(term_color_find("never", &color));
    assert_int_equal(color, TERM_COLOR_NEVER);
    assert_true(term_color_find("auto", &color));
    assert_int_equal(color, TERM_COLOR_AUTO);
    assert_false(term_color_find("yes", &color));
    assert_false(term_color_find("", &color));
    assert_int_equal(color, TERM_COLOR_AUTO);
}

static bool colored(struct term_view view)
{
    return term_style(&view, "1").color;
}

static void colors_terminals_only(void **state)
{
    (void)state;
    assert_true(colored(terminal));
    assert_false(colored((struct term_view){ .term = "xterm" }));
    assert_false(colored((struct term_view){ .tty = true, .term = "dumb" }));
    assert_false(colored((struct term_view){ .tty = true, .term = "" }));
    assert_false(colored((struct term_view){ .tty = true }));
}

static void obeys_no_color_before_force(void **state)
{
    (void)state;
    struct term_view view = terminal;
    view.no_color = "";
    assert_true(colored(view)); /* an empty NO_COLOR says nothing */
    view.no_color = "1";
    assert_false(colored(view));
    view.force = "1";
    assert_false(colored(view));
    view.no_color = NULL;
    view.tty = false;
    assert_true(colored(view));
    view.term = "dumb";
    assert_true(colored(view));
    view.force = "0";
    assert_false(colored(view));
    view.force = "";
    assert_false(colored(view));
}

static void obeys_the_argument_first(void **state)
{
    (void)state;
    assert_true(colored((struct term_view){ .asked = TERM_COLOR_ALWAYS, .no_color = "1" }));
    assert_false(colored((struct term_view){
        .asked = TERM_COLOR_NEVER, .force = "1", .tty = true, .term = "xterm" }));
}

static int columns(const char *variable, int of_tty)
{
    struct term_view view = { .tty = true, .columns = variable, .tty_columns = of_tty };
    return term_style(&view, "1").columns;
}

static void finds_the_width(void **state)
{
    (void)state;
    assert_int_equal(columns(NULL, 0), 80);
    assert_int_equal(columns(NULL, 132), 132);
    assert_int_equal(columns("100", 132), 100);
    assert_int_equal(columns("", 132), 132);
    assert_int_equal(columns("0", 132), 132);
    assert_int_equal(columns("-5", 0), 80);
    assert_int_equal(columns("12x", 132), 132);
    assert_int_equal(columns("wide", 0), 80);
    assert_int_equal(columns("10", 0), 40);
    assert_int_equal(columns(NULL, 7), 40);
    assert_int_equal(columns("99999999999999999999", 0), 10000);
}

static void cuts_nothing_for_a_reader_that_is_no_terminal(void **state)
{
    (void)state;
    struct term_view view = { .tty = false };
    assert_int_equal(term_style(&view, "1").columns, 10000);
    view.columns = "72";
    assert_int_equal(term_style(&view, "1").columns, 72);
}

static bool utf8(const char *lc_all, const char *lc_ctype, const char *lang)
{
    struct term_view view = { .lc_all = lc_all, .lc_ctype = lc_ctype, .lang = lang };
    return term_style(&view, "1").utf8;
}

static void takes_utf8_from_the_first_locale_that_is_set(void **state)
{
    (void)state;
    assert_false(utf8(NULL, NULL, NULL));
    assert_true(utf8(NULL, NULL, "de_DE.UTF-8"));
    assert_true(utf8(NULL, NULL, "C.utf8"));
    assert_true(utf8(NULL, "en_US.utf-8", "C"));
    assert_false(utf8("C", "en_US.UTF-8", "en_US.UTF-8"));
    assert_false(utf8("POSIX", NULL, "en_US.UTF-8"));
    assert_true(utf8("", "", "en_US.UTF-8"));
    assert_true(utf8("C.UTF-8", "C", "C"));
    assert_false(utf8(NULL, "", "de_DE.ISO-8859-1"));
}

static void carries_the_version(void **state)
{
    (void)state;
    struct style style = term_style(&terminal, "1.2.3");
    assert_string_equal(style.version, "1.2.3");
    assert_false(style.compact);
}

static void looks_at_the_environment(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(setenv("COLUMNS", "77", 1), 0);
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
    struct term_view view = term_look(file, TERM_COLOR_NEVER);
    assert_false(view.tty);
    assert_int_equal(view.tty_columns, 0);
    assert_int_equal(view.asked, TERM_COLOR_NEVER);
    assert_string_equal(view.columns, "77");
    assert_string_equal(view.no_color, "1");
    assert_string_equal(view.lc_all, "C.UTF-8");
    assert_int_equal(fclose(file), 0);
}

struct wire { /* a terminal of our own: what the program writes to `ours` is read from `theirs` */
    int theirs;
    FILE *ours;
};

static void wire_open(struct wire *wire)
{
    wire->theirs = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(wire->theirs >= 0);
    assert_int_equal(grantpt(wire->theirs), 0);
    assert_int_equal(unlockpt(wire->theirs), 0);
    struct winsize size = { .ws_row = 24, .ws_col = 93 };
    assert_int_equal(ioctl(wire->theirs, TIOCSWINSZ, &size), 0);
    wire->ours = fopen(ptsname(wire->theirs), "w");
    assert_non_null(wire->ours);
}

static void wire_close(const struct wire *wire)
{
    assert_int_equal(fclose(wire->ours), 0);
    assert_int_equal(close(wire->theirs), 0);
}

/* All that has been written, without waiting for more. */
static const char *wire_read(const struct wire *wire, char *out, size_t size)
{
    assert_int_equal(fflush(wire->ours), 0);
    assert_int_equal(fcntl(wire->theirs, F_SETFL, O_NONBLOCK), 0);
    size_t length = 0;
    ssize_t got = 0;
    while (length + 1 < size && (got = read(wire->theirs, out + length, size - 1 - length)) > 0)
        length += (size_t)got;
    out[length] = '\0';
    return out;
}

static void sees_a_terminal_and_its_width(void **state)
{
    (void)state;
    struct wire wire;
    wire_open(&wire);
    struct term_view view = term_look(wire.ours, TERM_COLOR_AUTO);
    assert_true(view.tty);
    assert_int_equal(view.tty_columns, 93);
    wire_close(&wire);
}

static size_t count_of(const char *text, char c)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == c;
    return count;
}

static void draws_once_a_percent_and_erases(void **state)
{
    (void)state;
    struct wire wire;
    char drawn[16384];
    wire_open(&wire);
    struct term_progress progress = term_progress_on(wire.ours, false);
    for (int i = 0; i < 5000; i++)
        term_progress(&progress, i, 10000);
    wire_read(&wire, drawn, sizeof(drawn));
    assert_int_equal(count_of(drawn, '\r'), 50);
    assert_ptr_equal(strstr(drawn, "\r[..............................]   0 %"), drawn);
    assert_string_equal(strrchr(drawn, '\r'), "\r[##############................]  49 %");
    term_progress(&progress, 10000, 10000);
    wire_read(&wire, drawn, sizeof(drawn));
    assert_string_equal(drawn, "\r                                      \r");
    term_progress_end(&progress);
    assert_string_equal(wire_read(&wire, drawn, sizeof(drawn)), "");
    wire_close(&wire);
}

static void draws_nothing_for_nothing_to_do(void **state)
{
    (void)state;
    struct wire wire;
    char drawn[256];
    wire_open(&wire);
    struct term_progress progress = term_progress_on(wire.ours, false);
    term_progress(&progress, 0, 0);
    term_progress(&progress, 5, 3);
    term_progress_end(&progress);
    assert_string_equal(wire_read(&wire, drawn, sizeof(drawn)), "");
    wire_close(&wire);
}

static void draws_nothing_when_quiet(void **state)
{
    (void)state;
    struct wire wire;
    char drawn[256];
    wire_open(&wire);
    struct term_progress progress = term_progress_on(wire.ours, true);
    term_progress(&progress, 1, 2);
    term_progress(&progress, 2, 2);
    assert_string_equal(wire_read(&wire, drawn, sizeof(drawn)), "");
    wire_close(&wire);
}

static void draws_nothing_into_files(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    struct term_progress progress = term_progress_on(file, false);
    term_progress(&progress, 1, 2);
    term_progress(&progress, 2, 2);
    term_progress_end(&progress);
    assert_int_equal(ftell(file), 0);
    assert_int_equal(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_color_words),
        cmocka_unit_test(cuts_nothing_for_a_reader_that_is_no_terminal),
        cmocka_unit_test(colors_terminals_only),
        cmocka_unit_test(obeys_no_color_before_force),
        cmocka_unit_test(obeys_the_argument_first),
        cmocka_unit_test(finds_the_width),
        cmocka_unit_test(takes_utf8_from_the_first_locale_that_is_set),
        cmocka_unit_test(carries_the_version),
        cmocka_unit_test(looks_at_the_environment),
        cmocka_unit_test(sees_a_terminal_and_its_width),
        cmocka_unit_test(draws_once_a_percent_and_erases),
        cmocka_unit_test(draws_nothing_for_nothing_to_do),
        cmocka_unit_test(draws_nothing_when_quiet),
        cmocka_unit_test(draws_nothing_into_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
