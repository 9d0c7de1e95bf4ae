#include "store/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "../base/folder.h"
#include "base/err.h"

enum { LONG_MS = 60000 };

static enum err_code code_of(const char *path, int wait_ms)
{
    struct err err = { 0 };
    CLEANUP(lock_release) struct lock lock = { .fd = -1 };
    return lock_take(path, wait_ms, &lock, &err) ? ERR_NONE : err.code;
}

struct holder { /* another process with the lock */
    pid_t pid;
    int to_it;
};

/* Comes back when it holds the lock. It lets go when told, or when it is killed. */
static struct holder holder_start(const char *path)
{
    int ready[2];
    int order[2];
    char byte = 0;
    assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(order, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err err = { 0 };
        struct lock lock = { .fd = -1 };
        (void)close(order[1]);
        bool taken = lock_take(path, LONG_MS, &lock, &err);
        (void)!write(ready[1], taken ? "y" : "n", 1);
        (void)!read(order[0], &byte, 1);
        _exit(0);
    }
    (void)close(order[0]);
    (void)close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    (void)close(ready[0]);
    return (struct holder){ pid, order[1] };
}

static void holder_end(struct holder *holder)
{
    (void)!write(holder->to_it, "x", 1); /* a close could be hidden by a copy in another child */
    (void)close(holder->to_it);
    (void)waitpid(holder->pid, NULL, 0);
}

static void one_at_a_time(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = in_folder(&arena, "lock");
    struct err err = { 0 };
    struct lock lock = { .fd = -1 };
    assert_true(lock_take(path, 0, &lock, &err));
    assert_int_equal(code_of(path, 0), ERR_BUSY);
    assert_int_equal(code_of(path, 20), ERR_BUSY);
    lock_release(&lock);
    assert_int_equal(lock.fd, -1);
    lock_release(&lock);
    assert_int_equal(code_of(path, 0), ERR_NONE);
    assert_int_equal(code_of(path, 0), ERR_NONE);
}

static void the_lock_file_stays_and_is_private(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = in_folder(&arena, "lock");
    mode_t before = umask(0);
    enum err_code code = code_of(path, 0);
    (void)umask(before);
    assert_int_equal(code, ERR_NONE);
    assert_true(is_there(path));
    assert_int_equal(mode_of(path), 0600);
}

static void a_lock_of_another_process_is_busy(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = in_folder(&arena, "lock");
    struct holder holder = holder_start(path);
    struct err err = { 0 };
    struct lock lock = { .fd = -1 };
    assert_false(lock_take(path, 30, &lock, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(lock.fd, -1);
    holder_end(&holder);
    assert_int_equal(code_of(path, LONG_MS), ERR_NONE);
}

static void a_waiter_gets_it_when_it_is_let_go(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = in_folder(&arena, "lock");
    struct holder holder = holder_start(path);
    pid_t waiter = fork();
    if (waiter == 0)
        _exit(code_of(path, LONG_MS) == ERR_NONE ? 0 : 1);
    int status = -1;
    assert_int_equal(waitpid(waiter, &status, WNOHANG), 0); /* it waits */
    holder_end(&holder);
    assert_int_equal(waitpid(waiter, &status, 0), waiter);
    assert_int_equal(status, 0);
}

static void a_dead_holder_holds_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = in_folder(&arena, "lock");
    struct holder holder = holder_start(path);
    assert_int_equal(kill(holder.pid, SIGKILL), 0);
    (void)waitpid(holder.pid, NULL, 0);
    (void)close(holder.to_it);
    assert_int_equal(code_of(path, 0), ERR_NONE);
}

static void where_no_lock_can_be_it_is_an_error(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, "target", "");
    assert_int_equal(code_of(in_folder(&arena, "none/lock"), 0), ERR_IO);
    assert_int_equal(code_of(folder, 0), ERR_IO);
    assert_int_equal(code_of(put_link(&arena, "link", "target"), 0), ERR_IO);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(one_at_a_time),
        IN_FOLDER(the_lock_file_stays_and_is_private),
        IN_FOLDER(a_lock_of_another_process_is_busy),
        IN_FOLDER(a_waiter_gets_it_when_it_is_let_go),
        IN_FOLDER(a_dead_holder_holds_nothing),
        IN_FOLDER(where_no_lock_can_be_it_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
