#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static void failing_says_false_with_code_and_text(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_false(err_set(&err, ERR_NOT_FOUND, "no session '%s'", "dev_1"));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_string_equal(err.text, "no session 'dev_1'");
    assert_string_equal(err.where, "");
}

static void a_new_failure_forgets_the_old_place(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_false(err_set(&err, ERR_DAMAGED, "old"));
    assert_false(err_at(&err, "%s:%d:%d", "file", 3, 14));
    assert_string_equal(err.where, "file:3:14");
    assert_string_equal(err.text, "old");
    assert_false(err_set(&err, ERR_IO, "new"));
    assert_string_equal(err.where, "");
}

static void errno_is_told_in_words(void **state)
{
    (void)state;
    struct err err = { 0 };
    errno = EACCES;
    assert_false(err_errno(&err, "cannot open '%s'", "x"));
    assert_int_equal(err.code, ERR_IO);
    assert_string_equal(err.text, "cannot open 'x': Permission denied");
    errno = ENOSPC;
    assert_false(err_errno(&err, "cannot write"));
    assert_string_equal(err.text, "cannot write: No space left on device");
}

static void the_way_up_is_put_before_and_keeps_code_and_place(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_false(err_set(&err, ERR_BUSY, "locked"));
    assert_false(err_at(&err, "here"));
    assert_false(err_add(&err, "saving '%s'", "a"));
    assert_false(err_add(&err, "ending"));
    assert_int_equal(err.code, ERR_BUSY);
    assert_string_equal(err.text, "ending: saving 'a': locked");
    assert_string_equal(err.where, "here");
}

static void texts_too_long_are_cut_not_spilled(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct err err = { 0 };
    assert_false(err_set(&err, ERR_IO, "%s", text));
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_false(err_add(&err, "%s", "prefix"));
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_memory_equal(err.text, "prefix: xxx", 11);
    assert_false(err_add(&err, "%s", text));
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_false(err_at(&err, "%s", text));
    assert_int_equal(strlen(err.where), sizeof(err.where) - 1);
    errno = EACCES;
    assert_false(err_errno(&err, "%s", text));
    assert_non_null(strstr(err.text, ": Permission denied")); /* the reason is never cut away */
}

static void every_code_has_its_faces(void **state)
{
    (void)state;
    /* Exit codes are a promise to scripts: 0 done ... 8 needs a newer version. */
    for (int code = ERR_NONE; code <= ERR_NEWER; code++)
        assert_int_equal(err_face((enum err_code)code)->exit_status, code);
    assert_int_equal(err_face(ERR_BUG)->exit_status, 70);
    static const char *const names[] = { "ok",          "io",   "usage",   "not-found",
                                         "ambiguous",   "busy", "damaged", "already-active",
                                         "needs-newer", "bug" };
    for (int code = ERR_NONE; code <= ERR_BUG; code++) {
        const struct err_face *face = err_face((enum err_code)code);
        assert_string_equal(face->name, names[code]);
        assert_true(face->http_status >= 200 && face->http_status < 600);
        assert_true(code == ERR_NONE ? face->rpc_code == 0 : face->rpc_code < 0);
    }
    assert_int_equal(err_face(ERR_NOT_FOUND)->http_status, 404);
    assert_int_equal(err_face(ERR_USAGE)->rpc_code, -32602);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_says_false_with_code_and_text),
        cmocka_unit_test(a_new_failure_forgets_the_old_place),
        cmocka_unit_test(errno_is_told_in_words),
        cmocka_unit_test(the_way_up_is_put_before_and_keeps_code_and_place),
        cmocka_unit_test(texts_too_long_are_cut_not_spilled),
        cmocka_unit_test(every_code_has_its_faces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
