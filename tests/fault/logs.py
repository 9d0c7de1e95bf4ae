"""logs - an agent's log that grows while it is read: each line counts once, wherever the first part ends."""
import os
import re
import shutil

from world import World, call

LINES = 5


def totals(world):
    done = world.must("usage", "--json", "--tz", "UTC", now="2026-10-07T00:00:00Z")["totals"]
    return done["calls"], done["output_tokens"]


def grown(program, folder, report, step, stop):
    world = World(program, os.path.join(folder, "grown"))
    text = "".join(call(n, f"2026-10-06T14:1{n}:00Z", output=20 + n) for n in range(LINES)).encode()
    ends = [at for at in range(len(text)) if text[at:at + 1] == b"\n"] # of the line without its newline
    all_output = sum(20 + n for n in range(LINES))
    cuts = sorted(set(range(1, len(text), step)) | {end + more for end in ends for more in (-1, 0, 1)} - {len(text)})
    wrong = []
    for cut in cuts:
        shutil.rmtree(world.home + "/.local", ignore_errors=True)
        with open(world.log, "wb") as log:
            log.write(text[:cut])
        first, _ = totals(world)
        whole = sum(end <= cut for end in ends)
        with open(world.log, "ab") as log:
            log.write(text[cut:])
        if first != whole or totals(world) != (LINES, all_output) or totals(world) != (LINES, all_output):
            wrong.append(f"cut at byte {cut}: {first} calls, not {whole}; then {totals(world)}")
            if stop:
                break
    report.add(f"a log that grows, cut at {len(cuts)} of {len(text)} bytes", wrong, len(cuts))


def synced(program, folder, report):
    """What is read is on the disk before the answer: SQLite syncs its journal and then the ledger."""
    world = World(program, os.path.join(folder, "synced"))
    world.must("sync")
    world.append(call(1, "2026-10-06T14:11:00Z"))
    trace = os.path.join(world.base, "record")
    world.run("sync", wrap=["strace", "-f", "-y", "-o", trace, "-e", "trace=fsync,fdatasync,write"])
    with open(trace, encoding="utf-8", errors="replace") as lines:
        text = lines.read().partition(" write(1<")[0]
    wrong = [f"{name} is not synced before the answer" for name in ("ledger.db-journal", "ledger.db")
             if not re.search(rf"sync\(\d+<[^>]*/{name}>\)", text)]
    report.add("the ledger is synced before the answer", wrong)


def run(program, folder, report, step=1, stop=False):
    synced(program, folder, report)
    grown(program, folder, report, step, stop)
