"""world - a project, a home and an agent's log in a folder of their own, and what must always hold there."""
import json
import os
import re
import shutil
import stat
import subprocess

AGENT = "11111111-0000-4000-8000-000000000001"
DEV, PLAN = "dev_20261006_1410_2", "plan_20261006_1400" # dev_20261006_1410 has ended
NOW = "2026-10-06T14:10:00Z"
LATER = "2026-10-06T14:30:00Z"
TEMPORARY = re.compile(r"\.session-manager-.*\.tmp$")
RUN_LIMIT = 60 # seconds any one run may take


def call(number, at, output=20):
    """One line of an agent's log: 10 tokens in, `output` tokens out."""
    return json.dumps({
        "type": "assistant", "uuid": f"uuid-{number}", "timestamp": at, "sessionId": AGENT, "cwd": "/nowhere",
        "isSidechain": False, "version": "2.1.300", "requestId": f"req_{number}",
        "message": {"id": f"msg_{number}", "role": "assistant", "model": "claude-opus-4-5",
                    "content": [{"type": "text", "text": "done"}], "stop_reason": "end_turn",
                    "usage": {"input_tokens": 10, "output_tokens": output}}}) + "\n"


class World:
    def __init__(self, program, base):
        self.program = program
        self.base = base
        self.live = os.path.join(base, "live")
        self.gold = os.path.join(base, "gold")
        self.project = os.path.join(self.live, "project")
        self.home = os.path.join(self.live, "home")
        self.log = os.path.join(self.home, ".claude/projects/-project", AGENT + ".jsonl")
        keep = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS") if name in os.environ}
        self.env = keep | {
            "HOME": self.home, "CLAUDE_CONFIG_DIR": self.home + "/.claude", "XDG_CONFIG_HOME": self.home + "/.config",
            "XDG_DATA_HOME": self.home + "/.local/share", "XDG_CACHE_HOME": self.home + "/.cache",
            "TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "dumb", "SESSION_MANAGER_NOW": NOW}
        shutil.rmtree(base, ignore_errors=True)
        os.makedirs(self.project + "/.claude")
        os.makedirs(os.path.dirname(self.log))

    def run(self, *words, now=None, wrap=(), env=None, **more):
        env = self.env | (env or {}) | ({"SESSION_MANAGER_NOW": now} if now else {})
        return subprocess.run([*wrap, self.program, *words], cwd=self.project, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=RUN_LIMIT, **more)

    def must(self, *words, **more):
        done = self.run(*words, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{words} ended with {done.returncode}: {done.stderr.decode()}")
        return answer_of(done)

    def fill(self):
        """One ended session, two open ones, three tasks, and a log with something new since it was last read."""
        self.must("start", "dev", "the old one")
        self.must("end")
        self.must("start", "plan", "the other one", now="2026-10-06T14:00:00Z")
        self.must("start", "dev", "the gold one", "--task", "one", "--task", "two", "--task", "three")
        self.append(call(1, "2026-10-06T14:11:00Z"))
        self.must("sync", now=LATER)
        self.append(call(2, "2026-10-06T14:12:00Z") + call(3, "2026-10-06T14:13:00Z"))
        self.must("list", now=LATER)

    def append(self, text):
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(text.replace("/nowhere", self.project))

    def keep(self):
        shutil.rmtree(self.gold, ignore_errors=True)
        shutil.copytree(self.live, self.gold, symlinks=True)
        for folder, _, _ in os.walk(self.gold): # a folder just changed is treated otherwise: all runs must be alike
            os.utime(folder, (0, 0))

    def restore(self):
        shutil.rmtree(self.live)
        shutil.copytree(self.gold, self.live, symlinks=True)

    def files(self):
        for folder, _, names in os.walk(self.project):
            for name in names:
                yield os.path.join(folder, name)

    def temporaries(self):
        return [path for path in self.files() if TEMPORARY.search(path)]

    def read(self):
        """({id: [(path, session)]}, complaints)"""
        store, complaints = {}, []
        for path in self.files():
            found = re.fullmatch(r"((dev|plan|code|ep_\d+)_\d{8}_\d{4}(_\d+)?)\.json", os.path.basename(path))
            if not found:
                continue
            try:
                with open(path, encoding="utf-8") as file:
                    session = json.load(file)
                if session["session_id"] != found[1] or stat.S_IMODE(os.stat(path).st_mode) != 0o600:
                    complaints.append(f"{path} has another id in it or another mode than 0600")
            except (ValueError, KeyError, TypeError) as why:
                complaints.append(f"{path} is damaged: {why}")
                session = {}
            store.setdefault(found[1], []).append((path, session))
        complaints += [f"{len(copies)} copies of {one}" for one, copies in store.items() if len(copies) != 1]
        return store, complaints

    def doctor(self):
        done = self.run("doctor", "--json", now=LATER)
        if done.returncode not in (0, 9):
            return [f"doctor ended with {done.returncode}: {done.stderr.decode()}"]
        return [row["finding"] for row in answer_of(done)["rows"]]


def answer_of(done):
    """What was printed as JSON; None when it is not one whole answer."""
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


def tasks(session):
    """{text: [list it is in]}"""
    progress = session["metrics"]["progress_tracking"]
    found = {}
    for kind in ("tasks_pending", "tasks_completed"):
        for task in progress[kind]:
            found.setdefault(task["text"], []).append(kind)
    return found


def entered(session):
    """The session without what is measured from logs: of that an answer may warn that it is not known."""
    session = json.loads(json.dumps(session))
    for name in ("cost_tracking", "time_tracking", "error_tracking"):
        session.get("metrics", {}).pop(name, None)
    return session


class Verb:
    """One verb on the filled world, and what it does to its session when nothing goes wrong."""

    def __init__(self, name, words, target=None, refused=None):
        self.name, self.words, self.target, self.refused = name, [*words, "--json"], target, refused
        self.before, self.after = {}, {}

    def learn(self, world):
        """Run it undisturbed; `before` and `after` are the sessions by id."""
        world.restore()
        store, complaints = world.read()
        self.before = {one: copies[0] for one, copies in store.items()}
        done = world.run(*self.words, now=LATER)
        if done.returncode != (self.refused or 0):
            raise RuntimeError(f"{self.name} ended with {done.returncode}: {done.stdout.decode()}")
        store, more = world.read()
        self.after = {one: copies[0] for one, copies in store.items()}
        self.answer = answer_of(done)
        made = set(self.after) - set(self.before)
        if self.refused is None and self.target is None:
            complaints += [] if len(made) == 1 else [f"made {sorted(made)}"]
            self.target = next(iter(made), None)
        lost = set(self.before) - set(self.after)
        changed = [one for one in self.before if one != self.target and self.before[one] != self.after.get(one)]
        complaints += more + [f"touched {one}" for one in changed] + [f"lost {one}" for one in lost]
        if self.refused is None:
            complaints += self.meaning()
        return complaints + world.doctor()

    def meaning(self):
        """Does the undisturbed run do what its words say?"""
        path, session = self.after.get(self.target, ("", {}))
        if not session or self.answer["id"] != self.target:
            return ["the answer names another session"]
        if self.words[0] == "start":
            right = session["purpose"] == "x" and session["timeline"][0]["event"] == "start"
        elif self.words[0] == "end":
            summary = path[:-len("json")] + "md"
            right = ("/archive/2026/" in path and session["status"] == "completed" and os.path.getsize(summary) > 0
                     and session["metrics"]["cost_tracking"]["claude_tokens"] == 90)
        elif self.words[1] == "add":
            right = tasks(session).get("x") == ["tasks_pending"]
        else:
            right = tasks(session)["one"] == ["tasks_completed"]
        return [] if right else [f"{path} does not say what was done"]

    def complaints(self, world, code, answer):
        """What is wrong after a run that ended with `code` and answered `answer`; 0: acknowledged."""
        store, wrong = world.read()
        for one, (_, session) in self.before.items():
            copies = store.get(one)
            if not copies:
                wrong.append(f"{one} is gone")
            elif one != self.target and copies[0][1] != session:
                wrong.append(f"{one} has changed")
        wrong += [f"{one} came from nowhere" for one in store if one not in self.before and one != self.target]
        if self.refused is not None and code == 0:
            wrong.append("acknowledged what it must refuse")
        if self.target and not wrong:
            wrong += self.target_complaints(store.get(self.target), code, answer)
        return wrong

    def target_complaints(self, copies, code, answer):
        path, session = copies[0] if copies else ("", None)
        old = self.before.get(self.target, ("", None))
        new_path, new = self.after[self.target]
        measured = code == 0 and answer is not None and not answer["warnings"]
        look = (lambda one: one) if measured else (lambda one: one and entered(one))
        if code == 0:
            if look(session) != look(new) or path != new_path:
                return ["acknowledged, but it is not there"]
            if self.words[0] == "end" and not os.path.exists(path[:-len("json")] + "md"):
                return ["acknowledged, but the summary is not there"]
            return []
        if look(session) not in (look(old[1]), look(new)):
            return [f"{self.target} is neither as before nor as after"]
        return []

    def repaired(self, world):
        """The next verb that writes must work and leave nothing behind."""
        wrong = [found for found in world.doctor() if not found.startswith("ended but not archived")]
        done = world.run("task", "add", "afterwards", "--session", PLAN, "--json", now=LATER)
        if done.returncode != 0:
            return wrong + [f"the next verb ended with {done.returncode}: {done.stdout.decode()[:300]}"]
        store, more = world.read()
        if tasks(store[PLAN][0][1]).get("afterwards") != ["tasks_pending"]:
            wrong.append("the next verb did nothing")
        wrong += more + [f"{path} was left" for path in world.temporaries()]
        return wrong + [f"doctor, in the end: {found}" for found in world.doctor()]


def verbs():
    return [
        Verb("start", ["start", "dev", "x", "--parallel", "--at", "14:10"]), # its first two ids are taken
        Verb("start-first", ["start", "coded", "x"]), # its folders are not there yet
        Verb("start-refused", ["start", "dev", "x"], refused=7),
        Verb("add", ["task", "add", "x", "--session", DEV], target=DEV),
        Verb("done", ["task", "done", "1", "--session", DEV], target=DEV),
        Verb("end", ["end", DEV], target=DEV),
        Verb("end-unclear", ["end"], refused=4),
    ]
