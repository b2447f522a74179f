#!/usr/bin/python3
"""What programs keep with --store: credentials, logins, who is signed in; in an SQLite file, or in a Redis.

usage: stores_test.py SIGN_IN LOGIN_SERVER ENRICH_PROFILES GREETER_BOT STORE_KEYS RENEWING_CALLS COAUTH_SANDBOX [redis]
COAUTH_TEST_CALLS: how many calls each of four processes makes with one expired credential, 100 unless it says otherwise.
"""
import concurrent.futures
import contextlib
import html
import json
import os
import pathlib
import re
import resource
import sqlite3
import stat
import subprocess
import tempfile
import time
import unittest

from at_once import run_all
from oauth2_world import SignIn, decide, environment, keys
from sandbox_process import Browser, Sandbox, control
from stores_world import (ENRICH_PROFILES, GREETER_BOT, HAS_REDIS, LOGIN_SERVER, PUBLIC, RENEWING_CALLS, SANDBOX, SIGN_IN,
                          STORE_KEYS, Process, callback_of, each_store, redis, run)



class ManagesKeys(unittest.TestCase):
    def test_a_key_file_is_made_once_for_its_owner_and_keys_come_and_go(self):
        with tempfile.TemporaryDirectory() as folder:
            file = folder + "/keys"
            first = run(STORE_KEYS, "make", file).stdout.strip()
            self.assertRegex(first, r"^[0-9a-f]{8}$")
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
            self.assertRegex(pathlib.Path(file).read_text(), f"^{first} [\\w-]{{43}}\n$")
            before = pathlib.Path(file).read_text()
            self.assertIn("File exists", run(STORE_KEYS, "make", file, code=1).stderr)
            self.assertEqual(pathlib.Path(file).read_text(), before)

            second = run(STORE_KEYS, "add", file).stdout.strip()
            self.assertEqual(run(STORE_KEYS, "list", file).stdout.split(), [second, first])
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
            self.assertIn("newest", run(STORE_KEYS, "drop", file, second, code=1).stderr)
            self.assertIn("has no key other", run(STORE_KEYS, "drop", file, "other", code=1).stderr)
            run(STORE_KEYS, "drop", file, first)
            self.assertEqual(run(STORE_KEYS, "list", file).stdout.split(), [second])
            self.assertEqual(os.listdir(folder), ["keys"])

    def test_what_does_not_go_together_is_wrong_usage(self):
        for arguments in (["make"], ["turn", "f"], ["drop", "f"], ["make", "f", "id"], ["reseal", "f"],
                          ["list", "f", "--store", "sqlite:x"], ["reseal", "f", "--store", "file"]):
            with self.subTest(arguments=arguments):
                run(STORE_KEYS, *arguments, code=2)

    def test_a_file_that_is_not_there_is_not_resealed_and_records_are_counted(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, each_store() as stores:
            for store in stores:
                with self.subTest(store=store[1].split(":")[0]):
                    key_file, resealing = store[3], [STORE_KEYS, "reseal", store[3], "--store"]
                    missing = store[1].replace("site.db", "stie.db")
                    if missing != store[1]:
                        refused = run(*resealing, missing, code=1).stderr
                        self.assertIn("store_unavailable", refused)
                        self.assertIn("/stie.db can't be opened: No such file or directory", refused)
                        self.assertEqual(os.listdir(os.path.dirname(key_file)), ["keys"])
                        pathlib.Path(store[1].split(":")[1]).touch()
                    self.assertIn("0 of 0 records", run(*resealing, store[1]).stderr)
                    login = SignIn(SIGN_IN, ready, "x", *store)
                    self.assertEqual(login.come_back(decide(ready, login.first_line)), 200)
                    login.end()
                    self.assertIn("0 of 1 records", run(*resealing, store[1]).stderr)
                    run(STORE_KEYS, "add", key_file)
                    self.assertIn("1 of 1 records", run(*resealing, store[1]).stderr)
                    self.assertIn("0 of 1 records", run(*resealing, store[1]).stderr)

    def test_wrong_stores_and_key_files_are_said_before_anything_else(self):
        with tempfile.TemporaryDirectory() as folder:
            file = folder + "/keys"
            run(STORE_KEYS, "make", file)
            os.chmod(file, 0o640)
            sqlite = "sqlite:" + folder + "/s.db"
            for arguments, code, said in (
                    (["--store", "sqlite"], 2, "none of memory"), (["--store", "sqlite:"], 2, "no file"),
                    (["--store", sqlite], 2, "needs --key-file"), (["--key-file", file], 2, "nothing is sealed"),
                    (["--store", sqlite, "--key-file", file], 1, "others than its owner"),
                    (["--store", sqlite, "--key-file", "/nonexistent"], 1, "No such file"),
                    (["--store", "redis://u:p@127.0.0.1:1", "--key-file", file], 1, "password" if HAS_REDIS else "without hiredis")):
                for program in (SIGN_IN, LOGIN_SERVER):
                    with self.subTest(program=program, arguments=arguments):
                        done = run(program, *arguments, code=code)
                        self.assertIn(said, done.stderr)
                        self.assertEqual(done.stdout, "")
            self.assertEqual(os.listdir(folder), ["keys"])


class KeepsCredentials(unittest.TestCase):
    def test_the_next_programs_find_what_sign_in_kept_by_its_user(self):
        with Sandbox(SANDBOX, "--auto-approve=user_2", "--log", os.devnull) as ready, each_store() as stores:
            at = ["--provider", ready["url"], "--ca-file", ready["ca_file"]]
            for store in stores:
                with self.subTest(store=store[1].split(":")[0]):
                    with tempfile.TemporaryDirectory() as folder:
                        user = self.sign_in(ready, at, store)
                        names = folder + "/names"
                        pathlib.Path(names).write_text("user_3\n")
                        app = {name: value for name, value in keys(ready).items() if name.startswith("COAUTH_CONSUMER")}
                        run(ENRICH_PROFILES, *at, *store, "--user", user, names, folder + "/out", env=app)
                        self.assertEqual(json.loads(pathlib.Path(folder + "/out").read_text())["outcome"], "found")
                        refused = run(ENRICH_PROFILES, *at, *store, "--user", "999", names, folder + "/out2", env=app, code=1)
                        self.assertIn("unknown_user", refused.stderr)
                        run(ENRICH_PROFILES, *at, *store, names, folder + "/out3", env=app, code=2)
                        bot = run(GREETER_BOT, *at, *store, "--user", user, "--state", folder + "/state", "--once", env=app)
                        self.assertIn("ready  as @user_2", bot.stderr)
                        self.assertNotIn("leg 1", bot.stderr)
                        self.assertNotIn("token", pathlib.Path(folder + "/state").read_text())

    def sign_in(self, ready, at, store):
        process = subprocess.Popen([SIGN_IN, "--json", *at, *store], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=environment(keys(ready)))
        back = Browser(ready["ca_file"]).open(process.stdout.readline().strip()).location
        Browser().open(back)
        out, err = process.communicate()
        self.assertEqual(process.returncode, 0, err)
        user = json.loads(out)["id"]
        self.assertIn(f"kept   the credential of x user {user}\n", err)
        return user

    def test_a_credential_of_x_by_oauth_2_takes_the_apps_client_id(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, each_store() as stores:
            at = ["--provider", ready["url"], "--ca-file", ready["ca_file"]]
            store = stores[0]
            login = SignIn(SIGN_IN, ready, "x", *store)
            self.assertEqual(login.come_back(decide(ready, login.first_line)), 200)
            user = login.end()["id"]
            with tempfile.TemporaryDirectory() as folder:
                names = folder + "/names"
                pathlib.Path(names).write_text("user_3\n")
                app = keys(ready)
                without = {name: value for name, value in app.items() if name.startswith("COAUTH_CONSUMER")}
                refused = run(ENRICH_PROFILES, *at, *store, "--user", user, names, folder + "/out", env=without, code=1)
                self.assertIn("COAUTH_X_CLIENT_ID", refused.stderr)
                run(ENRICH_PROFILES, *at, *store, "--user", user, names, folder + "/out", env=app)  # it is still there
                self.assertEqual(json.loads(pathlib.Path(folder + "/out").read_text())["outcome"], "found")

    def test_each_providers_credential_is_kept_and_no_secret_is_readable(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, tempfile.TemporaryDirectory() as folder:
            run(STORE_KEYS, "make", folder + "/keys")
            kept = ["--store", f"sqlite:{folder}/s.db", "--key-file", folder + "/keys"]
            for face, flags in (("x", []), ("x", ["--oauth2"]), ("google", []), ("github", []), ("facebook", []), ("oidc", [])):
                done = run(SIGN_IN, "--json", "--with", face, *flags, *kept)  # at the sandbox inside
                profile = json.loads(done.stdout.splitlines()[-1])
                self.assertIn(f"kept   the credential of {profile['provider']} user {profile['id']}\n", done.stderr)
            self.assertEqual({stat.S_IMODE(os.stat(f"{folder}/{name}").st_mode) for name in os.listdir(folder)}, {0o600})
            stored = b"".join(pathlib.Path(folder, name).read_bytes() for name in os.listdir(folder) if name != "keys")
            for canary in (rb"oauth_token", rb"oauth2 ", rb"gho_", rb"ya29\.", rb"EAA[A-Za-z0-9]{8}", rb"eyJ"):
                self.assertIsNone(re.search(canary, stored), canary)
            self.assertIsNotNone(re.search(rb"github", stored))  # what is not secret is


class MeetsTrouble(unittest.TestCase):
    @unittest.skipUnless(HAS_REDIS, "built without hiredis")
    def test_a_redis_with_a_password_is_asked_with_what_the_environment_has(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, tempfile.TemporaryDirectory() as folder, \
                redis(*"--user site on >right ~* &* +@all --user default off".split()) as address:
            run(STORE_KEYS, "make", folder + "/keys")
            store = ["--store", address, "--key-file", folder + "/keys"]
            given = {"COAUTH_REDIS_USER": "site", "COAUTH_REDIS_PASSWORD": "right"}
            with Process(ready, store, env=given) as site:
                visitor = {}
                path = callback_of(ready, site.open("POST", "/login/x", visitor).headers["Location"])
                self.assertEqual(site.open("GET", path, visitor).status, 303)
            for wrong in ({}, given | {"COAUTH_REDIS_PASSWORD": "wrong-canary"}):
                with self.subTest(given=wrong):
                    done = run(STORE_KEYS, "reseal", folder + "/keys", "--store", address, env=wrong, code=1)
                    self.assertIn("store_unavailable", done.stderr)
                    self.assertIn("COAUTH_REDIS_PASSWORD", done.stderr)
                    self.assertNotIn("wrong-canary", done.stderr)

    def test_a_file_that_another_program_holds_fails_a_login_with_a_page_and_the_next_one_succeeds(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, tempfile.TemporaryDirectory() as folder:
            run(STORE_KEYS, "make", folder + "/keys")
            with Process(ready, ["--store", f"sqlite:{folder}/site.db", "--key-file", folder + "/keys"]) as site:
                with contextlib.closing(sqlite3.connect(folder + "/site.db", isolation_level=None)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    refused = site.open("POST", "/login/x", {})
                    other.execute("ROLLBACK")
                self.assertEqual(refused.status, 503)
                self.assertNotIn("Location", refused.headers)
                visitor = {}
                path = callback_of(ready, site.open("POST", "/login/x", visitor).headers["Location"])
                self.assertEqual(site.open("GET", path, visitor).status, 303)

    def test_a_full_disk_fails_a_login_with_a_page_and_users_stay_signed_in(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, tempfile.TemporaryDirectory() as folder:
            run(STORE_KEYS, "make", folder + "/keys")
            with Process(ready, ["--store", f"sqlite:{folder}/site.db", "--key-file", folder + "/keys"]) as site:
                visitor = {}
                path = callback_of(ready, site.open("POST", "/login/x", visitor).headers["Location"])
                self.assertEqual(site.open("GET", path, visitor).status, 303)
                limit = resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE)
                resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (1, limit[1]))
                self.assertEqual(site.open("POST", "/login/x", {}).status, 503)
                self.assertEqual(site.open("GET", "/profile", visitor).status, 200)
                resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, limit)
                path = callback_of(ready, site.open("POST", "/login/x", visitor).headers["Location"])
                self.assertEqual(site.open("GET", path, visitor).status, 303)

    def test_keys_may_come_through_a_pipe(self):
        with tempfile.TemporaryDirectory() as folder:
            run(STORE_KEYS, "make", folder + "/keys")
            database = f"sqlite:{folder}/site.db"
            pathlib.Path(folder, "site.db").touch()
            for _ in range(2):
                command = 'exec "$0" reseal <(cat "$1") --store "$2"'
                run("bash", "-c", command, STORE_KEYS, folder + "/keys", database)
            run(STORE_KEYS, "reseal", folder + "/keys", "--store", database)


class ServesFromSeveralProcesses(unittest.TestCase):
    def test_a_restart_signs_nobody_out_and_a_login_begun_before_it_ends_after_it(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, each_store() as stores:
            for store in stores:
                with self.subTest(store=store[1].split(":")[0]):
                    visitor, other = {}, {}
                    with Process(ready, store) as site:
                        path = callback_of(ready, site.open("POST", "/login/github", visitor).headers["Location"])
                        self.assertEqual(site.open("GET", path, visitor).status, 303)
                        self.assertIn('id="account"', site.open("GET", "/profile", visitor).text)
                        open_login = callback_of(ready, site.open("POST", "/login/x", other).headers["Location"])
                    with Process(ready, store) as site:
                        page = site.open("GET", "/profile", visitor)
                        self.assertEqual(page.status, 200)
                        self.assertIn("user_2", page.text)  # filled in anew, with the stored credential
                        self.assertNotIn('role="alert"', page.text)
                        self.assertEqual(site.open("GET", open_login, other).headers["Location"], PUBLIC + "/profile")
                        self.assertEqual(site.open("GET", "/profile", other).status, 200)
                        # Signed out means signed out, also after the next restart.
                        self.assertEqual(site.open("POST", "/logout", other).status, 303)
                    with Process(ready, store) as site:
                        self.assertEqual(site.open("GET", "/profile", other).status, 303)
                        self.assertEqual(site.open("GET", "/profile", visitor).status, 200)

    def test_a_login_begins_at_one_and_ends_at_the_other_which_wakes_who_waits_at_the_first(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, each_store() as stores:
            for store in stores:
                with self.subTest(store=store[1].split(":")[0]):
                    limit = 0.1 if store[1].startswith("redis") else 0.5
                    with Process(ready, store) as first, Process(ready, store) as second:
                        for face in ("x", "github"):
                            visitor = {}
                            waiting = first.open("POST", f"/login/{face}?window=new", visitor).headers["Location"]
                            page = first.open("GET", waiting[len(PUBLIC):], visitor)
                            poll = page.headers["Refresh"].split("url=")[1]
                            path = callback_of(ready, html.unescape(re.search(r'class="yes" href="([^"]+)"', page.text)[1]))
                            with concurrent.futures.ThreadPoolExecutor() as pool:
                                held = pool.submit(lambda: (first.open("GET", poll, dict(visitor)), time.monotonic()))
                                self.assertFalse(concurrent.futures.wait([held], timeout=0.2).done)
                                self.assertEqual(second.open("GET", path, visitor).headers["Location"], PUBLIC + "/profile")
                                ended = time.monotonic()
                                resumed, at = held.result()
                            self.assertLess(at - ended, limit)
                            self.assertIn(resumed.status, (200, 303), resumed.text)
                            self.assertNotIn("did not", resumed.text)
                            for site in (first, second):
                                self.assertIn('id="account"', site.open("GET", "/profile", visitor).text)

    def test_of_fifty_equal_callbacks_over_four_processes_one_succeeds(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, each_store() as stores:
            for store in stores:
                with self.subTest(store=store[1].split(":")[0]):
                    with contextlib.ExitStack() as all_of_them:
                        sites = [all_of_them.enter_context(Process(ready, store)) for _ in range(4)]
                        visitor = {}
                        path = callback_of(ready, sites[0].open("POST", "/login/x", visitor).headers["Location"])
                        before = self.exchanges(ready)
                        with concurrent.futures.ThreadPoolExecutor(50) as pool:
                            pages = list(pool.map(lambda i: sites[i % 4].open("GET", path, dict(visitor)), range(50)))
                        self.assertEqual(sorted(page.status for page in pages), [303] + [410] * 49)
                        self.assertEqual(self.exchanges(ready) - before, 1)

    def exchanges(self, ready):
        return sum(entry["route"] == "/oauth/access_token" for entry in control(ready, "/journal"))

    def test_keys_are_replaced_while_two_processes_serve_and_nobody_is_signed_out(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, each_store() as stores:
            for store in stores:
                with self.subTest(store=store[1].split(":")[0]):
                    key_file, address = store[3], store[1]
                    with Process(ready, store) as first, Process(ready, store) as second:
                        visitors = [{} for _ in range(4)]
                        for visitor in visitors[:2]:
                            path = callback_of(ready, first.open("POST", "/login/github", visitor).headers["Location"])
                            first.open("GET", path, visitor)
                        old = run(STORE_KEYS, "list", key_file).stdout.split()[0]
                        run(STORE_KEYS, "add", key_file)
                        run(STORE_KEYS, "reseal", key_file, "--store", address)
                        for site in (first, second):  # which read the file again
                            for visitor in visitors[:2]:
                                self.assertEqual(site.open("GET", "/profile", visitor).status, 200)
                        for visitor in visitors[2:]:
                            path = callback_of(ready, second.open("POST", "/login/x", visitor).headers["Location"])
                            self.assertEqual(first.open("GET", path, visitor).status, 303)
                        run(STORE_KEYS, "reseal", key_file, "--store", address)
                        run(STORE_KEYS, "drop", key_file, old)
                    with Process(ready, store) as third:
                        for visitor in visitors:
                            self.assertEqual(third.open("GET", "/profile", visitor).status, 200)

    def test_four_processes_with_many_calls_each_renew_a_credential_once(self):
        calls = os.environ.get("COAUTH_TEST_CALLS", "100")
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, each_store() as stores:
            issuer = ready["providers"]["oidc"]["issuer"]
            for store in stores:
                with self.subTest(store=store[1].split(":")[0]):
                    login = SignIn(SIGN_IN, ready, "oidc", "--scope", "openid offline_access", *store)
                    self.assertEqual(login.come_back(decide(ready, login.first_line)), 200)
                    user = login.end()["id"]
                    control(ready, "/tokens/expire", {"user": user})
                    before = self.token_requests(ready)
                    calling = [subprocess.Popen([RENEWING_CALLS, store[1], store[3], issuer, user, calls], text=True,
                                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                                env=environment(keys(ready) | {"COAUTH_CA_FILE": ready["ca_file"]}))
                               for _ in range(4)]
                    for process in calling:
                        self.assertEqual(process.stdout.readline(), "ready\n")
                    for process in calling:
                        process.stdin.write("\n")
                        process.stdin.flush()
                    self.assertEqual([process.communicate() for process in calling], [(f"{calls}\n", "")] * 4)
                    self.assertEqual(self.token_requests(ready) - before, 1)

    def token_requests(self, ready):
        return sum(route["calls"] for name, route in control(ready, "/counters")["routes"].items() if name.endswith("/token"))

    def test_wrong_keys_are_said_at_the_start(self):
        with Sandbox(SANDBOX, "--log", os.devnull) as ready, tempfile.TemporaryDirectory() as folder:
            for name in ("/keys", "/others"):
                run(STORE_KEYS, "make", folder + name)
            store = ["--store", f"sqlite:{folder}/site.db", "--key-file"]
            with Process(ready, [*store, folder + "/keys"]):
                pass
            done = run(LOGIN_SERVER, "--listen", "127.0.0.1:0", *store, folder + "/others", code=1)
            self.assertIn("sealed_record", done.stderr)


if __name__ == "__main__":
    run_all()
