"""states - every state in which a crash may leave the project's folder, from a record of one run.

A system call that changes a file or a folder may reach the disk at any later time, or never, until
an fsync of that file or folder. A state is: a beginning of the record; of its changes those that an
fsync made durable, and any choice of the others; one of the kept writes torn in the middle, or of
the right length but full of zeros. A rename is one change; between two folders it is durable once
both are synced."""
import itertools
import os
import re
import shutil

from world import World, verbs

CHANGES = {"create", "mkdir", "write", "cut", "rename", "unlink"}
MOST_FREE = 12 # changes that may be lost at one time; more would be a change of the program worth a look
TRACED = ("openat,open,creat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
          "link,linkat,symlink,symlinkat,ftruncate,truncate,close,mkdir,mkdirat,rmdir,dup,dup2,dup3")
LINE = re.compile(r"(\d+)\s+(\w+)\((.*)\)\s+=\s+(-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Disk:
    """A tree of numbered files and folders; 0 is the project's folder."""

    def __init__(self):
        self.folders = {0: {}}
        self.contents = {}

    @classmethod
    def of(cls, path):
        disk, numbers = cls(), {path: 0}
        for folder, folders, files in os.walk(path):
            here = disk.folders[numbers[folder]]
            for name in sorted(folders):
                here[name] = numbers[os.path.join(folder, name)] = disk.free()
                disk.folders[here[name]] = {}
            for name in sorted(files):
                here[name] = disk.free()
                with open(os.path.join(folder, name), "rb") as file:
                    disk.contents[here[name]] = file.read()
        return disk

    def free(self):
        return len(self.folders) + len(self.contents)

    def copy(self):
        other = Disk()
        other.folders = {number: dict(names) for number, names in self.folders.items()}
        other.contents = dict(self.contents)
        return other

    def find(self, path):
        number = 0
        for name in path.split("/") if path else []:
            number = self.folders.get(number, {}).get(name)
        return number

    def apply(self, change, torn=None):
        kind, *what = change
        if kind == "create":
            folder, name, number = what
            self.folders[folder][name] = number
            self.contents.setdefault(number, b"")
        elif kind == "mkdir":
            folder, name, number = what
            self.folders[folder][name] = number
            self.folders.setdefault(number, {})
        elif kind == "rename":
            old_folder, old_name, folder, name, number = what
            if self.folders[old_folder].get(old_name) == number:
                del self.folders[old_folder][old_name]
            self.folders[folder][name] = number
            if number not in self.folders:
                self.contents.setdefault(number, b"")
        elif kind == "unlink":
            folder, name = what
            self.folders[folder].pop(name, None)
        elif kind == "cut":
            number, size = what
            self.contents[number] = self.contents.get(number, b"")[:size].ljust(size, b"\0")
        elif kind == "write":
            number, offset, data = what
            data = {None: data, "half": data[:len(data) // 2], "zeros": bytes(len(data))}[torn]
            old = self.contents.get(number, b"").ljust(offset, b"\0")
            self.contents[number] = old[:offset] + data + old[offset + len(data):]

    def tree(self, number=0):
        """All that can be reached, as something that can be compared."""
        return tuple((name, self.tree(child) if child in self.folders else self.contents[child])
                     for name, child in sorted(self.folders[number].items()))


def put(tree, path):
    os.makedirs(path, mode=0o700)
    for name, what in tree:
        inner = os.path.join(path, name)
        if isinstance(what, tuple):
            put(what, inner)
            continue
        with open(os.open(inner, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(what)


class Record:
    """The changes and syncs of one run, in order, and where it gave its answer."""

    def __init__(self, root, before):
        self.root = os.path.realpath(root) + "/"
        self.now = before.copy()
        self.steps = []
        self.answered = None
        self.handles = {} # (process, number) is not needed: the recorded verbs have one process

    def inside(self, path):
        path = os.path.normpath(path) + "/"
        return path[len(self.root):].rstrip("/") if path.startswith(self.root) else None

    def place(self, path):
        folder, _, name = path.rpartition("/")
        return self.now.find(folder), name

    def change(self, *change):
        self.steps.append(change)
        self.now.apply(change)

    def opened(self, path, flags, result):
        self.handles.pop(result, None)
        inner = self.inside(path)
        if inner is None:
            return
        number = self.now.find(inner)
        if number is None and "O_CREAT" in flags:
            folder, name = self.place(inner)
            number = self.now.free()
            self.change("create", folder, name, number)
        elif number in self.now.contents and "O_TRUNC" in flags:
            self.change("cut", number, 0)
        self.handles[result] = [number, 0]

    def step(self, name, text, result):
        texts = [bytes.fromhex(found.replace("\\x", "")) for found in TEXT.findall(text)]
        first = re.match(r"\d+", text)
        handle = self.handles.get(int(first[0])) if first else None
        if name in ("openat", "open", "creat"):
            self.opened(texts[0].decode(), text + ("O_CREAT|O_TRUNC" if name == "creat" else ""), result)
        elif name == "close":
            self.handles.pop(int(first[0]), None)
        elif name == "write" and first[0] == "1" and handle is None:
            self.answered = self.answered if self.answered is not None else len(self.steps)
        elif handle is not None:
            self.through_handle(name, text, texts, result, handle)
        elif name not in ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "dup", "dup2", "dup3"):
            self.by_path(name, [self.inside(one.decode()) for one in texts])

    def through_handle(self, name, text, texts, result, handle):
        number = handle[0]
        if name == "write":
            self.change("write", number, handle[1], texts[0][:result])
            handle[1] += result
        elif name == "pwrite64":
            self.change("write", number, int(text.rpartition(",")[2]), texts[0][:result])
        elif name == "ftruncate":
            self.change("cut", number, int(text.rpartition(",")[2]))
        elif name in ("fsync", "fdatasync"):
            self.steps.append(("sync", number))
        else:
            raise RuntimeError(f"{name} on a file of the project: the model does not know it")

    def by_path(self, name, paths):
        if not paths or all(path is None for path in paths):
            return
        if name.startswith("mkdir"):
            self.change("mkdir", *self.place(paths[0]), self.now.free())
        elif name.startswith("rename"):
            number = self.now.find(paths[0])
            self.change("rename", *self.place(paths[0]), *self.place(paths[1]), number)
        elif name.startswith("unlink"):
            self.change("unlink", *self.place(paths[0]))
        else:
            raise RuntimeError(f"{name} in the project: the model does not know it")

    def read(self, path):
        with open(path, encoding="ascii", errors="replace") as lines:
            for line in lines:
                match = LINE.match(line)
                if match and int(match[4]) >= 0:
                    self.step(match[2], match[3], int(match[4]))


def folders_of(change):
    if change[0] == "rename":
        return {change[1], change[3]}
    return {change[1]}


def durable(steps, end):
    """Which of the first `end` steps an fsync among them made durable."""
    found = set()
    for at in range(end):
        if steps[at][0] not in CHANGES:
            continue
        waiting = folders_of(steps[at])
        for later in range(at + 1, end):
            if steps[later][0] == "sync":
                waiting.discard(steps[later][1])
        if not waiting:
            found.add(at)
    return found


def states(before, record):
    """Each (tree, was the answer given before the crash), once."""
    seen = set()
    steps = record.steps
    answered = record.answered if record.answered is not None else len(steps) + 1
    for end in range(len(steps) + 1):
        fixed = durable(steps, end)
        free = [at for at in range(end) if steps[at][0] in CHANGES and at not in fixed]
        if len(free) > MOST_FREE:
            raise RuntimeError(f"{len(free)} changes wait for an fsync at once")
        for count in range(len(free) + 1):
            for chosen in itertools.combinations(free, count):
                torn = [(None, None)] + [(at, how) for at in chosen if steps[at][0] == "write"
                                         for how in ("half", "zeros")]
                for at_torn, how in torn:
                    disk = before.copy()
                    for at in sorted(fixed | set(chosen)):
                        folder = steps[at][3] if steps[at][0] == "rename" else steps[at][1]
                        if folder not in disk.folders and steps[at][0] not in ("write", "cut"):
                            disk.folders[folder] = {} # its own mkdir is lost: nobody will find it
                        disk.apply(steps[at], how if at == at_torn else None)
                    state = (disk.tree(), end >= answered)
                    if state not in seen:
                        seen.add(state)
                        yield state


def run(program, folder, report, names=None, stop=False):
    world = World(program, os.path.join(folder, "states"))
    world.fill()
    world.keep()
    trace = os.path.join(world.base, "record")
    for verb in verbs():
        if verb.refused is not None or (names and verb.name not in names):
            continue
        complaints = verb.learn(world)
        world.restore()
        before = Disk.of(world.project)
        done = world.run(*verb.words, now="2026-10-06T14:30:00Z", wrap=[
            "strace", "-f", "-xx", "-s", "9999999", "-o", trace, "-e", "trace=" + TRACED])
        record = Record(world.project, before)
        record.read(trace)
        if done.returncode != 0 or record.answered is None or record.now.tree() != Disk.of(world.project).tree():
            complaints.append("the record does not lead to what is on the disk")
        count = 0
        for tree, answered in states(before, record):
            world.restore()
            shutil.rmtree(world.project)
            put(tree, world.project)
            answer = verb.answer if answered else None
            wrong = verb.complaints(world, 0 if answered else -9, answer) + verb.repaired(world)
            complaints += [f"state {count}{', answered' if answered else ''}: {'; '.join(wrong)}"] if wrong else []
            count += 1
            if wrong and stop:
                break
        report.add(f"{verb.name}, {count} states after a crash", complaints, count)
