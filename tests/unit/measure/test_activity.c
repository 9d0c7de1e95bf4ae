#include "measure/activity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"

#define MINUTES(n) (INT64_C(60000000000) * (n))

/* Spans as from, to in minutes. */
static int64_t active_of(struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        spans[i].from_ns = MINUTES(spans[i].from_ns);
        spans[i].to_ns = MINUTES(spans[i].to_ns);
    }
    return activity_active_ns(spans, count);
}

static void nothing_and_one_record_are_no_time(void **state)
{
    (void)state;
    assert_int_equal(activity_active_ns(NULL, 0), 0);
    assert_int_equal(active_of((struct span[]){ { 7, 7 } }, 1), 0);
}

static void a_stretch_counts_its_whole_length(void **state)
{
    (void)state;
    assert_int_equal(active_of((struct span[]){ { 10, 55 } }, 1), MINUTES(45));
}

static void a_pause_counts_at_most_five_minutes(void **state)
{
    (void)state;
    assert_int_equal(active_of((struct span[]){ { 0, 10 }, { 14, 20 } }, 2), MINUTES(20));
    assert_int_equal(active_of((struct span[]){ { 0, 10 }, { 15, 20 } }, 2), MINUTES(20));
    assert_int_equal(active_of((struct span[]){ { 0, 10 }, { 16, 20 } }, 2), MINUTES(19));
    assert_int_equal(active_of((struct span[]){ { 0, 10 }, { 600, 620 } }, 2), MINUTES(35));
}

static void single_records_count_their_gaps(void **state)
{
    (void)state;
    assert_int_equal(active_of((struct span[]){ { 0, 0 }, { 3, 3 }, { 30, 30 } }, 3), MINUTES(8));
}

static void what_runs_at_the_same_time_counts_once(void **state)
{
    (void)state;
    assert_int_equal(active_of((struct span[]){ { 0, 30 }, { 5, 10 }, { 20, 40 } }, 3),
                     MINUTES(40));
    /* A subagent in the middle of a long pause of its parent: 10 + 5 + 20 + 5 + 10 */
    assert_int_equal(active_of((struct span[]){ { 0, 10 }, { 60, 70 }, { 25, 45 } }, 3),
                     MINUTES(50));
    assert_int_equal(active_of((struct span[]){ { 0, 9 }, { 0, 9 }, { 0, 9 } }, 3), MINUTES(9));
}

static void the_order_of_spans_does_not_matter(void **state)
{
    (void)state;
    struct span spans[] = { { 60, 70 }, { 25, 45 }, { 0, 10 }, { 26, 30 } };
    assert_int_equal(active_of(spans, ARRAY_LEN(spans)), MINUTES(50));
    assert_int_equal(spans[0].from_ns, 0);
    assert_int_equal(spans[3].from_ns, MINUTES(60));
}

static void clips_to_a_half_open_window(void **state)
{
    (void)state;
    struct span spans[] = { { 0, 9 },   { 0, 10 },  { 5, 15 },  { 12, 14 },
                            { 18, 99 }, { 20, 30 }, { 10, 10 }, { 20, 20 } };
    static const struct span want[] = {
        { 10, 10 }, { 10, 15 }, { 12, 14 }, { 18, 20 }, { 10, 10 }
    };
    size_t left = activity_clip(spans, ARRAY_LEN(spans), 10, 20);
    assert_int_equal(left, ARRAY_LEN(want));
    for (size_t i = 0; i < left; i++) {
        assert_int_equal(spans[i].from_ns, want[i].from_ns);
        assert_int_equal(spans[i].to_ns, want[i].to_ns);
    }
}

static void a_span_over_the_whole_window_becomes_it(void **state)
{
    (void)state;
    struct span span = { INT64_MIN, INT64_MAX };
    assert_int_equal(activity_clip(&span, 1, -5, 5), 1);
    assert_int_equal(span.from_ns, -5);
    assert_int_equal(span.to_ns, 5);
}

static void an_empty_window_leaves_nothing(void **state)
{
    (void)state;
    struct span span = { 0, 100 };
    assert_int_equal(activity_clip(&span, 1, 50, 50), 0);
    assert_int_equal(activity_clip(&span, 1, 60, 50), 0);
    assert_int_equal(activity_clip(NULL, 0, 0, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_and_one_record_are_no_time),
        cmocka_unit_test(a_stretch_counts_its_whole_length),
        cmocka_unit_test(a_pause_counts_at_most_five_minutes),
        cmocka_unit_test(single_records_count_their_gaps),
        cmocka_unit_test(what_runs_at_the_same_time_counts_once),
        cmocka_unit_test(the_order_of_spans_does_not_matter),
        cmocka_unit_test(clips_to_a_half_open_window),
        cmocka_unit_test(a_span_over_the_whole_window_becomes_it),
        cmocka_unit_test(an_empty_window_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
