#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "doc/pen.h"

struct desk {
    struct arena arena;
    struct buf out;
    struct pen pen;
};

static void desk_set(struct desk *desk, bool color)
{
    *desk = (struct desk){ 0 };
    struct style style = { .columns = 40, .color = color };
    buf_init(&desk->out, &desk->arena, 4096);
    pen_init(&desk->pen, &style, &desk->out);
}

static void desk_clear(struct desk *desk)
{
    arena_free(&desk->arena);
}

static void wraps(const char *text, size_t indent, const char *expected)
{
    CLEANUP(desk_clear) struct desk desk;
    desk_set(&desk, false);
    pen_blanks(&desk.pen, indent);
    pen_wrap(&desk.pen, "", text, indent, indent);
    assert_string_equal(desk.out.text, expected);
}

static void wraps_at_words(void **state)
{
    (void)state;
    wraps("", 0, "");
    wraps("short", 0, "short\n");
    wraps("kept   as   it   is   while   it   fits", 0,
          "kept   as   it   is   while   it   fits\n");
    wraps("0123456789 0123456789 0123456789 0123456 x", 0,
          "0123456789 0123456789 0123456789 0123456\nx\n");
    wraps("0123456789 0123456789 0123456789 01234567", 4,
          "    0123456789 0123456789 0123456789\n    01234567\n");
    wraps("日本語日本語日本語 日本語日本語日本語 日本語", 0,
          "日本語日本語日本語 日本語日本語日本語\n日本語\n");
}

static void leaves_a_word_whole_that_is_too_long(void **state)
{
    (void)state;
    wraps("a 0123456789012345678901234567890123456789012345 b", 2,
          "  a\n  0123456789012345678901234567890123456789012345\n  b\n");
}

static void wraps_below_blanks_only(void **state)
{
    (void)state;
    wraps("     ", 0, "");
    wraps("end     ", 0, "end\n");
}

static void owes_no_blanks_at_the_end_of_a_line(void **state)
{
    (void)state;
    CLEANUP(desk_clear) struct desk desk;
    desk_set(&desk, true);
    pen_text(&desk.pen, "31", " a ");
    pen_blanks(&desk.pen, 40);
    pen_text(&desk.pen, "31", "  ");
    pen_text(&desk.pen, "", "b  ");
    pen_end(&desk.pen);
    pen_text(&desk.pen, "", "c");
    pen_end(&desk.pen);
    assert_string_equal(desk.out.text,
                        " \x1b[31ma\x1b[0m                                           b\nc\n");
}

static void shows_no_line_without_a_text(void **state)
{
    (void)state;
    CLEANUP(desk_clear) struct desk desk;
    desk_set(&desk, false);
    pen_gap(&desk.pen);
    pen_end(&desk.pen);
    pen_text(&desk.pen, "", "");
    pen_blanks(&desk.pen, 3);
    pen_end(&desk.pen);
    assert_string_equal(desk.out.text, "");
    pen_text(&desk.pen, "", "a");
    pen_end(&desk.pen);
    pen_gap(&desk.pen);
    pen_gap(&desk.pen);
    pen_text(&desk.pen, "", "b");
    pen_end(&desk.pen);
    pen_gap(&desk.pen);
    assert_string_equal(desk.out.text, "a\n\nb\n");
}

static void has_a_color_for_each_tone(void **state)
{
    (void)state;
    assert_string_equal(pen_tone(TONE_PLAIN), "");
    assert_string_equal(pen_tone(TONE_GOOD), "32");
    assert_string_equal(pen_tone(TONE_WARN), "33");
    assert_string_equal(pen_tone(TONE_BAD), "31");
    assert_string_equal(pen_tone(TONE_MUTED), "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wraps_at_words),
        cmocka_unit_test(leaves_a_word_whole_that_is_too_long),
        cmocka_unit_test(wraps_below_blanks_only),
        cmocka_unit_test(owes_no_blanks_at_the_end_of_a_line),
        cmocka_unit_test(shows_no_line_without_a_text),
        cmocka_unit_test(has_a_color_for_each_tone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
