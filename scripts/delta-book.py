#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the cities of fare/books together as fare/books/delta. Run it after a city's book changed; a test
fails until it was. Cities keep the names of their riders, timeframes, networks and tables apart."""
import pathlib
import re
import shutil

BOOKS = pathlib.Path(__file__).resolve().parent.parent / "fare" / "books"
HEAD = """# SPDX-License-Identifier: Apache-2.0
# The delta: every city of fare/books in one book, made by scripts/delta-book.py. Edit the cities' books.
# SAMPLE DATA: see the cities' books for the sources, and fare/books/README.md.
[book]
name = "Yangtze River Delta (sample)"
number = 1
valid_from = 2026-01-01
"""


def blocks(text: str):
    """The tables behind [book], each with the comments in front of it."""
    body = text.split("[book]", 1)[1]
    body = body[body.index("\n\n") + 1:]
    # A block begins at a comment or a [[table]] behind an empty line.
    parts = re.split(r"\n(?=(?:#.*\n)*\[\[)", body)
    return [part.strip("\n") for part in parts if part.strip()]


def main():
    out = BOOKS / "delta"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    declared, networks, stops, golden = [], [], [], []
    for city in sorted(path for path in BOOKS.iterdir() if path.is_dir() and path != out):
        for block in blocks((city / "book.toml").read_text()):
            is_network = "[[network]]" in block
            target = networks if is_network else declared
            if is_network:
                block = re.sub(r"^#.*\n", "", block, flags=re.MULTILINE)
            if block not in target and not all(line.startswith("#") for line in block.split("\n")):
                target.append(block)
        header, rows = (city / "stops.csv").read_text().split("\n", 1)
        stops = stops or [header + "\n"]
        stops.append(rows)
        for line in (city / "golden.jsonl").read_text().splitlines():
            golden.append(line.replace('{"id":"', '{"id":"' + city.name + ": ", 1) + "\n")
        for table in city.glob("*.csv"):
            if table.name != "stops.csv":
                shutil.copyfile(table, out / table.name)
    text = "\n\n".join([HEAD.rstrip("\n")] + declared + networks) + "\n"
    # Remarks at the end of a city's book belong to it alone.
    text = re.sub(r"\n\n(#.*\n)+(?=\n|$)", "\n", text)
    (out / "book.toml").write_text(text)
    (out / "stops.csv").write_text("".join(stops))
    (out / "golden.jsonl").write_text("".join(golden))


main()
