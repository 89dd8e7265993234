"""Edits that meet, on a real daemon: what is refused, and what an edit says of what it replaced; by JSON API and CLI."""
import subprocess
import unittest

import officers
import registry_case
import suite
from hutong_daemon import CommandFailed, Daemon, hutong_binary
from officers import Api

COMMANDS = "/api/v1/commands/"


def run(daemon, *words):
    """A command as people give it: exit code, standard output, standard error."""
    done = subprocess.run([hutong_binary(), *words, "--home", str(daemon.home)], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


class Case(unittest.TestCase):
    OPTIONS = {}

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.daemon.init()
        for key, value in cls.OPTIONS.items():
            cls.daemon.set_option(key, value)
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__, None, None, None)
        cls.wsdl = registry_case.write_wsdl(cls.daemon.folder)
        cls.daemon.org("gs", "工商")
        cls.wu, cls.li = Api(cls.daemon), Api(cls.daemon)
        cls.wu.sign_in(officers.add(cls.daemon, "wu", "registrar").credential())
        cls.li.sign_in(officers.add(cls.daemon, "li", "security").credential())

    def new(self, name):
        self.daemon.publish(self.wsdl, "gs", name)
        return "gs/" + name

    def give(self, api, command, arguments, seen=None, expect=200):
        """The result, or the error's detail; and the ETag."""
        headers = {} if seen is None else {"If-Match": seen}
        status, said_headers, said = api.call("POST", COMMANDS + command, arguments, headers)
        self.assertEqual(status, expect, said)
        return said["result"] if status == 200 else said["error"]["detail"], said_headers.get("ETag")


class Unseen(Case):
    def test_a_catalogue_entry(self):
        service = self.new("entry")
        self.daemon.cli("catalogue", "set", service, "--title", "一", "--contact", "甲")
        said, tag = self.give(self.wu, "catalogue.set", {"id": service, "title": "二", "maintainer": "吴"})
        self.assertEqual((said["revision"], tag), ("2", '"2"'))
        self.assertEqual((said["replaced"]["revision"], said["replaced"]["changed"]), ("1", ["title"]))
        self.assertTrue(said["replaced"]["by"].startswith("uid "), said)
        self.assertNotIn("pid", said["replaced"]["by"])
        # What was seen and is there no more is refused, over what is there nothing is said.
        detail, _ = self.give(self.wu, "catalogue.set", {"id": service, "title": "三"}, '"1"', 412)
        self.assertIn("changed since: maintainer, title, by wu", detail)
        self.assertEqual(Api(self.daemon).call("GET", f"/api/v1/catalogue/{service}")[1]["ETag"], '"2"')
        self.assertEqual(self.give(self.wu, "catalogue.show", {"id": service})[1], '"2"')
        said, tag = self.give(self.wu, "catalogue.set", {"id": service, "contact": "乙"}, '"2"')
        self.assertEqual((tag, "replaced" in said), ('"3"', False))

    def test_a_catalogue_entry_by_command_line(self):
        service = self.new("spoken")
        self.give(self.wu, "catalogue.set", {"id": service, "title": "一"})
        code, _, said = run(self.daemon, "catalogue", "set", service, "--contact", "甲")
        self.assertEqual((code, said), (0, ""))
        code, _, said = run(self.daemon, "catalogue", "set", service, "--title", "二")
        self.assertEqual(code, 0)
        self.assertRegex(said, r"^! replaced what wu had changed at 20\S+ \(revision 1\): title\..*\n$")
        code, _, said = run(self.daemon, "catalogue", "set", service, "--title", "三", "--if-match", "1")
        self.assertEqual(code, 1)
        self.assertIn("changed since: contact, title, by uid ", said)

    def test_a_policy_that_was_shown_goes_to_what_was_shown(self):
        service, other = self.new("policy"), self.new("template")
        code, shown, _ = run(self.daemon, "service", "policy", service)
        self.assertEqual((code, shown.splitlines()[0]), (0, f"# revision 1 of {service}"))
        file = self.daemon.folder / "policy.toml"
        file.write_text(shown, encoding="utf-8")
        change = {"service": service, "policy_name": "--set", "policy_document": "request.freshness = 60\n"}
        said, tag = self.give(self.li, "service.policy.change", change)
        self.assertEqual((said["revision"], tag, said["replaced"]["changed"]), ("2", '"2"', ["policy"]))
        code, _, said = run(self.daemon, "service", "policy", service, "--file", str(file))
        self.assertEqual(code, 1)
        self.assertIn("changed since: policy, by li", said)
        # A document of another service is what was asked for, whatever revision that one has.
        self.assertEqual(run(self.daemon, "service", "policy", other, "--file", str(file))[0], 0)
        file.write_text(run(self.daemon, "service", "policy", service)[1].replace("60", "90"), encoding="utf-8")
        code, shown, said = run(self.daemon, "service", "policy", service, "--file", str(file))
        self.assertEqual((code, said, shown.splitlines()[0]), (0, "", f"# revision 3 of {service}"))

    def test_a_service(self):
        service = self.new("changed")
        said, _ = self.give(self.li, "service.settings", {"service": service, "validate": False})
        self.assertEqual((said["revision"], "replaced" in said), ("2", False))       # nobody had said anything of it
        code, _, said = run(self.daemon, "service", "settings", service, "--validation", "on")
        self.assertEqual(code, 0)
        self.assertRegex(said, r"^! replaced what li had changed at \S+ \(revision 2\): validate\.")
        file = self.daemon.folder / "changed.wsdl"
        file.write_text(registry_case.WSDL.replace('name="Echo"', 'name="Echoes"'), encoding="utf-8")
        with self.assertRaises(CommandFailed) as caught:
            self.daemon.publish(file, "gs", "changed", options=("--if-match", "2"))
        self.assertIn("changed since: validate", caught.exception.message)
        said = self.daemon.publish(file, "gs", "changed", options=("--if-match", "3"))
        self.assertEqual((said["version"], said["revision"]), (2, "4"))
        self.assertIn("revision: 4\n", run(self.daemon, "service", "show", service)[1])


class NothingUnseen(Case):
    OPTIONS = {"require_if_match": "true"}

    def test_every_edit_says_what_it_builds_on(self):
        service = self.new("strict")
        change = {"service": service, "policy_name": "--set", "policy_document": "request.freshness = 60\n"}
        for api, command, arguments in ((self.li, "service.policy.change", change),
                                        (self.li, "service.settings", {"service": service, "validate": False}),
                                        (self.wu, "service.offline", {"service": service, "reason": "x"}),
                                        (self.wu, "service.retire", {"service": service, "reason": "x"})):
            detail, _ = self.give(api, command, arguments, None, 428)
            self.assertIn("revision 1", detail)
            self.assertIn("If-Match", detail)
        with self.assertRaises(CommandFailed) as caught:
            self.daemon.publish(self.wsdl, "gs", "strict")
        self.assertIn("--if-match", caught.exception.message)
        self.assertEqual(self.daemon.publish(self.wsdl, "gs", "strict", options=("--if-match", "1"))["changed"], False)
        _, tag = self.give(self.li, "service.policy.change", change, '"1"')
        self.assertEqual(self.give(self.wu, "service.offline", {"service": service, "reason": "x"}, tag)[0]["status"], "offline")

    def test_an_entry_that_nobody_has_said_anything_of_is_begun(self):
        service = self.new("begun")
        self.assertEqual(self.daemon.cli("catalogue", "set", service, "--title", "一")["revision"], "1")
        detail, _ = self.give(self.wu, "catalogue.set", {"id": service, "title": "二"}, None, 428)
        self.assertIn("hutong catalogue show " + service, detail)
        self.assertEqual(self.give(self.wu, "catalogue.set", {"id": service, "title": "二"}, '"1"')[1], '"2"')


if __name__ == "__main__":
    suite.main()
