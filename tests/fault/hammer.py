"""hammer - many processes at once on one project: nothing lost, nothing twice, nothing torn."""
import collections
import concurrent.futures
import json
import os
import random
import signal
import subprocess
import threading
import time

from world import World, answer_of, call, tasks

CROWD = 64
BUSY = 5 # the exit code of a writer whose turn did not come in time; it has changed nothing
SEED = 20261006


class Killer:
    """Runs the program; with a share above 0 it kills that share of the runs at a random moment."""

    def __init__(self, world, share=0.0):
        self.world, self.share = world, share
        self.random = random.Random(SEED)
        self.lock = threading.Lock()
        self.ran = self.killed = 0

    def run(self, *words):
        with self.lock:
            self.ran += 1
            delay = self.random.random() * 0.2 if self.random.random() < self.share else None
        done = subprocess.Popen([self.world.program, *words], cwd=self.world.project, env=self.world.env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if delay is not None:
            try:
                done.wait(delay)
            except subprocess.TimeoutExpired:
                done.send_signal(signal.SIGKILL)
        done.stdout, done.stderr = done.communicate()
        with self.lock:
            self.killed += done.returncode == -signal.SIGKILL
        return done


def crowd(task, count=CROWD):
    """task(number) in `count` threads that begin together."""
    gate = threading.Barrier(count)

    def wait(number):
        gate.wait()
        return task(number)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait, range(count)))


def world_of(program, folder, name):
    return World(program, os.path.join(folder, name))


def starts_parallel(program, folder, report):
    world = world_of(program, folder, "parallel")
    runner = Killer(world)
    answers = crowd(lambda number: runner.run("start", "dev", f"p{number}", "--parallel", "--json"))
    store, wrong = world.read()
    ids = [answer_of(done)["id"] for done in answers if done.returncode == 0]
    wrong += [f"ended with {done.returncode}: {done.stdout.decode()[:200]}" for done in answers if done.returncode]
    wrong += [] if len(set(ids)) == len(ids) == CROWD else [f"{len(set(ids))} different ids in {len(ids)} answers"]
    wrong += [] if len(store) == CROWD else [f"{len(store)} files"]
    purposes = {copies[0][1].get("purpose") for copies in store.values()}
    wrong += [] if purposes == {f"p{number}" for number in range(CROWD)} else ["a session is another's"]
    report.add(f"{CROWD} x start --parallel at once: {len(set(ids))} ids, {len(store)} files", wrong, CROWD)


def starts_plain(program, folder, report):
    world = world_of(program, folder, "plain")
    runner = Killer(world)
    answers = crowd(lambda number: runner.run("start", "dev", f"p{number}", "--json"))
    store, wrong = world.read()
    codes = collections.Counter(done.returncode for done in answers)
    wrong += [] if codes == {0: 1, 7: CROWD - 1} else [f"exit codes {dict(codes)}"]
    winner = [answer_of(done)["id"] for done in answers if done.returncode == 0]
    wrong += [] if list(store) == winner else [f"{len(store)} files"]
    unnamed = [1 for done in answers if done.returncode == 7 and winner[0] not in answer_of(done)["error"]["message"]]
    wrong += [f"{len(unnamed)} refusals do not name the session"] if unnamed else []
    report.add(f"{CROWD} x start at once: {codes[0]} won, {codes[7]} refused", wrong, CROWD)


class Reader(threading.Thread):
    """Parses the session's file in a loop."""

    def __init__(self, path):
        super().__init__()
        self.path, self.stop, self.reads, self.torn = path, threading.Event(), 0, 0

    def run(self):
        while not self.stop.is_set():
            try:
                with open(self.path, "rb") as file:
                    json.loads(file.read())
            except (OSError, ValueError):
                self.torn += 1
            self.reads += 1
            time.sleep(0.001)


def changes(world, share, rounds):
    """`CROWD` processes change the tasks of one session: (texts that must be there, runner, readers, complaints)"""
    path = world.must("start", "dev", "hot", "--json")["path"]
    runner = Killer(world, share)
    readers = [Reader(path) for _ in range(2)]

    def work(number):
        kept = []
        for nth in range(rounds):
            text = f"w{number:02}k{nth}."
            added = runner.run("task", "add", text, "--json")
            kept.append((text, "add", added))
            if added.returncode == 0 and nth % 2 == 0:
                kept.append((text, "done", runner.run("task", "done", text, "--json")))
        return kept

    for reader in readers:
        reader.start()
    results = [one for kept in crowd(work) for one in kept]
    for reader in readers:
        reader.stop.set()
        reader.join()
    wrong = [f"{reader.torn} torn reads" for reader in readers if reader.torn]
    wrong += ["the readers did not read"] if min(reader.reads for reader in readers) < 10 else []
    return path, results, runner, sum(reader.reads for reader in readers), wrong


def session_changes(program, folder, report, share, rounds):
    world = world_of(program, folder, f"tasks{share}")
    path, results, runner, reads, wrong = changes(world, share, rounds)
    world.must("task", "add", "afterwards", "--json")
    store, more = world.read()
    found = tasks(store[os.path.basename(path)[:-len(".json")]][0][1])
    wrong += more + [f"{left} was left" for left in world.temporaries()]
    acknowledged = busy = 0
    for text, action, done in results:
        wrong += [f"{action} {text} ended with {done.returncode}: {done.stdout.decode()[:200]}"] \
            if done.returncode not in (0, BUSY, -signal.SIGKILL) else []
        acknowledged += done.returncode == 0
        busy += done.returncode == BUSY
        lists = found.get(text, [])
        if len(lists) > 1:
            wrong.append(f"{text} is there {len(lists)} times")
        if done.returncode == 0 and not lists:
            wrong.append(f"{text} is lost")
        if done.returncode == 0 and action == "done" and lists != ["tasks_completed"]:
            wrong.append(f"{text} is not done")
    wrong += [f"doctor: {finding}" for finding in world.doctor()]
    wrong += ["too few were killed"] if runner.killed < runner.ran * share / 3 else []
    wrong += [f"{busy} were refused as busy"] if busy * 10 > runner.ran else []
    report.add(f"{CROWD} processes change tasks: {runner.ran} changes, {runner.killed} killed, {busy} busy,"
               f" {acknowledged} acknowledged, {reads} reads", wrong, runner.ran)


def syncs(program, folder, report):
    crew, count = 16, 400
    world = world_of(program, folder, "syncs")
    for log in range(6):
        world.log = os.path.join(os.path.dirname(world.log), f"1111111{log}-0000-4000-8000-000000000001.jsonl")
        world.append("".join(call(log * count + n, f"2026-10-06T1{log}:{n // 60:02}:{n % 60:02}Z") for n in range(count)))
    runner = Killer(world)
    answers = crowd(lambda number: runner.run("sync", "--json"), crew)
    wrong = [f"ended with {done.returncode}: {done.stdout.decode()[:200]}" for done in answers if done.returncode]
    totals = world.must("usage", "--json", "--tz", "UTC", now="2026-10-07T00:00:00Z")["totals"]
    right = {"calls": 6 * count, "input_tokens": 60 * count, "output_tokens": 120 * count}
    wrong += [f"{name} is {totals[name]}, not {value}" for name, value in right.items() if totals[name] != value]
    report.add(f"{crew} x sync at once of {6 * count} calls", wrong, crew)


def run(program, folder, report, names=None, rounds=4):
    parts = {
        "parallel": lambda: starts_parallel(program, folder, report),
        "plain": lambda: starts_plain(program, folder, report),
        "tasks": lambda: session_changes(program, folder, report, 0.0, rounds),
        "kills": lambda: session_changes(program, folder, report, 0.3, rounds),
        "syncs": lambda: syncs(program, folder, report),
    }
    for name, part in parts.items():
        if not names or name in names:
            part()
