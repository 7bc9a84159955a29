#!/usr/bin/python3
"""The operator's command, given what it cannot do: one sentence in the language asked for, and the exit code of its kind.

    command_line_test.py <folder of the executables>
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = None
USAGE, UNAVAILABLE, IO, CONFIG = 64, 69, 74, 78


class TheCommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.base = pathlib.Path(folder.name)
        cls.district = cls.base / "331083"
        done = cls.run_in("en", "up", "--write-config", "--free-ports")
        assert done.returncode == 0, done.stderr

    @classmethod
    def run_in(cls, language, *words, output=subprocess.PIPE):
        return subprocess.run([PROGRAMS / "gonghui", "--lang", language, "--folder", cls.district, *words],
                              stdout=output, stderr=subprocess.PIPE, text=True, timeout=30)

    def assert_complains(self, words, code, english, chinese):
        for language, wanted in (("en", english), ("zh-CN", chinese)):
            done = self.run_in(language, *words.split())
            said = done.stderr.splitlines()
            with self.subTest(words=words, language=language):
                self.assertEqual((code, f"gonghui: {wanted}", ""), (done.returncode, said[0], done.stdout))
                self.assertEqual(2 if code == USAGE and said[-1].startswith("--help") else 1, len(said), done.stderr)

    def test_free_ports_are_none_that_a_connection_goes_out_from(self):
        written = "".join(file.read_text() for file in (self.district / "config").glob("*.toml"))
        ports = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", written)} - {0}
        self.assertGreaterEqual(len(ports), 4, written)
        self.assertEqual(set(), {port for port in ports if not 15_000 <= port <= 32_767})

    def test_names_what_is_wrong_with_it(self):
        for words, english, chinese in (
                ("tial", "There is no such command: tial; did you mean tail?", "没有这个命令：tial；是否想写 tail？"),
                ("help nothing", "There is no such command: nothing", "没有这个命令：nothing"),
                ("parked", "Missing: one of the commands list, retry, drop", "缺少命令，可用的有：list, retry, drop"),
                ("parked drop training", "Missing: source, seq, --reason", "缺少：source, seq, --reason"),
                ("tail --servce training", "There is no such option: --servce; did you mean --service?",
                 "没有这个选项：--servce；是否想写 --service？"),
                ("status now", "Unexpected: now", "不应有：now"),
                ("tail --count", "--count takes one value", "--count 需要一个值，且只能有一个"),
                ("tail --count 1 --count 2", "--count takes one value", "--count 需要一个值，且只能有一个"),
                ("tail --json=3", "--json takes no value", "--json 不带值"),
                ("tail --count 0", "--count: must be a whole number, 1 or more", "--count: 应为不小于 1 的整数"),
                ("tail --count 99999999999999999999", "--count: must be a whole number, 1 or more",
                 "--count: 应为不小于 1 的整数"),
                ("call x --timeout 1e3", "--timeout: must be a whole number from 1 to 86400",
                 "--timeout: 应为 1 到 86400 之间的整数"),
                ("export", "Missing: person, --reason", "缺少：person, --reason"),
                ("conformance", "Missing: service", "缺少：service"),
                ("export x --reason y", "person must be a UUID", "person 应为 UUID"),
                (f"export x --reason {'试' * 193}", "--reason: must have at most 192 characters", "--reason: 最多 192 个字"),
                ("completion csh", "shell: must be one of: bash, zsh, fish", "shell: 应为以下之一：bash, zsh, fish")):
            self.assert_complains(words, USAGE, english, chinese)

    def test_names_a_service_or_partition_that_is_none_before_it_connects(self):
        for command in ("tail --service", "log"):
            self.assert_complains(f"{command} trainnig", USAGE, "There is no such service: trainnig; did you mean training?",
                                  "没有这个服务：trainnig；是否想写 training？")
        for command in ("tail --service", "log"):
            self.assert_complains(
                f"{command} bakery", USAGE,
                "There is no such service: bakery; there are: registration, training, matchmaking, notifications, gateway",
                "没有这个服务：bakery；现有：registration, training, matchmaking, notifications, gateway")
        self.assert_complains("log training --partition 1", USAGE, "training has no such partition; the last one is 0.",
                              "training 没有这个分区；最后一个是 0")

    def test_wants_a_reason_for_a_drop(self):
        for reason in ("", "  "):
            done = self.run_in("en", "parked", "drop", "training", "331083/registration/0", "1", "--reason", reason)
            self.assertEqual((USAGE, "gonghui: --reason: must not be empty"),
                             (done.returncode, done.stderr.splitlines()[0]))

    def test_says_that_nobody_is_there(self):
        done = self.run_in("en", "parked", "list")
        self.assertEqual(UNAVAILABLE, done.returncode)
        self.assertIn("is `gonghui up` running?", done.stderr)

    def test_says_that_its_output_is_cut(self):
        for words in ("--help", "--version", "help exit-codes", "schema", "completion bash", "keys list", "keys init",
                      "up --check-config", "up --print-config"):
            with self.subTest(words=words), open("/dev/full", "w") as full:
                done = self.run_in("en", *words.split(), output=full)
                self.assertEqual((IO, "gonghui: The output could not be written in full.\n"),
                                 (done.returncode, done.stderr))
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAMS / "gonghui-training", "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual((IO, "gonghui-training: the output could not be written in full\n"),
                         (done.returncode, done.stderr))

    def test_checks_what_each_program_would_be_told(self):
        file = self.base / "mine.toml"
        file.write_text('[hub]\nsettings = \'log.level = "loud"\'\n[services.notifications]\nsettings = """\n'
                        'mail.port = 25\nmail.hots = "mx"\n"""\n')
        self.assert_complains_of_config(
            file, f'gonghui: {file}:2: "log.level" must be one of debug info warning error\n'
                  f'{file}:6: unknown key "mail.hots"; did you mean "mail.host"?\n',
            f'gonghui: {file}:2: "log.level" 应为以下之一：debug info warning error\n'
            f'{file}:6: 没有 "mail.hots" 这个键；是否想写 "mail.host"？\n')

    def assert_complains_of_config(self, file, english, chinese):
        for language, wanted in (("en", english), ("zh-CN", chinese)):
            done = self.run_in(language, "up", "--config", file, "--check-config")
            self.assertEqual((CONFIG, wanted), (done.returncode, done.stderr))


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
