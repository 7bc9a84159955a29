"""Sections 5, 6 and 12: what a request is answered with, whoever asks, and whatever they ask."""

import datetime
import time
import uuid

from gonghui import Request
from gonghui.wire import NO_CHAIN, first_id_of, microseconds, now, pack, request_id

from bench import DISTRICT, require
from checks import check

STATUS = {"source": str, "version": str, "claim": int, "epoch": int, "head": int, "now": int, "checked": int,
          "checked_at": int, "backup": dict, "parked": int, "store_bytes": int, "follows": list, "counters": dict}
FOLLOWS = {"source": str, "epoch": int, "cursor": int, "head": int, "diverged": bool, "rebuilding": bool}
COMMAND = ("command",)


def require_shape(shape, given, what):
    wrong = sorted(name for name, kind in shape.items() if not isinstance(given.get(name), kind))
    require(not wrong, (f"{what} 含 {', '.join(shape)}", f"{what} has {', '.join(shape)}"), f"{wrong}: {given}")


@check("status", ("_status 按第 12 节答复", "_status is answered as section 12 says"),
       ("答复全部字段；follows 为每个跟随的来源给出游标", "answer every field; `follows` has a cursor for each source"))
def status(bench):
    reply = bench.ask_own("_status")
    require(reply.outcome == "accepted", ("_status 被接受", "_status is accepted"), reply)
    require_shape(STATUS, reply.data, "_status")
    require(reply.data["source"] == bench.source_name == reply.at["source"],
            (f"source 为 {bench.source_name}", f"source is {bench.source_name}"), (reply.data["source"], reply.at))
    require(abs(reply.data["now"] - microseconds(now())) < 5_000_000, ("now 为当前时间（微秒）", "`now` is the time in microseconds"),
            reply.data["now"])
    for one in reply.data["follows"]:
        require_shape(FOLLOWS, one, "follows")
    if bench.source:
        require(bench.follows(), (f"follows 含 {bench.source.source}", f"`follows` has {bench.source.source}"),
                reply.data["follows"])


@check("first-answer", ("同一 id 逐字节得到第一次的答复", "the same id gets the first answer, byte for byte"),
       ("答复与事件在同一事务中保存 30 天，键为（调用者，id）", "keep the answer in the transaction of its events, by (caller, id), for 30 days"),
       COMMAND)
def first_answer(bench):
    after, requests = bench.status()["head"], [bench.command() for _ in range(3)]
    for request in requests:
        first = bench.ask(request)
        bench.ask(bench.command())
        for _ in range(2):
            again = bench.ask(request)
            require(again.bytes == first.bytes, (f"第一次的答复：{first} {first.at}", f"the first answer: {first} {first.at}"),
                    f"{again} {again.at}")
    bench.require_once(requests, after)


@check("id-reused", ("同一 id 而内容不同：id_reused", "other content under the same id is id_reused"),
       ("保存请求的指纹：type、key、partition、actor、data", "keep a fingerprint of type, key, partition, actor and data"), COMMAND)
def id_reused(bench):
    request = bench.command()
    first = bench.ask(request)
    data = bench.about.command.about(bench.known or uuid.uuid4())
    for parts in ({"data": data | {"conformance": 1}}, {"actor": {"role": "officer"}}, {"key": uuid.uuid4()}):
        other = bench.changed(bench.command(), id=request.id)
        reply = bench.ask(bench.changed(other, **parts))
        require((reply.outcome, reply.code) == ("invalid", "id_reused"), ("invalid id_reused", "invalid id_reused"),
                f"{', '.join(parts)}: {reply}")
    again = bench.ask(bench.changed(request, deadline=microseconds(now()) + 30_000_000, traceparent="00-0-0-00"))
    require(again.bytes == first.bytes, ("deadline、traceparent 可以不同", "deadline and traceparent may differ"), again)


@check("ids", ("命令的 id 须为 30 天之内的 UUIDv7", "a command's id is a UUIDv7 of the last 30 days"),
       ("答复 id_not_uuid_v7、id_too_old，什么也不执行", "answer id_not_uuid_v7, id_too_old, and do nothing"), COMMAND)
def ids(bench):
    after = bench.status()["head"]
    old = first_id_of(int((now() - datetime.timedelta(days=31)).timestamp() * 1000), 1, 1)
    for identity, code in ((uuid.uuid4(), "id_not_uuid_v7"), (old, "id_too_old")):
        reply = bench.ask(bench.changed(bench.command(), id=identity))
        require((reply.outcome, reply.code) == ("invalid", code), (f"invalid {code}", f"invalid {code}"), reply)
    _require_nothing_happened(bench, after)


def _require_nothing_happened(bench, after):
    head = bench.status()["head"]
    require(head == after, (f"日志仍止于 {after}", f"the log still ends at {after}"), head)


@check("unfit-data", ("类型不符的字段被逐一指出", "each field of the wrong type is named"),
       ("解码时检查每个字段的类型；答复 invalid_fields 及 path，不要抛出 fault",
        "check the type of every field when decoding; answer invalid_fields with its path, never a fault"), COMMAND)
def unfit_data(bench):
    data = bench.about.command.about(bench.known or uuid.uuid4())
    for field, sound in data.items():
        for value in (7, 2**63, "x" * 100_000, b"\x00\x01\x02", 1.5, float("nan"), True, [1], {"a": 1}, [[]] * 9000):
            if isinstance(value, type(sound)) and type(value) is type(sound) and not isinstance(value, bytes):
                continue
            reply = bench.ask(bench.changed(bench.command(), data=data | {field: value}))
            shown = f"{field}={repr(value)[:20]}: {reply}"
            require((reply.outcome, reply.code) == ("invalid", "invalid_fields"),
                    ("invalid invalid_fields", "invalid invalid_fields"), shown)
            require(any(error["path"].split(".")[0] == field for error in reply.errors),
                    (f"errors 指出 {field}", f"`errors` names {field}"), shown)


@check("hostile-requests", ("不可解码、类型错误、巨大、过深的请求得到 invalid，服务照常",
                            "undecodable, mistyped, huge and deep requests are invalid, and it goes on"),
       ("按第 4 节的限度解码；未知类型答 unknown_type；任何输入不得使进程结束或无答复",
        "decode within the limits of section 4; unknown types are unknown_type; nothing may end the process or go unanswered"))
def hostile_requests(bench):
    own, pid = bench.about.service, bench.pid
    deep, wide = b"\x91" * 5000 + b"\xc0", pack({str(i): i for i in range(20_000)})
    head = pack({"id": request_id(), "type": f"{own}.unheard_of"})[1:]
    raw = {
        "data 过深 / deep": b"\x83" + head + pack("data") + deep,
        "data 过宽 / wide": b"\x83" + head + pack("data") + wide,
        "data 过大 / huge": b"\x83" + head + pack("data") + pack({"x": "y" * 2_000_000}),
        "非 UTF-8 / no UTF-8": b"\x83" + head + pack("data") + b"\x81\xa1x\xa2\xff\xfe",
        "data 非 map / no map": b"\x83" + head + pack("data") + pack([1]),
        "data 缺失 / missing": b"\x82" + head,
        "重复的键 / twice": b"\x84" + head + pack("data") + pack({}) + pack("data") + pack({"a": 1}),
        "截断 / cut": b"\x83" + head + pack("data") + b"\x85\xa1",
        "扩展类型 / ext": b"\x83" + head + pack("data") + b"\x81\xa1x\xd4\x05\x00"}
    for what, encoded in raw.items():
        request = Request(f"{own}.unheard_of", {})
        request.bytes = encoded.replace(head[4:20], request.id.bytes, 1)
        _require_invalid(bench, request, what)
    for parts in ({"after": 7}, {"after": {"source": 7, "epoch": 1, "seq": 1}}, {"after": {"source": "x"}}, {"actor": {}},
                  {"actor": {"role": "emperor"}}, {"actor": {"role": 7}}, {"deadline": "soon"}, {"key": b"short"},
                  {f"attribute{i}": i for i in range(40)}):
        _require_invalid(bench, bench.changed(Request(f"{own}.unheard_of", {}), **parts), str(parts)[:60])
    reply = bench.ask(Request(f"{own}.unheard_of", {}))
    require((reply.outcome, reply.code) == ("invalid", "unknown_type"), ("invalid unknown_type", "invalid unknown_type"),
            reply)
    _mistyped_own_requests(bench)
    bench.status()
    require(bench.is_running and bench.pid == pid, ("进程仍在运行", "the process still runs"), bench.last_words())


def _mistyped_own_requests(bench):
    for name in ("_log_read", "_log_place", "_parked_retry", "_parked_drop", "_unheard_of"):
        for value in (None, -1, 2**63, "x", b"\x00", [], {}, 1.5):
            data = dict.fromkeys(("after_seq", "max_bytes", "epoch", "seq", "chain", "source", "reason"), value)
            reply = bench.answer_to(bench.own_request(name, data))
            require(reply and reply.outcome in ("accepted", "refused", "invalid"),
                    ("accepted、refused 或 invalid", "accepted, refused or invalid"), f"{name} {value!r}: {reply}")


def _require_invalid(bench, request, what):
    reply = bench.answer_to(request, patience=3.0)
    require(reply and reply.outcome == "invalid", ("outcome 为 invalid", "outcome invalid"),
            f"{what}: {reply}; {bench.last_words() if not bench.is_running else ''}")


@check("after", ("after：不跟随的来源 not_followed，尚未齐平 not_level",
                 "`after` of a source that it does not follow is not_followed; not level yet is not_level"),
       ("先判断能否齐平；等待有限时间后答 retry not_level",
        "decide first whether it can ever be level; wait a bounded time, then retry not_level"))
def after(bench):
    status = bench.status()
    own, epoch, head = bench.source_name, status["epoch"], status["head"]
    not_followed, not_level = ("invalid", "invalid_request"), ("retry", "not_level")
    wanted = [(f"{DISTRICT}/unheard_of/0", 1, 1, not_followed), ("x", 1, 1, not_followed),
              ("331099/registration/0", 1, 1, not_followed),
              (own, epoch, head, ("accepted", "")), (own, epoch, head + 1000, not_level)]
    if bench.source:
        wanted += [(bench.source.source, bench.source.epoch, bench.source.head + 1000, not_level),
                   (bench.source.source, bench.source.epoch + 1, 1, not_level)]
    requests = [bench.own_request("_status", after={"source": source, "epoch": of, "seq": seq})
                for source, of, seq, _ in wanted]
    replies = bench.answers_to(requests)
    for request, (source, of, seq, answer) in zip(requests, wanted):
        reply, given = replies.get(request.id), {"source": source, "epoch": of, "seq": seq}
        require(reply and (reply.outcome, reply.code) == answer, (" ".join(answer), " ".join(answer)), f"{given}: {reply}")
        require(answer != not_followed or {"path": "after.source", "code": "not_followed"} in reply.errors,
                ("errors 指出 after.source 为 not_followed", "`errors` names after.source: not_followed"), f"{given}: {reply}")
    if bench.source:
        _require_waits(bench)


def _require_waits(bench):
    """A request that comes before the event is answered once that is applied, not sent back at once for ever."""
    (one,) = bench.source.append()
    request = bench.own_request("_status", after={"source": bench.source.source, "epoch": bench.source.epoch, "seq": one.seq})
    bench.source.hint(one)
    reply = bench.ask(request)
    cursors = {follows["source"]: follows["cursor"] for follows in reply.data["follows"]}
    require(cursors.get(bench.source.source, 0) >= one.seq,
            (f"答复时游标已到 {one.seq}", f"its cursor is at {one.seq} when it answers"), cursors)


@check("deadline", ("deadline 已过的请求不再执行", "what comes after its deadline is not done"),
       ("执行之前比较 deadline；答 retry deadline_passed", "look at `deadline` before deciding; answer retry deadline_passed"),
       COMMAND)
def deadline(bench):
    head = bench.status()["head"]
    bench.network.stop("down")
    for _ in range(5):
        bench.bus.send([bench.command(deadline=microseconds(now()) + 300_000)])
    time.sleep(0.8)
    bench.network.go()
    bench.status()
    _require_nothing_happened(bench, head)


@check("log-place", ("_log_place 指出分歧之处；无纪元可解释时开始新纪元",
                     "_log_place tells where histories part, and begins an epoch that explains it"),
       ("第 7 节 Epochs：fits、epoch、kept", "section 7, Epochs: fits, epoch, kept"))
def log_place(bench):
    status = bench.status()
    head = bench.ask_own("_log_read", {"after_seq": status["head"], "max_bytes": 1}).data["head"]
    place = bench.ask_own("_log_place", head)
    require((place.outcome, place.data) == ("accepted", {"fits": True, "epoch": head["epoch"], "kept": head["seq"]}),
            ("当前位置：fits，kept 为 head", "at its head: fits, kept is the head"), place.data or place)
    start = bench.ask_own("_log_place", {"epoch": head["epoch"], "seq": 0, "chain": NO_CHAIN})
    require(start.data.get("fits") is True, ("起点：fits", "at the start: fits"), start.data or start)
    strange = bench.ask_own("_log_place", {"epoch": head["epoch"], "seq": head["seq"] + 5, "chain": b"\x07" * 32})
    require(strange.data.get("fits") is False and strange.data["epoch"] == head["epoch"] + 1
            and 0 <= strange.data["kept"] <= head["seq"],
            ("未知的历史：fits 为 false，纪元加一", "a history that it does not know: fits is false, in the next epoch"),
            strange.data or strange)
    require(bench.status()["epoch"] == head["epoch"] + 1, ("纪元已加一", "its epoch has risen"), bench.status()["epoch"])
