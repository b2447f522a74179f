"""Runs the tests of a file at the same time, where they mostly wait."""
import concurrent.futures
import os
import sys
import unittest

# So many tests, and so many cases of each.
AT_ONCE = 5
# Of long enumerations only each such case is tried: for the sanitizers (see test/every.hpp).
EVERY = int(os.environ.get("COAUTH_TEST_EVERY", "1"))
# The same for moments at which a program is killed or a file is cut: what runs afterwards differs little.
EVERY_CUT = EVERY if EVERY == 1 else 4 * EVERY


def tests_of(suite):
    for each in suite:
        yield from tests_of(each) if isinstance(each, unittest.TestSuite) else (each,)


def run_all():
    """As unittest.main, with several tests at the same time; for tests that mostly wait. Those that give
    `subprocess.Popen` a `preexec_fn` are not for it."""
    loader, main = unittest.defaultTestLoader, sys.modules["__main__"]
    tests = list(tests_of(loader.loadTestsFromNames(sys.argv[1:], main) if sys.argv[1:] else loader.loadTestsFromModule(main)))

    def run(test):
        result = unittest.TestResult()
        test.run(result)
        return result

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(run, tests))
    for result in results:
        for test, text in result.errors + result.failures:
            print(f"{test}\n{text}", file=sys.stderr)
    print(f"{len(tests)} tests, {sum(not result.wasSuccessful() for result in results)} of them failed", file=sys.stderr)
    sys.exit(not tests or not all(result.wasSuccessful() for result in results))
