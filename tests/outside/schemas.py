"""Holds every line of a journal, on standard input, to schemas/event by python3-jsonschema.

Of each type, a line with a field that no schema knows and a line without its data must be refused.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

SCHEMAS = pathlib.Path(__file__).parents[2] / "schemas" / "event"
PREFIX = "id.jejak."


def validator(kind):
    schema = json.loads((SCHEMAS / f"{kind[len(PREFIX):]}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def main():
    validators, lines = {}, 0
    for text in sys.stdin.buffer:
        line = json.loads(text)
        kind = line["type"]
        if kind not in validators:
            validators[kind] = validator(kind)
            for forged in ({**line, "unknown": 1}, {name: line[name] for name in line if name != "data"}):
                if validators[kind].is_valid(forged):
                    sys.exit(f"schemas: the schema of {kind} allows a forgery of line {lines}")
        for error in validators[kind].iter_errors(line):
            sys.exit(f"schemas: line {lines}, {kind}: {error.json_path}: {error.message}")
        lines += 1
    if lines == 0:
        sys.exit("schemas: no lines")
    print(f"{lines} lines of {len(validators)} types are as their schemas say, {2 * len(validators)} forged lines are refused")


main()
