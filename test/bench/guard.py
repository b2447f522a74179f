#!/usr/bin/python3
"""Holds what operations cost: allocations, and instructions as callgrind counts them, against recorded ceilings.

usage: guard.py COAUTH_BENCH COUNT_ALLOCATIONS [--record]

Neither depends on the machine or its load: OpenSSL and the C library are kept from instructions that not every processor has.
Both depend on the compiler: ceilings.txt is of g++ 12, optimised. --record writes it anew.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import inputs

CEILINGS = pathlib.Path(__file__).parent / "ceilings.txt"
SPARE = 0.03
ROUNDING = 0.005  # ceilings are written in hundredths
# How often each is repeated: half a second under callgrind.
REPEATED = {("json", "lookup100_extract"): 10, ("json", "show_extract"): 500, ("cached", "hit"): 1, ("client", "lookup"): 10}
REPEATED_OTHERWISE = 2_000


def environment(folder):
    """Without the settings of the caller, and with instructions that every processor has."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return plain | {
        "BENCH_TMP": str(folder), "BENCH_TARGETS": str(folder / "targets.txt"), "OPENSSL_ia32cap": "0:0",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX512F,-BMI2,-ERMS,-FSRM,-LZCNT,-MOVBE,-SSSE3,-SSE4_1,-SSE4_2",
    }


def arguments(bench, suite, case):
    count = REPEATED.get((suite, case), REPEATED_OTHERWISE)
    return [bench, "--suite", suite, "--only", case, "--iters", str(count)]


def run(command, variables):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    except FileNotFoundError:
        sys.exit(f"{command[0]} is missing; examples/setup.sh ci installs valgrind")
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done


def measure(bench, counter, suite, case, folder):
    """Instructions and allocations of one operation."""
    command = arguments(bench, suite, case)
    counted = run(command, environment(folder) | {"LD_PRELOAD": counter})
    lines = [json.loads(line) for line in counted.stdout.splitlines()]
    if len(lines) != 1:
        sys.exit(f"{' '.join(command)} measured nothing:\n{counted.stderr}")
    profiled = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no",
                    "--toggle-collect=bench::measured_calls*", *command], environment(folder))
    collected = re.search(r"Collected : (\d+)", profiled.stderr)
    return int(collected[1]) / lines[0]["ops"], lines[0]["allocs_per_op"]


def read_ceilings():
    rows = [line.split() for line in CEILINGS.read_text().splitlines() if line and not line.startswith("#")]
    return {(suite, case): (float(instructions.replace(",", "")), float(allocations))
            for suite, case, instructions, allocations in rows}


def write_ceilings(costs):
    head = [line for line in CEILINGS.read_text().splitlines() if line.startswith("#")]
    rows = [f"{suite:8} {case:22} {round(instructions):12,} {allocations:12.2f}"
            for (suite, case), (instructions, allocations) in costs.items()]
    CEILINGS.write_text("\n".join(head + rows) + "\n")


def complaints(name, cost, ceiling, command):
    """What is above its ceiling, and what to do about it."""
    found = []
    for unit, measured, allowed in zip(("instructions", "allocations"), cost, ceiling):
        if measured <= allowed * (1 + SPARE) + ROUNDING:
            continue
        more = f"{(measured / allowed - 1) * 100:.1f} %" if allowed else f"{measured:.2f}"
        found.append(f"{name}: {measured:,.2f} {unit}, {more} more than the recorded {allowed:,.2f} ({SPARE:.0%} are allowed)")
    if found:
        found.append("  To look deeper, with BENCH_TMP a folder that test/bench/inputs.py has written:\n"
                     "    valgrind --tool=callgrind --callgrind-out-file=callgrind.out --collect-atstart=no "
                     f"'--toggle-collect=bench::measured_calls*' {' '.join(command)}\n"
                     "    callgrind_annotate --inclusive=yes callgrind.out")
    return found


def main():
    record = "--record" in sys.argv
    paths = [argument for argument in sys.argv[1:] if argument != "--record"]
    if len(paths) != 2:
        sys.exit(__doc__)
    bench, counter = (str(pathlib.Path(path).resolve()) for path in paths)
    ceilings = read_ceilings()
    costs = {}
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        inputs.write(folder)
        for (suite, case), ceiling in ceilings.items():
            cost = costs[suite, case] = measure(bench, counter, suite, case, folder)
            print(f"{suite:8} {case:22} {cost[0]:12,.0f} instructions {cost[1]:8.2f} allocations", flush=True)
            found += complaints(f"{suite} {case}", cost, ceiling, arguments(bench, suite, case))
    if record:
        write_ceilings(costs)
        return
    if found:
        sys.exit("\n".join(found) + "\nIf it is worth it, record what it costs now in test/bench/ceilings.txt:\n"
                 f"    test/bench/guard.py {' '.join(paths)} --record")


if __name__ == "__main__":
    main()
