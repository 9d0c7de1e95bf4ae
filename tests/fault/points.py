"""points - a verb is killed at every system call, and every system call is made to fail."""
import collections
import multiprocessing
import os
import re
import signal

from world import World, answer_of, verbs

LINE = re.compile(r"\d+\s+(\w+)\((.*)")
MEMORY = {"mmap", "brk", "mprotect", "munmap", "mremap"}
PATHS = {"openat", "open", "stat", "newfstatat", "lstat", "access", "faccessat", "faccessat2", "mkdir", "chmod",
         "rename", "renameat", "renameat2", "unlink", "unlinkat", "readlink", "getcwd"}
ERRORS = {
    "openat": ["EIO", "EACCES", "EMFILE", "ENOSPC", "ENOMEM", "EINTR"],
    "mkdir": ["EIO", "EACCES", "ENOSPC", "ENOMEM"],
    "write": ["EIO", "ENOSPC", "EINTR"],
    "pwrite64": ["EIO", "ENOSPC", "EINTR"],
    "fsync": ["EIO", "ENOSPC", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC", "EINTR"],
    "flock": ["EIO", "ENOMEM", "EINTR"],
    "fcntl": ["EIO", "EACCES", "ENOMEM", "EINTR"],
}
NEVER = {"execve", "exit", "exit_group", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "restart_syscall"}
# Where one of these fails below the project's folder, the answer must not be "done".
DURABLE = {"write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "mkdir", "ftruncate", "fchmod"}


def errors_for(name, every):
    if name in NEVER:
        return []
    if name in MEMORY:
        return ["ENOMEM"]
    known = ERRORS.get(name, ["EIO", "EACCES", "ENOMEM", "EINTR"] if name in PATHS else ["EIO", "EINTR"])
    return known if every else known[:1]


def calls_of(record):
    """[(system call, which of its name, is it below the project)] of a record by strace."""
    counts, found = collections.Counter(), []
    with open(record, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = LINE.match(line)
            if not match:
                continue
            counts[match[1]] += 1
            found.append((match[1], counts[match[1]], match[2]))
    return found


def points_of(world, verb, every):
    """Every (system call, n, what happens) once the program's own code runs."""
    record = os.path.join(world.base, "record")
    wrap = ["strace", "-f", "-y", "-s", "200", "-o", record]
    world.restore()
    world.run("--version", wrap=wrap)
    loading = [name for name, _, _ in calls_of(record)]
    world.restore()
    world.run(*verb.words, wrap=wrap, now="2026-10-06T14:30:00Z")
    calls = calls_of(record)
    begin = 0
    while begin < min(len(loading), len(calls)) and loading[begin] == calls[begin][0]:
        begin += 1
    if len(calls) - begin < 20:
        raise RuntimeError(f"strace recorded only {len(calls)} system calls of {verb.name}")
    points = []
    for name, nth, text in calls[begin:]:
        place = text if name in PATHS else text.split(",")[0].split(")")[0]
        inside = world.project + "/.claude" in place and "EEXIST" not in text
        if name not in NEVER:
            points.append((name, nth, "KILL", inside))
        points += [(name, nth, error, inside) for error in errors_for(name, every)]
    return points


def falsely_acknowledged(point, code):
    """An error that the program cannot have got over, and yet it says that all is done."""
    name, nth, what, inside = point
    if code != 0 or what == "KILL" or not inside or name not in DURABLE:
        return []
    if name == "write" and what == "EINTR": # it may be written again
        return []
    return [f"{what} at {name} {nth} in the project, and the answer was 'done'"]


def acknowledged_badly(done, point):
    """A refusal must not carry an answer; only the answer's own output may fail after it."""
    name, _, _, inside = point
    if done.returncode <= 0 or done.returncode > 100 or (name == "write" and not inside):
        return []
    answer = answer_of(done)
    return ["refused, and yet answered"] if answer is not None and "error" not in answer else []


def try_point(world, verb, point):
    """(was the point reached, complaints)"""
    name, nth, what, _ = point
    trace = os.path.join(world.base, "trace")
    how = "signal=KILL" if what == "KILL" else f"error={what}"
    fast = [] if what == "KILL" else ["--seccomp-bpf"] # with it, signals are not injected
    world.restore()
    done = world.run(*verb.words, now="2026-10-06T14:30:00Z", wrap=[
        "strace", "-f", *fast, "-o", trace, "-e", f"trace={name}", "-e", f"inject={name}:{how}:when={nth}"])
    with open(trace, encoding="utf-8", errors="replace") as lines:
        text = lines.read()
    reached = "(INJECTED)" in text or done.returncode == -signal.SIGKILL
    wrong = verb.complaints(world, done.returncode, answer_of(done)) + falsely_acknowledged(point, done.returncode)
    wrong += acknowledged_badly(done, point)
    return reached, wrong + verb.repaired(world)


def begin_worker(program, folder, counter, names):
    with counter.get_lock():
        counter.value += 1
        number = counter.value
    worker["verbs"] = {verb.name: verb for verb in verbs() if verb.name in names}
    try: # a pool replaces a worker that cannot begin, for ever
        worker["world"] = World(program, os.path.join(folder, f"worker{number}"))
        worker["world"].fill()
        worker["world"].keep()
        for verb in worker["verbs"].values():
            verb.learn(worker["world"])
    except Exception as why:
        worker["broken"] = why


def work(job):
    name, point = job
    try:
        if "broken" in worker:
            raise worker["broken"]
        reached, wrong = try_point(worker["world"], worker["verbs"][name], point)
    except Exception as why: # the harness itself must not pass over anything
        reached, wrong = True, [f"{type(why).__name__}: {why}"]
    return name, point, reached, wrong


worker = {}


def sample(points, most):
    """Evenly spread, but the project's own changes all stay."""
    if most is None or len(points) <= most:
        return points
    must = [point for point in points if point[3] and point[0] in DURABLE]
    rest = [point for point in points if point not in set(must)]
    room = max(most - len(must), 0)
    return must + [rest[i * len(rest) // room] for i in range(room)]


def run(program, folder, report, names=None, kinds=None, only=(), most=None, every=True, stop=False):
    """`most`: points for each verb; `kinds`: "kill", "error"; `only`: these system calls; `stop`: at the first complaint."""
    world = World(program, os.path.join(folder, "worker0"))
    world.fill()
    world.keep()
    jobs, counts = [], {}
    for verb in verbs():
        if names and verb.name not in names:
            continue
        complaints = verb.learn(world)
        report.add(f"{verb.name} undisturbed", complaints)
        if complaints and stop:
            return
        points = points_of(world, verb, every)
        if kinds:
            points = [point for point in points if ("kill" if point[2] == "KILL" else "error") in kinds]
        if only:
            points = [point for point in points if point[0] in only]
        points = sample(points, most)
        for kind in ("kill", "error"):
            counts[verb.name, kind] = [0, 0, []]
        jobs += [(verb.name, point) for point in points]
    counter = multiprocessing.Value("i", 0)
    names = {name for name, _ in jobs}
    with multiprocessing.Pool(os.cpu_count(), begin_worker, (program, folder, counter, names)) as pool:
        for name, point, reached, wrong in pool.imap_unordered(work, jobs, chunksize=4):
            count = counts[name, "kill" if point[2] == "KILL" else "error"]
            count[0] += 1
            count[1] += reached
            if wrong:
                count[2].append(f"{point[2]} at {point[0]} {point[1]}: {'; '.join(wrong)}")
                if stop:
                    break
    for (name, kind), (tried, reached, wrong) in counts.items():
        if tried:
            report.add(f"{name}, {'killed' if kind == 'kill' else 'with an error'} at {tried} points, {reached} reached",
                       wrong + ([] if reached * 10 >= tried * 9 else ["too few points were reached"]), tried)
