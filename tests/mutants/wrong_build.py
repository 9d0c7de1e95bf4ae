"""wrong_build - builds of the program in which a few words of the source are other ones."""
import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NEEDED = ["meson.build", "meson_options.txt", "src", "assets", "tools", "schema"]


class WrongBuild:
    """A copy of what the program is built from; a few words at a time are replaced, built and put back."""

    def __init__(self, folder):
        self.source, self.build = os.path.join(folder, "source"), os.path.join(folder, "build")
        os.makedirs(self.source)
        for name in NEEDED:
            path = os.path.join(ROOT, name)
            if os.path.isdir(path):
                shutil.copytree(path, os.path.join(self.source, name), symlinks=True)
            elif os.path.exists(path):
                shutil.copy(path, self.source)
        self.program = os.path.join(self.build, "src/session-manager")
        self.command("meson", "setup", self.build, self.source, "--buildtype=debugoptimized", "-Doptimization=1",
                     "-Ddebug=false", "-Dunit_tests=false", "-Dwerror=false")
        self.make()

    def command(self, *words):
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}:\n{done.stdout.decode(errors='replace')[-3000:]}")

    def make(self):
        self.command("ninja", "-C", self.build, "src/session-manager")

    def put(self, file, text):
        with open(os.path.join(self.source, file), "w", encoding="utf-8") as out:
            out.write(text)

    def wrong(self, changes, test):
        """test() with each (file, old, new) of `changes` done; each old must stand in its file exactly once."""
        right, text = {}, {}
        for file, old, new in changes:
            if file not in right:
                with open(os.path.join(self.source, file), encoding="utf-8") as source:
                    right[file] = text[file] = source.read()
            if text[file].count(old) != 1:
                raise RuntimeError(f"{file} holds {text[file].count(old)} times, not once: {old}")
            text[file] = text[file].replace(old, new)
        try:
            for file in text:
                self.put(file, text[file])
            self.make()
            return test()
        finally:
            for file in right:
                self.put(file, right[file])
