"""An SQLite store that is killed while it writes loses nothing that it acknowledged, and gives no login twice.

usage: store_killed_test.py STORE_WRITER DIE_AT_CALL [KILLS [SEED]]
KILLS: how many times it is killed at a random moment under load, beside once at each system call that writes. Default 500.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM, DIE_AT_CALL = sys.argv[1:3]
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 500
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 13
CALLERS = 20  # under load

# Where a disk is not waited for: what a killed process leaves is the same.
FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def start(path, *arguments, **environment):
    return subprocess.Popen([PROGRAM, path, *map(str, arguments)], stdout=subprocess.PIPE, text=True,
                            env={**os.environ, **environment})


def lines_of(text):
    """What was printed: (word, caller, number)."""
    found = []
    for line in text.splitlines():
        word, caller, number = line.split()
        found.append((word, int(caller), int(number)))
    return found


def check(path, callers, first, logins, printed):
    """Holds what is in the file against what was acknowledged."""
    process = start(path, "check", first, logins, callers)
    out, _ = process.communicate()
    assert process.returncode == 0, process.returncode
    integrity, _, rest = out.partition("\n")
    assert integrity == "integrity ok", integrity
    status, found = {}, {}
    for word, caller, number in lines_of(rest):
        if word == "found":
            found[caller] = number
        else:
            status[caller, number] = word
    put = {}
    for word, caller, number in printed:
        if word == "put":
            put[caller] = number
        elif word == "begun":
            assert status[caller, number] in ("taken", "replayed"), (caller, number, status[caller, number])
    for word, caller, number in printed:
        if word == "taken":
            assert status[caller, number] == "replayed", f"login {caller} {number} was taken twice"
    for caller, number in put.items():
        # The one after it may have been stored without being acknowledged.
        assert found.get(caller) in (number, number + 1), (caller, number, found.get(caller))
    # No more than one login of a caller was in progress.
    for caller in range(callers):
        begun = {number for word, who, number in printed if word == "begun" and who == caller}
        more = {number for (who, number), word in status.items() if who == caller and word != "unknown"} - begun
        assert len(more) <= 1, more


def killed_at_each_call(mode, count, made):
    """On a file that is made already, or a new one. Returns how many moments there were."""
    at = 0
    while True:
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            path = os.path.join(folder, "store.db")
            if made:
                with open(path, "wb") as file:
                    file.write(made)
            process = start(path, mode, 0, count, 1, LD_PRELOAD=DIE_AT_CALL, DIE_AT=str(at))
            out, _ = process.communicate()
            assert process.returncode in (0, -signal.SIGKILL), process.returncode
            check(path, 1, 0, count, lines_of(out))
            if process.returncode == 0:
                return at
        at += 1


def made_file():
    """What a store that was used and closed leaves."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        path = os.path.join(folder, "store.db")
        start(path, "put", 0, 1, 1).communicate()
        with open(path, "rb") as file:
            return file.read()


def killed_at_random(kills):
    """Returns how many operations were acknowledged."""
    chance = random.Random(SEED)
    acknowledged = 0
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        for kill in range(kills):
            path = os.path.join(folder, f"store{kill // 10}.db")  # ten times over each
            first = kill % 10 * 1_000_000
            process = start(path, chance.choice(("put", "take")), first, 1_000_000, CALLERS)
            first_line = process.stdout.readline()  # it works by now
            time.sleep(chance.random() * 0.05)
            process.kill()
            printed = lines_of(first_line + process.stdout.read())
            process.wait()
            acknowledged += len(printed)
            logins = max((number - first + 2 for word, _, number in printed if word == "begun"), default=0)
            check(path, CALLERS, first, logins, printed)
    return acknowledged


if __name__ == "__main__":
    print(f"killed at each of {killed_at_each_call('put', 1, b'')} moments of a put into a new file")
    print(f"killed at each of {killed_at_each_call('put', 2, made_file())} moments of 2 puts")
    print(f"killed at each of {killed_at_each_call('take', 1, made_file())} moments of a login")
    print(f"killed at {KILLS} random moments; {killed_at_random(KILLS)} operations were acknowledged")
