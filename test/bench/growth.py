#!/usr/bin/python3
"""Measures what operations cost, and how that grows, by coauth_bench alone: JSON lines for pictures.py.

usage: growth.py FOLDER_OF_PROGRAMS [--quick] >lines.jsonl

FOLDER_OF_PROGRAMS: such as build/release/bin. It takes some minutes, and means something on a quiet machine only. --quick: in a
few seconds, to try it. Each line is one of coauth_bench, with `plot` (which figure it belongs to) and `x` (how many).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import inputs

CONNECTIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
NAMES = (1, 2, 5, 10, 20, 50, 100)
PENDING = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
AWAITED_AT_MOST = 100_000  # of them a coroutine each, which takes two kilobytes
WITHOUT_SERVER = ("sign", "json", "client", "cached")
WITH_SERVER = ("http", "bearer", "login", "cold", "batch")


class Bench:
    def __init__(self, folder, inputs_folder, seconds):
        self.program = str(folder / "coauth_bench")
        self.counter = next((str(path) for path in folder.parent.rglob("libcount_allocations.so")), None)
        self.folder, self.seconds = inputs_folder, seconds

    def lines(self, *arguments, conns=None, server=True, count=False):
        variables = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
        if not server:
            variables |= {"BENCH_TMP": str(self.folder), "BENCH_TARGETS": str(self.folder / "targets.txt")}
        if conns is not None:
            variables["BENCH_CONNS"] = str(conns)
        if count and self.counter:
            variables["LD_PRELOAD"] = self.counter
        done = subprocess.run([self.program, "--json", "--secs", str(self.seconds), *arguments], stdout=subprocess.PIPE,
                              text=True, check=True, env=variables)
        return [json.loads(line) for line in done.stdout.splitlines()]


def write(lines, plot, x=None):
    for line in lines:
        print(json.dumps(line | {"plot": plot, "x": x}), flush=True)


def operations(bench):
    """Each suite, once for the time and once more, slower, for the allocations."""
    for suite in WITHOUT_SERVER + WITH_SERVER:
        server = suite in WITH_SERVER
        timed = bench.lines("--suite", suite, server=server)
        counted = bench.lines("--suite", suite, server=server, count=True)
        allocations = {line["case"]: line["allocs_per_op"] for line in counted}
        write([line | {"allocs_per_op": allocations[line["case"]]} for line in timed], "operations")


def growth(bench, quick):
    for conns in CONNECTIONS[:3] if quick else CONNECTIONS:
        write(bench.lines("--suite", "http", "--only", "keepalive", conns=conns), "connections", conns)
    for names in NAMES[:3] if quick else NAMES:
        # One at a time: the session would put several calls into one request.
        write(bench.lines("--suite", "batch", "--names", str(names), conns=1), "names", names)
    for count in PENDING[:2] if quick else PENDING:
        for case in ("login", "login_awaited"):
            if case == "login" or count <= AWAITED_AT_MOST:
                write(bench.lines("--suite", "pending", "--only", case, "--iters", str(count), server=False), "pending", count)


def main():
    quick = "--quick" in sys.argv
    folders = [argument for argument in sys.argv[1:] if argument != "--quick"]
    if len(folders) != 1:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        inputs.write(name)
        bench = Bench(pathlib.Path(folders[0]), pathlib.Path(name), 0.05 if quick else 2)
        operations(bench)
        growth(bench, quick)


if __name__ == "__main__":
    main()
