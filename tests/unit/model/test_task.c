#include "model/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_sample.h"

static const char *list(struct arena *arena, const struct session *session, const char *name)
{
    const struct json *progress = json_at(session->root, "metrics.progress_tracking");
    return sample_written(arena, json_get(progress, name));
}

typedef bool (*mover)(struct session *, struct arena *, const char *, int64_t, const char **,
                      struct err *);

static void move(mover move_it, struct session *session, struct arena *arena, const char *word,
                 const char *expected)
{
    struct err err = { 0 };
    const char *text = NULL;
    if (!move_it(session, arena, word, SAMPLE_AT + CLOCK_HOUR_NS, &text, &err))
        fail_msg("%s: %s", word, err.text);
    assert_string_equal(text, expected);
}

static enum err_code refused(mover move_it, struct session *session, const char *word,
                             struct err *err)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *text;
    assert_false(move_it(session, &arena, word, SAMPLE_AT, &text, err));
    return err->code;
}

static void tasks_are_numbered_from_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    assert_int_equal(task_add(&session, "write", SAMPLE_AT), 1);
    assert_int_equal(task_add(&session, "test", SAMPLE_AT), 2);
    assert_string_equal(list(&arena, &session, "tasks_pending"),
                        "[{\"id\":1,\"text\":\"write\",\"at\":\"2026-10-06T14:55:00Z\"},"
                        "{\"id\":2,\"text\":\"test\",\"at\":\"2026-10-06T14:55:00Z\"}]");
    assert_int_equal(task_count(&session, TASK_PENDING), 2);
    assert_int_equal(task_count(&session, TASK_DONE), 0);
    assert_int_equal(task_count(&session, TASK_DROPPED), 0);
}

static void numbers_are_never_used_again(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    (void)task_add(&session, "a", SAMPLE_AT);
    (void)task_add(&session, "b", SAMPLE_AT);
    (void)task_add(&session, "c", SAMPLE_AT);
    move(task_done, &session, &arena, "3", "c");
    assert_int_equal(task_add(&session, "d", SAMPLE_AT), 4);
    move(task_drop, &session, &arena, "4", "d");
    assert_int_equal(task_add(&session, "e", SAMPLE_AT), 5);
    move(task_reopen, &session, &arena, "4", "d");
    assert_int_equal(task_add(&session, "f", SAMPLE_AT), 6);
}

static void a_number_beyond_counting_is_survived(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(
        &arena, "\"metrics\":{\"progress_tracking\":{\"tasks_pending\":["
                "{\"id\":9223372036854775807,\"text\":\"huge\"},{\"id\":4,\"text\":\"x\"}]}}");
    assert_int_equal(task_add(&session, "next", SAMPLE_AT), 5);
}

static void done_keeps_all_it_had_and_says_when(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(
        &arena, "\"metrics\":{\"progress_tracking\":{\"tasks_pending\":[{\"mine\":1,\"id\":7,"
                "\"text\":\"a\",\"at\":\"2026-10-06T14:55:00Z\"}]}}");
    move(task_done, &session, &arena, "7", "a");
    assert_string_equal(list(&arena, &session, "tasks_pending"), "[]");
    assert_string_equal(list(&arena, &session, "tasks_completed"),
                        "[{\"mine\":1,\"id\":7,\"text\":\"a\",\"at\":\"2026-10-06T14:55:00Z\","
                        "\"done_at\":\"2026-10-06T15:55:00Z\"}]");
    assert_string_equal(json_text(session.root, "updated_at", ""), "2026-10-06T15:55:00Z");
    assert_string_equal(sample_written(&arena, json_get(session.root, "timeline")),
                        "[{\"at\":\"2026-10-06T15:55:00Z\",\"event\":\"task done\",\"task\":7}]");
}

static void dropped_ones_are_kept_beside(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    (void)task_add(&session, "a", SAMPLE_AT);
    move(task_drop, &session, &arena, "1", "a");
    assert_string_equal(list(&arena, &session, "tasks_dropped"),
                        "[{\"id\":1,\"text\":\"a\",\"at\":\"2026-10-06T14:55:00Z\","
                        "\"dropped_at\":\"2026-10-06T15:55:00Z\"}]");
    assert_int_equal(task_count(&session, TASK_DROPPED), 1);
}

static void what_was_done_or_dropped_is_pending_again_without_its_stamp(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    (void)task_add(&session, "a", SAMPLE_AT);
    (void)task_add(&session, "b", SAMPLE_AT);
    const char *before = list(&arena, &session, "tasks_pending");
    move(task_done, &session, &arena, "1", "a");
    move(task_drop, &session, &arena, "2", "b");
    move(task_reopen, &session, &arena, "a", "a");
    move(task_reopen, &session, &arena, "2", "b");
    assert_string_equal(list(&arena, &session, "tasks_pending"), before);
    struct err err = { 0 };
    assert_int_equal(refused(task_reopen, &session, "1", &err), ERR_NOT_FOUND);
}

static void a_task_is_found_by_number_text_or_prefix_in_any_case(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const words[] = { "1", "Write the docs", "WRITE THE DOCS", "wri", "W" };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct session session = sample(&arena, "");
        (void)task_add(&session, "Write the docs", SAMPLE_AT);
        (void)task_add(&session, "Test it", SAMPLE_AT);
        move(task_done, &session, &arena, words[i], "Write the docs");
        assert_int_equal(task_count(&session, TASK_PENDING), 1);
    }
}

static void words_that_fit_nothing_change_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const words[] = {
        "0", "2", "-1", "", "rite", "write the docsx", "99999999999999999999"
    };
    struct session session = sample(&arena, "");
    (void)task_add(&session, "write the docs", SAMPLE_AT);
    const char *before = sample_written(&arena, session.root);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct err err = { 0 };
        assert_int_equal(refused(task_done, &session, words[i], &err), ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, words[i]));
    }
    assert_string_equal(sample_written(&arena, session.root), before);
}

static void a_whole_text_goes_before_a_longer_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    (void)task_add(&session, "test more", SAMPLE_AT);
    (void)task_add(&session, "Test", SAMPLE_AT);
    (void)task_add(&session, "test most", SAMPLE_AT);
    move(task_done, &session, &arena, "test", "Test");
}

static void several_that_fit_are_named(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    (void)task_add(&session, "test more", SAMPLE_AT);
    (void)task_add(&session, "other", SAMPLE_AT);
    (void)task_add(&session, "test most", SAMPLE_AT);
    struct err err = { 0 };
    assert_int_equal(refused(task_done, &session, "test mo", &err), ERR_AMBIGUOUS);
    assert_non_null(strstr(err.text, "1 'test more', 3 'test most'"));
    assert_null(strstr(err.text, "other"));
    assert_int_equal(task_count(&session, TASK_PENDING), 3);
    move(task_done, &session, &arena, "1", "test more");
    move(task_done, &session, &arena, "3", "test most");
    assert_int_equal(refused(task_reopen, &session, "test", &err), ERR_AMBIGUOUS);
}

static void two_of_the_same_text_are_ambiguous(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    (void)task_add(&session, "twice", SAMPLE_AT);
    (void)task_add(&session, "twice", SAMPLE_AT);
    struct err err = { 0 };
    assert_int_equal(refused(task_done, &session, "twice", &err), ERR_AMBIGUOUS);
}

static const char by_hand[] = "\"metrics\":{\"progress_tracking\":{\"tasks_pending\":[\"call Ann\","
                              "{\"id\":3,\"text\":\"c\"},\"mail Bob\"]}}";

static void plain_strings_are_kept_as_they_are(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, by_hand);
    assert_int_equal(task_add(&session, "new", SAMPLE_AT), 4);
    move(task_done, &session, &arena, "4", "new");
    assert_string_equal(list(&arena, &session, "tasks_pending"),
                        "[\"call Ann\",{\"id\":3,\"text\":\"c\"},\"mail Bob\"]");
}

static void plain_strings_are_found_by_their_text_and_then_numbered(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, by_hand);
    move(task_done, &session, &arena, "mail", "mail Bob");
    assert_string_equal(list(&arena, &session, "tasks_pending"),
                        "[\"call Ann\",{\"id\":3,\"text\":\"c\"}]");
    assert_string_equal(list(&arena, &session, "tasks_completed"),
                        "[{\"id\":4,\"text\":\"mail Bob\",\"done_at\":\"2026-10-06T15:55:00Z\"}]");
}

static void all_are_listed_pending_first(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, by_hand);
    move(task_done, &session, &arena, "3", "c");
    move(task_drop, &session, &arena, "call Ann", "call Ann");
    static const struct task expected[] = { { 0, "mail Bob", TASK_PENDING },
                                            { 3, "c", TASK_DONE },
                                            { 4, "call Ann", TASK_DROPPED } };
    struct task *tasks;
    size_t count;
    task_list(&session, &arena, &tasks, &count);
    assert_int_equal(count, ARRAY_LEN(expected));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(tasks[i].id, expected[i].id);
        assert_string_equal(tasks[i].text, expected[i].text);
        assert_int_equal(tasks[i].state, expected[i].state);
    }
    struct session empty = sample(&arena, "");
    task_list(&empty, &arena, &tasks, &count);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_are_numbered_from_one),
        cmocka_unit_test(numbers_are_never_used_again),
        cmocka_unit_test(a_number_beyond_counting_is_survived),
        cmocka_unit_test(done_keeps_all_it_had_and_says_when),
        cmocka_unit_test(dropped_ones_are_kept_beside),
        cmocka_unit_test(what_was_done_or_dropped_is_pending_again_without_its_stamp),
        cmocka_unit_test(a_task_is_found_by_number_text_or_prefix_in_any_case),
        cmocka_unit_test(words_that_fit_nothing_change_nothing),
        cmocka_unit_test(a_whole_text_goes_before_a_longer_one),
        cmocka_unit_test(several_that_fit_are_named),
        cmocka_unit_test(two_of_the_same_text_are_ambiguous),
        cmocka_unit_test(plain_strings_are_kept_as_they_are),
        cmocka_unit_test(plain_strings_are_found_by_their_text_and_then_numbered),
        cmocka_unit_test(all_are_listed_pending_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
