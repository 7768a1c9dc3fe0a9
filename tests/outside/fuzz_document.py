"""Writes the document of the interface for fuzzing, twice.

    fuzz_document.py URL SUBJECTS OUTLINE ITEMS

OUTLINE is what is served at URL, but for bulk bodies. ITEMS has the two paths that take items, with what the document
leaves to schemas/ filled in: the data by the schema of its type, and a bulk body as a list of items. Ids are those of
SUBJECTS, one a line: without that hardly anything would get past the reader of items.
"""

import json
import pathlib
import sys
import urllib.request

SCHEMAS = pathlib.Path(__file__).parents[2] / "schemas"
HERE = "#/components/schemas/"
NDJSON = "application/x-ndjson"


def moved(value, name):
    """The schema of a type with its own definitions moved to the components of the document."""
    if isinstance(value, dict):
        return {
            key: HERE + name + "." + inner[len("#/$defs/"):] if key == "$ref" else moved(inner, name)
            for key, inner in value.items()
            if key not in ("$id", "$schema")
        }
    return [moved(inner, name) for inner in value] if isinstance(value, list) else value


def programmes(subjects):
    return [subject.split("/")[1] for subject in subjects if subject.startswith("programme/")]


def fitting(name, subjects):
    """Subjects of the kind that the type is named after; persons where it is named after something of theirs."""
    of = lambda kind: [subject for subject in subjects if subject.split("/")[0] == kind]
    return of(name.split(".")[0]) or of("participant")


def items(document, folder, subjects, data_of):
    """One alternative for each type of a folder of schemas/."""
    components, alternatives = document["components"]["schemas"], []
    for path in sorted((SCHEMAS / folder).glob("*.schema.json")):
        name = path.name[: -len(".schema.json")]
        schema = json.loads(path.read_text(encoding="utf-8"))
        for definition, body in schema.pop("$defs", {}).items():
            components[f"{name}.{definition}"] = moved(body, name)
        alternatives.append({
            "type": "object",
            "required": ["type", "subject", "data"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": name},
                "subject": {"enum": fitting(name, subjects)},
                "programme": {"enum": programmes(subjects)},
                "time": {"type": "string", "pattern": r"^202[0-4]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T0[0-9]:[0-5]0:00\.000Z$"},
                "commandid": {"type": "string", "pattern": "^[a-z0-9]{1,8}$"},
                "data": moved(data_of(schema), name),
            },
        })
    return {"anyOf": alternatives}


def main():
    url, subjects, outline, filled = sys.argv[1:]
    with urllib.request.urlopen(url) as answer:
        document = json.load(answer)
    subjects = pathlib.Path(subjects).read_text(encoding="utf-8").split()
    people = [subject.split("/")[1] for subject in subjects if subject.startswith("participant/")]
    known = {"id": people, "code": programmes(subjects)}
    for methods in document["paths"].values():
        for parameter in methods.get("get", {}).get("parameters", []):
            if parameter["name"] in known:
                parameter["schema"] = {"anyOf": [{"enum": known[parameter["name"]]}, parameter["schema"]]}
    posts = {path: document["paths"][path]["post"] for path in ("/v1/commands", "/v1/facts")}
    for post in posts.values():
        del post["requestBody"]["content"][NDJSON]
    pathlib.Path(outline).write_text(json.dumps(document), encoding="utf-8")

    kinds = {
        "/v1/commands": items(document, "command", subjects, lambda schema: schema),
        # A line has its data beside its other attributes.
        "/v1/facts": items(document, "event", subjects, lambda schema: schema["properties"]["data"]),
    }
    for path, item in kinds.items():
        bulk = {"type": "array", "items": item, "minItems": 1, "maxItems": 5}
        posts[path]["requestBody"]["content"] = {"application/json": {"schema": item}, NDJSON: {"schema": bulk}}
    document["paths"] = {path: {"post": post} for path, post in posts.items()}
    pathlib.Path(filled).write_text(json.dumps(document), encoding="utf-8")


main()
