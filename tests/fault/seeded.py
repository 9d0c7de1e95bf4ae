"""seeded - builds of the program with one bug each. The harness must find every one of them."""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../mutants"))

import full
import hammer
import logs
import points
import states
from report import Report
from wrong_build import WrongBuild

SHOWN = 150 # characters of what was found
TRIES = 3 # a race is not lost every time


def after_crashes(*names):
    return lambda *where: states.run(*where, names=names, stop=True)


def killed(*names):
    return lambda *where: points.run(*where, names=names, kinds={"kill"}, only=("fsync", "close"), stop=True)


def failing(name, *only):
    return lambda *where: points.run(*where, names=[name], kinds={"error"}, only=only, every=False, stop=True)


def hammered(*names):
    return lambda *where: hammer.run(*where, names=names)


def with_short_writes(*names):
    return lambda *where: full.run(*where, names=names, stop=True)


def with_growing_logs(*where):
    logs.run(*where, step=40, stop=True)


COMMIT, SHELF, FILE = "src/store/commit.c", "src/store/shelf.c", "src/base/file.c"

# what is wrong, [(file, right text, wrong text)], the part that must find it
BUGS = [
    ("no fsync of the file", [(COMMIT,
     "fchmod(fd, 0600) == 0 && fsync(fd) == 0", "fchmod(fd, 0600) == 0")], after_crashes("add")),
    ("no fsync of the folder", [(COMMIT,
     "if (fd < 0 || fsync(fd) != 0)", "if (fd < 0)")], after_crashes("add")),
    ("a new folder is not synced in its parent", [(COMMIT,
     "        if (!sync_folder(parent, err))\n            return false;\n", "")], after_crashes("start-first")),
    ("a move is not synced where it came from", [(COMMIT,
     "           sync_folder(old_place.folder, err);", "           old_place.folder[0];")], after_crashes("end")),
    ("the answer begins before the commit", [(COMMIT,
     "    struct place place;\n    if (!place_of(path, &place, err) || !write_temporary",
     "    struct place place;\n    (void)!write(STDOUT_FILENO, \" \", 1);\n"
     "    if (!place_of(path, &place, err) || !write_temporary")], after_crashes("add")),
    ("a failed fsync of the folder is success", [(COMMIT,
     "    return sync_folder(folder, err);\n", "    (void)!sync_folder(folder, err);\n    return true;\n")],
     failing("add", "fsync")),
    ("a failed commit is success", [(SHELF,
     "return fits(&bytes, session, err) && commit_replace(item.path, bytes.text, bytes.length, err);",
     "return fits(&bytes, session, err) && (commit_replace(item.path, bytes.text, bytes.length, err) || true);")],
     failing("add", "fsync", "write")),
    ("a short write is the whole", [(COMMIT, "done += (size_t)n;", "done = length;")], with_short_writes("add")),
    ("a taken name is written over", [(COMMIT,
     "return put(path, bytes, length, RENAME_NOREPLACE, err);", "return put(path, bytes, length, 0, err);"),
      (SHELF, "if (!is_free(*path, session->id, err) || ", "if (")],
     failing("start", "flock")),
    ("temporary files stay", [(COMMIT,
     "(void)unlink(arena_printf(arena, \"%s/%s\", folder, list.names[i]));", "continue;")], killed("add")),
    ("the summary's temporary file stays", [(SHELF,
     "commit_forget(archive_path(", "(void)(archive_path(")], killed("end")),
    ("an ended session is not moved by the next verb", [(SHELF, "    finish_moves(shelf);\n", "")], killed("end")),
    ("the lock is not taken", [("src/store/lock.c",
     "while (flock(fd, LOCK_EX | LOCK_NB) != 0) {", "while (fd < 0) {")], hammered("tasks")),
    ("the lock is let go too early", [(SHELF,
     "    sweep(shelf);\n    *out = shelf;", "    sweep(shelf);\n    lock_release(&shelf->lock);\n    *out = shelf;")],
     hammered("tasks")),
    ("a folder that cannot be opened is empty", [(FILE,
     "return err_errno(err, \"cannot open folder '%s'\", folder);", "return true;")], failing("start-refused", "openat")),
    ("a folder whose list breaks off ends there", [(FILE,
     "if (!entry && errno != 0)", "if (!entry && errno == EBADF)")], failing("start-refused", "getdents64")),
    ("a file that cannot be looked at is not there", [(FILE,
     "if (!*found && errno != ENOENT && errno != ENOTDIR)", "if (!*found && errno == ELOOP)")],
     failing("start-refused", "newfstatat")),
    ("a session file that cannot be read is not there", [("src/store/roster.c",
     "            if (why.code != ERR_NOT_FOUND)\n                add_damage(loading, item->",
     "            if (why.code == ERR_DAMAGED)\n                add_damage(loading, item->")], failing("start-refused", "openat", "pread64")),
    ("a session that cannot be read is not meant", [("src/verb/choose.c",
     "if (!damage->id ||", "if (damage->id ||")], failing("end-unclear", "openat", "pread64")),
    ("a name that cannot be read is empty", [("src/store/ledger.c",
     "if (ledger->unread.code == ERR_NONE)", "if (ledger->unread.code != ERR_USAGE)")], failing("end", "pread64")),
    ("reading goes on behind an unfinished line", [("src/ingest/reading.c",
     "        stretch->harvest = harvest;\n    reading->ended = true;",
     "        stretch->harvest = harvest;\n    reading->offset = reading->tail.next;\n    reading->ended = true;")],
     with_growing_logs),
    ("the ledger is not synced", [("src/store/ledger.c", ".durable = true,", ".durable = false,")], with_growing_logs),
]


def find(program, folder, test):
    """What the part of the harness complains of in this program; "" when it sees nothing."""
    for _ in range(TRIES):
        report = Report(quiet=True)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        test(program, folder, report)
        if report.failed:
            return " ".join(report.complaints[0].split())
    return ""


def run(folder, quick_folder, report):
    build = WrongBuild(os.path.join(folder, "wrong"))
    for name, changes, test in BUGS:
        place = os.path.join(folder if "lock" in name else quick_folder, "seeded")
        try:
            found = build.wrong(changes, lambda: find(build.program, place, test))
            report.add(f"found: {name}: {found}"[:SHOWN], [] if found else [f"the harness does not see it ({changes[0][0]})"])
        except Exception as why:
            report.add(f"found: {name}", [f"{type(why).__name__}: {why}"])
