#!/usr/bin/python3
"""compare.py PROGRAM RULE...   Count each folder's logs and compare with its expected.json.

Every folder is read three times: as it stands, a second time from the same ledger (nothing may
change), and from a ledger that saw its files one by one, last first. Names each difference."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

KEYS = ("calls", "input_tokens", "output_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens",
        "cache_read_tokens", "web_searches")


def ask(program, logs, home, *words):
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "CLAUDE_CONFIG_DIR": str(logs), "TZ": "UTC",
           "SESSION_MANAGER_NOW": "2027-01-01T00:00:00Z"}
    env.update({name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")})
    return subprocess.run([program, "usage", *words, "--json", "--tz", "UTC"], env=env, cwd=home,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)


def by_session(program, logs, home):
    done = ask(program, logs, home, "session")
    return {row["session"]: row["cost"]["usd_nanos"] for row in json.loads(done.stdout or "{}").get("rows", [])}


def totals(program, logs, home):
    done = ask(program, logs, home)
    if done.returncode:
        return {"exit status": done.returncode, "stderr": done.stderr.decode(errors="replace")}
    answer = json.loads(done.stdout)
    found = {key: answer["totals"].get(key, 0) for key in KEYS}
    cost = answer["totals"].get("cost") or {}
    found["usd_nanos"] = cost.get("usd_nanos") or 0
    found["complete"] = cost.get("complete", True)
    found["claude_tokens"] = answer["totals"].get("total_tokens", 0)
    return found


def expected(folder):
    wanted = json.loads((folder / "expected.json").read_text())
    out = {key: wanted[key] for key in KEYS}
    out["usd_nanos"] = wanted["usd_nanos"] or 0
    out["complete"] = wanted["complete"]
    out["claude_tokens"] = sum(wanted[key] for key in KEYS if key.endswith("_tokens"))
    return out


def piecemeal(program, folder, logs, home):
    """The files arrive one after the other, the last first."""
    files = sorted((p for p in folder.rglob("*") if p.is_file() and p.name != "expected.json"), reverse=True)
    found = None
    for file in files:
        place = logs / file.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        found = totals(program, logs, home)
    return found


def check(program, folder, room):
    logs, home, other = room / "logs", room / "home", room / "other"
    shutil.copytree(folder, logs, ignore=shutil.ignore_patterns("expected.json"))
    for place in (home, other):
        place.mkdir()
    wanted = expected(folder)
    readings = {
        "at once": totals(program, logs, home),
        "again": totals(program, logs, home),
    }
    (room / "steps").mkdir()
    readings["file by file"] = piecemeal(program, folder, room / "steps", other)
    wrong = []
    owners = json.loads((folder / "expected.json").read_text()).get("sessions")
    for how, place, from_logs in (("at once", home, logs), ("file by file", other, room / "steps")):
        if owners and (found := by_session(program, from_logs, place)) != owners:
            wrong.append(f"{folder.name}, {how}: the sessions' nano-dollars are {found}")
    for how, found in readings.items():
        for key in wanted:
            if (found or {}).get(key) != wanted[key]:
                wrong.append(f"{folder.name}, {how}: {key} is {(found or {}).get(key)}, not {wanted[key]}")
        if found and "stderr" in found:
            wrong.append(f"{folder.name}, {how}: {found}")
    return wrong


def main():
    program, folders = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
    wrong = [] if folders else ["no folder to compare"]
    for folder in folders:
        with tempfile.TemporaryDirectory() as room:
            wrong += check(program, folder, pathlib.Path(room))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
