#!/usr/bin/python3
"""truth.py PROGRAM TRUTH   Compare `usage daily|model|session` with a generated corpus's truth.json.

CLAUDE_CONFIG_DIR and the rest of the environment are the caller's. Names each difference."""
import json
import subprocess
import sys

NAMES = {"messages": "calls", "input_tokens": "input_tokens", "output_tokens": "output_tokens",
         "cache_creation_input_tokens": "cache_write_tokens", "cache_read_input_tokens": "cache_read_tokens",
         "web_search_requests": "web_searches"}


def usage(program, grouping):
    done = subprocess.run([program, "usage", grouping, "--json", "--tz", "UTC"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def picked(row):
    return {name: row.get(ours) for name, ours in NAMES.items()}


def differences(what, found, wanted):
    for key in sorted(set(found) | set(wanted)):
        true = {name: wanted[key][name] for name in NAMES} if key in wanted else None
        if found.get(key) != true:
            yield f"{what} {key}: {found.get(key)}, not {true}"


def main():
    program, file = sys.argv[1:3]
    with open(file, encoding="utf-8") as stream:
        truth = json.load(stream)
    wrong = []
    for grouping, key, name in (("daily", "day", "by_day"), ("model", "model", "by_model"),
                                ("session", "session", "by_session")):
        answer = usage(program, grouping)
        found = {row[key]: picked(row) for row in answer["rows"]}
        if len(found) != len(answer["rows"]):
            wrong.append(f"{grouping}: a {key} twice")
        wrong += differences(grouping, found, truth[name])
        wrong += differences(grouping, {"total": picked(answer["totals"])}, {"total": truth["totals"]})
        split = sum(answer["totals"][f"cache_write_{life}_tokens"] for life in ("5m", "1h"))
        if split != truth["totals"]["cache_creation_input_tokens"]:
            wrong.append(f"{grouping}: the two lives of cache writes are {split} together")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


sys.exit(main())
