#!/usr/bin/python3
"""Draws the lines of growth.py, and writes their tables: the figures of docs/07-performance.md.

usage: pictures.py LINES FOLDER PAGE

Writes connections.svg, names.svg and pending.svg into FOLDER, and into PAGE what stands between `<!-- figures: NAME -->` and
`<!-- end -->`.
"""
import json
import math
import pathlib
import re
import sys

import guard
from plot import Curve, Plot


def read(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


def points(lines, plot, value, scale=1e-3, case=None):
    """(x, y) of a plot's lines, by x."""
    return sorted((line["x"], line[value] * scale) for line in lines
                  if line["plot"] == plot and (case is None or line["case"] == case))


def plots(lines):
    yield "connections", Plot("A lookup over kept-alive connections", "connections, one thread", "µs of CPU a lookup", [
        Curve("all", points(lines, "connections", "cpu_ns_per_op")),
        Curve("of it in the program, not the kernel", points(lines, "connections", "user_ns_per_op"))])
    yield "names", Plot("A profile out of a request for many", "names a request", "µs of CPU a profile", [
        Curve("all", points(lines, "names", "cpu_ns_per_op"))])
    yield "pending", Plot("A login, begun and ended in the session", "logins pending at once", "µs of CPU a login", [
        Curve("held by the session", points(lines, "pending", "cpu_ns_per_op", case="login")),
        Curve("awaited by a coroutine each", points(lines, "pending", "cpu_ns_per_op", case="login_awaited"))])


def rounded(number):
    """Two digits that count: a third is of the day and the machine."""
    if number == 0:
        return "0"
    digits = 1 - math.floor(math.log10(abs(number)))
    return f"{round(number, digits):,.{max(0, digits)}f}"


def duration(nanoseconds):
    if nanoseconds < 1_000:
        return rounded(nanoseconds) + " ns"
    return rounded(nanoseconds / 1e3) + " µs"


def table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def operations(lines):
    ceilings = guard.read_ceilings()
    rows = []
    for line in lines:
        if line["plot"] != "operations":
            continue
        instructions, _ = ceilings.get((line["bench"], line["case"]), (None, None))
        made = line["allocs_per_op"]
        rows.append([f"`{line['bench']}`", f"`{line['case']}`" + (" (floor)" if line["impl"] != "coauth" else ""),
                     duration(line["cpu_ns_per_op"]), "" if made is None else rounded(made),
                     "" if instructions is None else rounded(instructions)])
    return table(["suite", "case", "CPU", "allocations", "instructions"], rows)


def growth(lines, plot, unit, columns):
    """A row for each x; `columns`: title, member, case, and how it is written."""
    rows = []
    for x in sorted({line["x"] for line in lines if line["plot"] == plot}):
        row = [f"{x:,}"]
        for _, member, case, written in columns:
            found = [line[member] for line in lines
                     if line["plot"] == plot and line["x"] == x and (case is None or line["case"] == case)]
            row.append(written(found[0]) if found else "")
        rows.append(row)
    return table([unit, *(column[0] for column in columns)], rows)


def threads(lines):
    by_case = {(line["bench"], line["case"]): line["ops_per_s"] for line in lines if line["plot"] == "operations"}
    rows = []
    for suite, one in (("sign", "users_show"), ("cached", "hit")):
        two = next((rate for (bench, case), rate in by_case.items()
                    if bench == suite and case.startswith(one) and case.endswith("threads")), None)
        if two is not None:
            rate = by_case[suite, one]
            rows.append([f"`{suite}`", rounded(rate), rounded(two), f"{two / rate:.2f}"])
    return table(["suite", "one thread, a second", "two threads, a second", "ratio"], rows)


def tables(lines):
    return {
        "operations": operations(lines),
        "connections": growth(lines, "connections", "connections", [
            ("CPU a lookup", "cpu_ns_per_op", None, duration), ("of it in the program", "user_ns_per_op", None, duration)]),
        "threads": threads(lines),
        "names": growth(lines, "names", "names", [("CPU a profile", "cpu_ns_per_op", None, duration)]),
        "pending": growth(lines, "pending", "logins", [
            ("CPU, held", "cpu_ns_per_op", "login", duration), ("octets, held", "heap_bytes_per_op", "login", rounded),
            ("CPU, awaited", "cpu_ns_per_op", "login_awaited", duration),
            ("octets, awaited", "heap_bytes_per_op", "login_awaited", rounded)]),
    }


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    lines = read(sys.argv[1])
    folder, page = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    for name, plot in plots(lines):
        (folder / f"{name}.svg").write_text(plot.svg())
    text = page.read_text()
    for name, made in tables(lines).items():
        text, replaced = re.subn(rf"(<!-- figures: {name} -->\n).*?(<!-- end -->)", lambda found: f"{found[1]}{made}\n{found[2]}",
                                 text, flags=re.S)
        if replaced != 1:
            sys.exit(f"{page} has no place for the figures of {name}")
    page.write_text(text)


if __name__ == "__main__":
    main()
