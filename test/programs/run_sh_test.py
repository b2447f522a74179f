#!/usr/bin/python3
"""`examples/run.sh` finds, builds and runs the example that was named, with what is missing installed first.

usage: run_sh_test.py RUN_SH
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

RUN_SH = pathlib.Path(sys.argv.pop(1))


class RunsAnExample(unittest.TestCase):
    """In a tree of its own, where cmake and setup.sh only write down that they were called."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "examples").mkdir()
        shutil.copy(RUN_SH, self.root / "examples")
        self.script("examples/setup.sh", f"echo setup.sh >>'{self.root}/calls'\necho installed")
        # The configuration makes the list of examples, the build makes the example.
        self.script("path/cmake", f"""echo cmake "$@" >>'{self.root}/calls'
echo progress
build='{self.root}/build/release'
mkdir -p "$build/bin"
case $1 in
-S) printf 'sign_in\\nerrors\\n' >"$build/examples.txt"; touch "$build/build.ninja" ;;
--build) printf '#!/bin/sh\\necho "$0" "$#" "$@"\\nexit 7\\n' >"$build/bin/$4"; chmod +x "$build/bin/$4" ;;
esac""")

    def script(self, path, text):
        path = self.root / path
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\nset -e\n" + text + "\n")
        path.chmod(0o755)

    def run_sh(self, *arguments):
        calls = self.root / "calls"
        calls.unlink(missing_ok=True)
        path = f"{self.root / 'path'}:{os.environ['PATH']}"
        done = subprocess.run([self.root / "examples/run.sh", *arguments], capture_output=True, text=True,
                              cwd="/", env={**os.environ, "PATH": path})
        return done, calls.read_text().splitlines()

    def test_without_a_name_it_runs_sign_in(self):
        done, calls = self.run_sh()
        self.assertEqual((done.returncode, done.stdout), (7, f"{self.root}/build/release/bin/sign_in 0\n"), done.stderr)
        self.assertEqual(calls[0], "setup.sh")
        self.assertIn("--preset release", calls[1])
        self.assertEqual(calls[2], f"cmake --build {self.root}/build/release --target sign_in")

    def test_arguments_go_to_the_example_as_they_are_and_only_it_writes_to_stdout(self):
        self.run_sh()
        done, calls = self.run_sh("errors", "--json", "two words", "")
        self.assertEqual((done.returncode, done.stdout), (7, f"{self.root}/build/release/bin/errors 3 --json two words \n"))
        self.assertEqual(calls[1:], [f"cmake --build {self.root}/build/release --target errors"])

    def test_a_name_that_is_no_example_is_refused_with_those_there_are(self):
        for name in ("nonsense", "sign", "sign_in errors", "s.gn_in", "-v"):
            done, calls = self.run_sh(name)
            self.assertEqual((done.returncode, done.stdout), (2, ""), name)
            self.assertIn("There are: sign_in errors", done.stderr)
            self.assertNotIn("--build", " ".join(calls))


if __name__ == "__main__":
    unittest.main()
