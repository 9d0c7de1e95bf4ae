#!/usr/bin/env python3
"""check.py SHAPES NAME <JSON   Has the JSON on standard input the shape NAME of the file SHAPES?

Keys, their order and the type of every value, at every level; figures are not looked at."""
import json, re, sys

PATTERNS = {"day": r"\d{4}-\d\d-\d\d", "month": r"\d{4}-\d\d", "text": r"(?s).*",
            "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"}
wrong = []


def is_scalar(value, kind):
    if kind == "bool":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "count":
        return isinstance(value, int) and value >= 0
    if kind == "number":
        return isinstance(value, (int, float))
    return isinstance(value, str) and re.fullmatch(PATTERNS[kind], value) is not None


def check_object(value, shape, path):
    if not isinstance(value, dict):
        return wrong.append(f"{path}: no object")
    if "*" in shape:
        for key in value:
            check(value[key], shape["*"], f"{path}.{key}")
        return None
    wanted = [key for key in shape if key != "|null" and (not key.endswith("?") or key[:-1] in value)]
    if list(value) != [key.rstrip("?") for key in wanted]:
        return wrong.append(f"{path}: keys {list(value)}, wanted {wanted}")
    for key in wanted:
        check(value[key.rstrip("?")], shape[key], f"{path}.{key}")
    return None


def check(value, shape, path):
    if isinstance(shape, dict):
        if not (value is None and "|null" in shape):
            check_object(value, shape, path)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            wrong.append(f"{path}: no list")
        else:
            for at, item in enumerate(value):
                check(item, shape[0], f"{path}[{at}]")
    elif not (value is None and shape.endswith("|null")) and not is_scalar(value, shape.split("|")[0]):
        wrong.append(f"{path}: {value!r} is no {shape}")


with open(sys.argv[1], encoding="utf-8") as file:
    shapes = json.load(file)
check(json.load(sys.stdin), shapes[sys.argv[2]], sys.argv[2])
print("\n".join(wrong[:20]))
sys.exit(bool(wrong))
