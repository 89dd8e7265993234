"""Runs a unittest suite so that it says how many cases ran of how many, and fails when any did not run."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]     # of the repository


def main(after=None):
    """Runs the cases of the calling script. `after` is called at the end, to print a table for instance."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    expected = suite.countTestCases()
    outcome = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    if after is not None:
        after()
    ran = outcome.testsRun - len(outcome.skipped)
    failed = len(outcome.failures) + len(outcome.errors) + len(outcome.unexpectedSuccesses)
    print(f"ran {ran} of {expected} cases, {failed} failed", flush=True)
    sys.exit(0 if outcome.wasSuccessful() and ran == expected > 0 else 1)
