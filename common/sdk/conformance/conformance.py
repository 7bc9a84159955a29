#!/usr/bin/python3
"""Drives one service over a real hub and says what it does not do as common/messaging/PROTOCOL.md wants it.
`gonghui conformance` starts it."""

import argparse
import json
import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

try:
    import msgpack
    import zmq
except ImportError as missing:
    sys.exit(f"gonghui conformance: {missing}: apt install python3-zmq python3-msgpack")

import description  # noqa: E402
from bench import Bench, CannotBegin, Failed  # noqa: E402
from checks import CHECKS  # noqa: E402
import check_effects  # noqa: E402, F401
import check_answers  # noqa: E402, F401
import check_log  # noqa: E402, F401
import check_following  # noqa: E402, F401
import check_process  # noqa: E402, F401

CONFIG, CANNOT_BEGIN, NOT_ALL = 78, 71, 1
MEASURES = ("event-effect", "command-effect")  # that the other checks count by
LONGEST = 150  # s; a run takes some 40
STARTS = ("服务可以启动", "the service starts")
STARTS_NOT = ("服务不再启动", "the service does not start any more")
FORM = ("所有答复与事件都是协议规定的形式", "all answers and events have the form that the protocol says")
LOG = ("先看它自己说了什么；若此前的检查失败，先改那一项", "look at what it says itself; when a check before has failed, mend that one first")
WORDS = {"passed": ("通过", "passed"), "failed": ("失败", "FAILED"), "skipped": ("略过", "skipped")}


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="gonghui conformance", description=__doc__)
    parser.add_argument("service", metavar="FOLDER")
    parser.add_argument("--gonghui", required=True, help="the operator's command; the hub is beside it")
    parser.add_argument("--program", help="instead of the one that the description names")
    parser.add_argument("--only", action="append", default=[], metavar="CHECK")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", metavar="FOLDER", help="where the district is made, and stays")
    return parser.parse_args(arguments)


class DoesNotRun(Exception):
    """Between two checks; the one before, or nobody, has to explain it."""


class Report:
    def __init__(self, language):
        self.language = language
        self.results = []

    def words(self, both):
        return both[self.language]

    def tell(self, check, state, **more):
        self.results.append({"check": check.name, "state": state} | more)
        print(f"{self.words(WORDS[state])}  {check.name}  {self.words(check.title)}", flush=True)
        if state == "failed":
            for label, text in zip((("应当", "应得", "建议"), ("expected", "came", "advice"))[self.language],
                                   (more["expected"], more["came"], more["advice"])):
                print(f"        {label}: {text}", flush=True)
        elif "why" in more:
            print(f"        {more['why']}", flush=True)


def _run_on_anything(check, bench):
    """What the service sends may be anything at all."""
    try:
        check.run(bench)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, msgpack.UnpackException) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise Failed(FORM, f"{type(error).__name__}: {error} ({pathlib.Path(place.filename).name}:{place.lineno})") from error


def run_check(bench, check, report):
    absent = [part for part in check.needs if getattr(bench.about, part) is None]
    if absent:
        return report.tell(check, "skipped", why=report.words(("conformance.toml 未写明", "not in conformance.toml")) +
                           ": " + ", ".join(f"[{part}]" for part in absent))
    began = time.monotonic()
    try:
        bench.ensure()
    except Failed as failed:
        raise DoesNotRun(failed) from failed
    try:
        _run_on_anything(check, bench)
        report.tell(check, "passed", seconds=round(time.monotonic() - began, 1))
    except Failed as failed:
        report.tell(check, "failed", expected=report.words(failed.expected), came=failed.came,
                    advice=report.words(check.advice), seconds=round(time.monotonic() - began, 1))


def run(bench, chosen, report):
    bench.open()
    for number, check in enumerate(chosen):
        try:
            run_check(bench, check, report)
        except DoesNotRun as reason:
            report.tell(check, "failed", expected=report.words(STARTS), came=reason.args[0].came, advice=report.words(LOG),
                        seconds=0)
            for other in chosen[number + 1:]:
                report.tell(other, "skipped", why=report.words(STARTS_NOT))
            return
        if check.name in MEASURES and report.results[-1]["state"] == "failed":
            return  # nothing else could be told from it


def out_of_time(*_):
    raise CannotBegin(f"not through within {LONGEST} s")


def main():
    options = options_of(sys.argv[1:])
    report = Report(0 if os.environ.get("GONGHUI_LANG", "zh-CN").startswith("zh") else 1)
    names = [check.name for check in CHECKS]
    if unknown := [name for name in options.only if name not in names]:
        said = report.words(("没有这项检查；可选: ", "no such check; there are: "))
        print(f"gonghui conformance: --only: {unknown[0]}: {said}{', '.join(names)}", file=sys.stderr)
        return 64
    try:
        about = description.read(options.service, options.program)
    except description.Unreadable as error:
        print(f"gonghui conformance: {error.where}: {report.words(error.both)}", file=sys.stderr)
        return CONFIG
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(LONGEST)
    chosen = [check for check in CHECKS if not options.only or check.name in (*options.only, *MEASURES)]
    began, code = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="gonghui-") as folder:
        bench = Bench(about, options.gonghui, options.keep or folder)
        try:
            run(bench, chosen, report)
        except CannotBegin as error:
            print(f"gonghui conformance: {error}", file=sys.stderr)
            code = CANNOT_BEGIN
        except KeyboardInterrupt:
            code = 130
        finally:
            bench.close()
    zmq.Context.instance().destroy(linger=0)
    return finish(report, about, options, code, time.monotonic() - began)


def finish(report, about, options, code, seconds):
    of = {state: [one for one in report.results if one["state"] == state] for state in WORDS}
    counts = ", ".join(f"{report.words(WORDS[state])} {len(found)}" for state, found in of.items())
    print(f"{about.service}: {counts}, {seconds:.0f} s")
    code = code or (NOT_ALL if of["failed"] or not of["passed"] else 0)
    if options.json:
        print(json.dumps({"service": about.service, "exit": code, "seconds": round(seconds, 1),
                          "times": {one["check"]: one.get("seconds") for one in report.results},
                          "passed": [one["check"] for one in of["passed"]],
                          "failed": [{name: value for name, value in one.items() if name != "state"} for one in of["failed"]],
                          "skipped": [one["check"] for one in of["skipped"]]}, ensure_ascii=False))
    return code


if __name__ == "__main__":
    sys.exit(main())
