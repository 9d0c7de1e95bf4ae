"""report - what was tried, what was wrong; the last line is `N passed, N failed`."""
import time

SHOWN = 8 # complaints of one test


class Report:
    def __init__(self, quiet=False):
        self.passed = self.failed = 0
        self.quiet = quiet
        self.tried = 0
        self.complaints = []
        self.began = time.monotonic()

    def add(self, name, complaints, tried=0):
        self.tried += tried
        self.passed += not complaints
        self.failed += bool(complaints)
        self.complaints += complaints
        if self.quiet:
            return
        print(f"{time.monotonic() - self.began:6.1f} s  {'FAILED' if complaints else 'ok'}  {name}", flush=True)
        for complaint in complaints[:SHOWN]:
            print(f"          {' '.join(complaint.split())}")
        if len(complaints) > SHOWN:
            print(f"          and {len(complaints) - SHOWN} more")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
