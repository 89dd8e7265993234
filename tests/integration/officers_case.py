"""Cases on a platform whose officers are separated: one of its own for each case, or one that a class shares."""
import unittest

import officers
from hutong_daemon import CommandFailed, Daemon
from officers import Refused


def separate(case, cleanup):
    """Gives `case` its daemon, its `people` by role and by attribute, and a second security officer."""
    case.daemon = Daemon()
    case.daemon.__enter__()
    cleanup(case.daemon.__exit__, None, None, None)
    case.second = officers.add(case.daemon, "sun", "security")
    case.people = officers.separate(case.daemon)
    case.system, case.security, case.auditor = (case.people[role] for role in ("system", "security", "auditor"))


class OfficersCase(unittest.TestCase):
    def refused(self, work):
        with self.assertRaises(Refused) as caught:
            work()
        return caught.exception

    def cli_refused(self, work):
        with self.assertRaises(CommandFailed) as caught:
            work()
        self.assertEqual(caught.exception.code, 1)
        return caught.exception.message

    def audit(self, **filters):
        return self.auditor.ask("audit.list", {"limit": 10000, **filters})


class SeparatedCase(OfficersCase):
    def setUp(self):
        separate(self, self.addCleanup)


class SharedSeparatedCase(OfficersCase):
    @classmethod
    def setUpClass(cls):
        separate(cls, cls.addClassCleanup)
