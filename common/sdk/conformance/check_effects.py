"""What an undisturbed event and command lead to: the measure for all other checks."""

import uuid

from bench import require
from checks import check


@check("event-effect", ("一个事件有可见的效果", "an event has an effect that can be seen"),
       ("在 conformance.toml 的 [query] 或 [command] 中使用 @id@，使每个事件的效果可见；并检查权限（follow）",
        "let [query] or [command] of conformance.toml use @id@, so that what an event does shows; look at the rights"),
       ("event",))
def event_effect(bench):
    before, after = bench.total(), bench.status()["head"]
    (one,) = bench.source.emit()
    bench.wait_level()
    bench.reactions = sum(event["cause"] == one.id.bytes for event in bench.own_events(after))
    grown = bench.total([one.about])
    grown.subtract(before)
    bench.event_growth = {name: by for name, by in grown.items() if by}
    bench.known = one.about
    status = bench.status()
    require(status["parked"] == 0, ("事件被应用，未被搁置", "the event is applied and not parked"), bench.last_words())
    tells_apart = False
    if bench.about.command and bench.about.command.names_the_event:
        known, unknown = bench.ask(bench.command(one.about)), bench.ask(bench.command(uuid.uuid4()))
        require(known.outcome == "accepted", ("关于该事件的命令被接受", "a command about the event is accepted"), known)
        tells_apart = unknown.outcome != "accepted"
    require(bench.reactions or bench.event_growth or tells_apart,
            ("日志、查询或命令显示该事件的效果", "its log, the query or the command shows what the event did"),
            f"query: {dict(grown)}")


@check("command-effect", ("一个命令被接受并写入日志", "a command is accepted and stands in the log"),
       ("核对 conformance.toml 的 [command]：每次都应被接受，并至少引起一个事件",
        "look at [command] in conformance.toml: it must be accepted each time and lead to at least one event"),
       ("command",))
def command_effect(bench):
    about, after = bench.known or uuid.uuid4(), bench.status()["head"]
    before = bench.total([about])
    request = bench.command(about)
    reply = bench.ask(request)
    require(reply.outcome == "accepted", ("命令被接受", "the command is accepted"), reply)
    bench.command_events = sum(event["cause"] == request.id.bytes for event in bench.own_events(after))
    require(bench.command_events > 0, ("命令的事件以请求的 id 为 cause 写入日志",
                                       "its events stand in the log, with the request's id as their cause"), 0)
    require(reply.at["seq"] >= after + bench.command_events, ("答复的 at 不早于其事件", "the reply's `at` is not before its events"),
            reply.at)
    grown = bench.total([about])
    grown.subtract(before)
    bench.command_growth = {name: by for name, by in grown.items() if by}
