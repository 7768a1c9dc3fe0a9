"""Judges what leaves a ledger by programs that know nothing of it: judge.py JEJAK LEDGER SCRATCH. Fails at a difference."""

import contextlib
import csv
import datetime
import hashlib
import io
import json
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas
import pyarrow.ipc
import pyarrow.parquet
from beancount import loader
from beancount.core import data

# It greets whoever imports it.
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    import pm4py

jejak, ledger, scratch = sys.argv[1], sys.argv[2], Path(sys.argv[3])
DATES = 100
seed = 20260101
draw = random.Random(seed)


def run(*arguments):
    done = subprocess.run([jejak, "--ledger", ledger, *map(str, arguments)], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"jejak {' '.join(map(str, arguments))}: {done.stderr.decode()}")
    return done.stdout


def ask(question):
    return json.loads(run("sql", "--format", "json", question))


def same(ours, theirs, what):
    if ours != theirs:
        for key in sorted(set(ours) | set(theirs)):
            if ours.get(key) != theirs.get(key):
                print(f"outside: {what}: {key}: ours {ours.get(key)}, theirs {theirs.get(key)}", file=sys.stderr)
        sys.exit(1)


def export(form, name):
    run("export", "--format", form, "--out", scratch / name)
    return scratch / name


run("project")
answer = ask("SELECT min(effective) AS first, max(effective) AS last, count(*) AS rows, sum(debit_minor) AS sum FROM postings")
position, (facts,) = answer["position"], answer["rows"]
first, last = (datetime.date.fromisoformat(facts[name]) for name in ("first", "last"))
days = sorted(first + datetime.timedelta(number) for number in draw.sample(range((last - first).days), DATES - 1)) + [last]


def ours(day):
    """Balances on a day by account, programme and year, as our own SQL has them: exact texts, nothing where zero."""
    rows = ask(
        f"""SELECT account || '/' || programme || '/' || year || coalesce('/' || party, '') AS name,
        money(sum(debit_minor) - sum(credit_minor), currency) AS balance
        FROM postings WHERE effective <= '{day}' GROUP BY name, currency HAVING sum(debit_minor) <> sum(credit_minor)"""
    )["rows"]
    return {row["name"].lower(): Decimal(row["balance"]) for row in rows}


expected = {day: ours(day) for day in days}

# hledger: strict, and its balances at the end of each day.
journal = export("hledger", "books.journal")
subprocess.run(["hledger", "--file", journal, "check", "--strict"], check=True)
table = subprocess.run(
    ["hledger", "--file", journal, "balance", "--historical", "--daily", "--flat", "--empty", "--no-total",
     "--commodity-column", "--output-format", "csv"],
    capture_output=True, check=True, text=True,
).stdout
rows = list(csv.reader(table.splitlines()))
columns = {name: place for place, name in enumerate(rows[0])}
for day in days:
    place, theirs = columns[day.isoformat()], {}
    for row in rows[1:]:
        _, account, programme, year, *party = row[0].split(":")
        amount = Decimal(row[place])
        if amount:
            theirs["/".join([account, programme, year, *party]).lower()] = amount
    same(expected[day], theirs, f"hledger, {day}")

# beancount: its own check, and its balances.
entries, errors, _ = loader.load_file(str(export("beancount", "books.beancount")))
if errors:
    sys.exit(f"outside: beancount: {errors[:3]}")
changes = sorted(
    ((entry.date, posting) for entry in entries if isinstance(entry, data.Transaction) for posting in entry.postings),
    key=lambda pair: pair[0],
)
balances, place = {}, 0
for day in days:
    while place < len(changes) and changes[place][0] <= day:
        posting = changes[place][1]
        name = "/".join(posting.account.split(":")[1:]).lower()
        balances[name] = balances.get(name, Decimal()) + posting.units.number
        place += 1
    same(expected[day], {name: balance for name, balance in balances.items() if balance}, f"beancount, {day}")

# Parquet: pandas and DuckDB, to the rupiah; the same bytes when it is written again.
tables = export("parquet", "parquet")
frame = pandas.read_parquet(tables / "postings.parquet")
for name in ("debit", "credit"):
    same({"rows": facts["rows"], "sum": Decimal(facts["sum"]) / 100}, {"rows": len(frame), "sum": frame[name].sum()}, "pandas")
theirs = duckdb.sql(
    f"""SELECT lower(concat_ws('/', account, programme, year, party)) AS name, sum(debit) - sum(credit) AS balance
    FROM '{tables}/postings.parquet' GROUP BY 1 HAVING balance <> 0"""
).fetchall()
same(expected[last], dict(theirs), "DuckDB")
again = export("parquet", "parquet-again")
for path in sorted(tables.iterdir()):
    if path.read_bytes() != (again / path.name).read_bytes():
        sys.exit(f"outside: {path.name} has other bytes when it is written again")
    metadata = pyarrow.parquet.read_schema(path).metadata
    if int(metadata[b"jejak.position"]) != position or metadata[b"jejak.root"].decode() != answer["root"]:
        sys.exit(f"outside: {path.name} does not say where it stands: {metadata}")

# CSV: the control totals, counted again; nobody can be told apart by a cell.
directory = export("csv", "csv")
control = json.loads((directory / "control.json").read_text())
for name, told in control["tables"].items():
    text = (directory / f"{name}.csv").read_bytes().decode()
    header, *lines = text.split("\r\n")[:-1]
    found = {"rows": len(lines), "hashtotal": sum(int.from_bytes(hashlib.sha256(line.encode()).digest()[:4]) for line in lines), "sums": {}}
    header = next(csv.reader([header]))
    for row in csv.DictReader(lines, header):
        for key in told["sums"]:
            column, currency = key.split(" ")
            if row["currency"] == currency and row[column]:
                found["sums"][key] = found["sums"].get(key, Decimal()) + Decimal(row[column])
    same({**told, "sums": {key: Decimal(sum) for key, sum in told["sums"].items()}}, found, f"{name}.csv")
people = pandas.read_csv(directory / "participants.csv", dtype=str)
groups = people.dropna(subset=["regency"]).groupby(["province", "sex", "age_band", "education", "employment", "regency"]).size()
groups = pandas.concat([groups, people.dropna(subset=["sex"]).groupby(["province", "sex", "age_band"]).size()])
if len(groups) == 0 or groups.min() < 10:
    sys.exit(f"outside: {groups.min()} persons share a cell")

# Arrow.
with pyarrow.ipc.open_stream(run("sql", "--format", "arrow", "SELECT count(*) AS n, sum(debit_minor) AS sum FROM postings")) as stream:
    same({"n": [facts["rows"]], "sum": [facts["sum"]]}, stream.read_all().to_pydict(), "Arrow")
    same({"position": position}, {"position": int(stream.schema.metadata[b"jejak.position"])}, "Arrow")

# OCEL: each line is an event.
log = pm4py.read_ocel2_json(str(export("ocel", "log.json")))
same({"events": position}, {"events": len(log.events)}, "PM4Py")
spent = ask("SELECT count(*) AS n FROM purchases")["rows"][0]["n"]
same({"purchases": spent}, {"purchases": len(log.objects[log.objects["ocel:type"] == "purchase"])}, "PM4Py")

print(
    f"{ledger}: hledger and beancount agree at {len(days)} dates (seed {seed}), pandas, DuckDB and Arrow to the minor unit, "
    f"{len(control['tables'])} control totals, {len(log.events)} events in PM4Py"
)
