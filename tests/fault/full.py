"""full - a disk that is full in the middle of a write, and writes that take only a part."""
import os
import resource
import signal
import subprocess

from world import World, answer_of, verbs

SIZES = [0, 1, 100, 511, 1000, 1500, 2000, 2300, 2600, 3000, 4096, 8192, 20000, 60000]
PARTS = [1, 7, 1000]
LATER = "2026-10-06T14:30:00Z"


def limited(size, ignored):
    """A file may not grow beyond `size`: the write that crosses it is short, the next one fails or kills."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignored else signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return limit


def shim(folder):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "short_write.c")
    library = os.path.join(folder, "short_write.so")
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def run(program, folder, report, names=None, stop=False):
    world = World(program, os.path.join(folder, "full"))
    world.fill()
    world.keep()
    library = shim(folder)
    ways = [(f"files of {size} bytes at most, {'an error' if ignored else 'a signal'}",
             {"preexec_fn": limited(size, ignored), "restore_signals": False}, False)
            for size in SIZES for ignored in (True, False)]
    ways += [(f"writes of {part} bytes at most", {"env": {"LD_PRELOAD": library, "SHORT_WRITE": str(part)}}, True)
             for part in PARTS]
    for verb in verbs():
        if names and verb.name not in names:
            continue
        wrong = verb.learn(world)
        for name, how, works in ways:
            world.restore()
            done = world.run(*verb.words, now=LATER, **how)
            found = verb.complaints(world, done.returncode, answer_of(done)) + verb.repaired(world)
            if works and done.returncode != (verb.refused or 0):
                found.append(f"ended with {done.returncode}: {done.stdout.decode()[:200]}")
            wrong += [f"{name}: {'; '.join(found)}"] if found else []
            if wrong and stop:
                break
        report.add(f"{verb.name}, with {len(SIZES) * 2} full disks and {len(PARTS)} kinds of short writes", wrong, len(ways))
