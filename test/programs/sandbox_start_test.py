#!/usr/bin/python3
"""How coauth-sandbox begins and ends: signals, --exit-with-parent, --expose, and files that can't be read.

usage: sandbox_start_test.py COAUTH_SANDBOX
"""
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

PROGRAM = sys.argv[1]
PATIENCE = 20  # seconds; only a failure waits that long


def begin(*arguments, stdin=subprocess.PIPE, **more):
    return subprocess.Popen([PROGRAM, *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, **more)


def ready_line(sandbox):
    line = sandbox.stdout.readline()
    assert line, sandbox.stderr.read()
    return json.loads(line)


def open_page(ready, url=None):
    context = ssl.create_default_context(cafile=ready["ca_file"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open((url or ready["url"]) + "/") as response:
        return response.read().decode()


def ends(sandbox, reason):
    assert sandbox.wait(PATIENCE) == 0, sandbox.stderr.read()
    said = sandbox.stderr.read()
    assert reason + ", so it ends (--exit-with-parent)\n" in said, said


def closed_pipe():
    """The end of a pipe that no process writes to any more, as CI runners give it to what they start."""
    read_end, write_end = os.pipe()
    os.close(write_end)
    return read_end


def ends_with_its_input():
    sandbox = begin("--exit-with-parent")
    ready = ready_line(sandbox)
    sandbox.stdin.write("what is written to it means nothing\n")
    sandbox.stdin.flush()
    assert "coauth-sandbox" in open_page(ready)
    sandbox.stdin.close()
    ends(sandbox, "its standard input has ended")
    assert not os.path.exists(ready["ca_file"])


def stays_without_the_flag():
    sandbox = begin()
    ready = ready_line(sandbox)
    sandbox.stdin.close()
    assert "coauth-sandbox" in open_page(ready)
    sandbox.terminate()
    assert sandbox.wait(PATIENCE) == 143


def a_second_signal_waits_for_nothing():
    sandbox = begin(stdin=subprocess.DEVNULL)
    ready = ready_line(sandbox)
    faults = json.dumps([{"route": "*", "delay_ms": 60_000}]).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(urllib.request.Request(ready["control"] + "/faults", faults, {"Content-Type": "application/json"})).close()
    host, port = ready["url"].removeprefix("https://").split(":")
    context = ssl.create_default_context(cafile=ready["ca_file"])
    with socket.create_connection((host, port)) as plain, context.wrap_socket(plain, server_hostname=host) as held:
        held.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not json.loads(opener.open(ready["control"] + "/counters").read())["requests"]:
            pass
        sandbox.terminate()
        while True:  # until the first has been taken
            try:
                socket.create_connection((host, port)).close()
            except ConnectionRefusedError:
                break
        sandbox.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert sandbox.wait(PATIENCE) == 143
        assert time.monotonic() - began < 5, "it waited for the request in progress"


# Starts a sandbox, hands on its ready line and its process id, and waits to be killed.
PARENT = """
import os, subprocess, sys
kind = sys.argv[2]
stdin = subprocess.DEVNULL if kind == "null" else int(kind) if kind.isdigit() else None
before = (lambda: os.close(0)) if kind == "closed" else None
child = subprocess.Popen([sys.argv[1], "--exit-with-parent"], stdin=stdin, stdout=subprocess.PIPE, text=True,
                         preexec_fn=before)
print(child.pid, child.stdout.readline(), flush=True)
os.read(int(sys.argv[3]), 1)
"""


def ends_with_its_parent(kind, own_stdin=subprocess.PIPE, pass_fds=()):
    """Whatever its standard input is; `kind`: null, closed, a descriptor, or inherited."""
    held, release = os.pipe()
    alive, ended = os.pipe()  # `ended` is open in the sandbox alone, so `alive` ends with it
    parent = subprocess.Popen([sys.executable, "-c", PARENT.replace('text=True,', f'text=True, pass_fds=({ended},),'),
                               PROGRAM, kind, str(held)],
                              stdin=own_stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              pass_fds=(held, ended, *pass_fds))
    os.close(ended)
    line = parent.stdout.readline()
    assert line, parent.stderr.read()
    ready = json.loads(line.split(" ", 1)[1])
    # Ten looks at its parent pass meanwhile, at least in part; the end that comes is the parent's.
    for _ in range(3):
        assert "coauth-sandbox" in open_page(ready)
    parent.kill()
    parent.wait()
    watch = threading.Timer(PATIENCE, os.kill, (int(line.split()[0]), 9))
    watch.start()
    assert os.read(alive, 1) == b""
    watch.cancel()
    said = parent.stderr.read()
    assert "the program that started it has ended, so it ends" in said, (kind, said)
    for descriptor in (held, release, alive):
        os.close(descriptor)


def stays_when_a_thread_ends():
    """A thread that started it is not the parent: its end does not end the sandbox."""
    started = []
    thread = threading.Thread(target=lambda: started.append(begin("--exit-with-parent")))
    thread.start()
    thread.join()
    ready = ready_line(started[0])
    assert "coauth-sandbox" in open_page(ready)
    started[0].stdin.close()
    ends(started[0], "its standard input has ended")


def stays_with_an_input_that_had_ended():
    ended = closed_pipe()
    sandbox = begin("--exit-with-parent", stdin=ended)
    os.close(ended)
    ready = ready_line(sandbox)
    for _ in range(3):
        assert "coauth-sandbox" in open_page(ready)
    sandbox.terminate()
    assert sandbox.wait(PATIENCE) == 143, sandbox.stderr.read()


def says_why_a_file_cannot_be_read():
    for flag in ("--seed", "--faults"):
        for file, reason in (("/nope", "can't be read: No such file or directory"), ("/tmp", "can't be read: Is a directory"),
                             ("/dev/null", "is empty")):
            sandbox = begin(flag, file, stdin=subprocess.DEVNULL)
            output, said = sandbox.communicate(timeout=PATIENCE)
            assert sandbox.returncode == 1 and output == "", (flag, file, sandbox.returncode, output)
            assert f"the file {file} {reason}\n" in said, said
    sandbox = begin("--log", "/tmp", stdin=subprocess.DEVNULL)
    assert "the log /tmp can't be written: Is a directory" in sandbox.communicate(timeout=PATIENCE)[1]
    assert sandbox.returncode == 1


def refuses_other_machines():
    for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0"):
        sandbox = begin("--listen", address, stdin=subprocess.DEVNULL)
        output, said = sandbox.communicate(timeout=PATIENCE)
        assert sandbox.returncode == 1 and output == "", (address, sandbox.returncode, output)
        assert "loopback addresses only" in said and "--expose" in said, said


def exposes_itself_with_a_warning():
    for address, urls in (("0.0.0.0:0", ["https://127.0.0.1:", "https://localhost:"]), ("[::]:0", ["https://[::1]:"])):
        sandbox = begin("--listen", address, "--expose", "--exit-with-parent", "--tls-name", "sandbox.test")
        line = sandbox.stdout.readline()
        if not line and address.startswith("["):
            continue  # a machine without IPv6
        ready = json.loads(line)
        port = ready["url"].rsplit(":", 1)[1]
        assert ready["url"] == urls[0] + port, ready
        assert ready["control"].startswith("http://127.0.0.1:"), ready
        for url in urls:
            assert "coauth-sandbox" in open_page(ready, url + port), url
        sandbox.stdin.close()
        assert sandbox.wait(PATIENCE) == 0
        said = sandbox.stderr.read()
        assert f"warning: every client that reaches {address.strip('[]').split(']')[0].rsplit(':0', 1)[0]}" in said, said


def has_its_address_in_the_certificate():
    sandbox = begin("--listen", "127.0.0.2:0", "--expose", "--exit-with-parent")
    ready = ready_line(sandbox)
    assert ready["url"].startswith("https://127.0.0.2:"), ready
    assert "coauth-sandbox" in open_page(ready)
    sandbox.stdin.close()
    assert sandbox.wait(PATIENCE) == 0
    assert "--expose does nothing with 127.0.0.2" in sandbox.stderr.read()


def main():
    stays_without_the_flag()
    ends_with_its_input()
    stays_with_an_input_that_had_ended()
    stays_when_a_thread_ends()
    ends_with_its_parent("null")
    ends_with_its_parent("closed")
    ends_with_its_parent("inherited")
    ended = closed_pipe()
    ends_with_its_parent(str(ended), pass_fds=(ended,))
    os.close(ended)
    says_why_a_file_cannot_be_read()
    a_second_signal_waits_for_nothing()
    refuses_other_machines()
    exposes_itself_with_a_warning()
    has_its_address_in_the_certificate()
    print("the sandbox ends with its parent or its input, and is exposed only where that is asked for")


if __name__ == "__main__":
    main()
