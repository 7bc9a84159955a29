"""Section 7: hints from the bus may be lost, doubled, late and wrong; the log is the truth."""

import random
import time
import uuid

from gonghui.wire import pack, unpack

from bench import require
from checks import check
from description import ID

COUNT = 40  # events of a round
FOLLOW = ("event",)
GO_ON = ("游标之后的下一个事件才能应用；缺失时用 _log_read 读取对方日志",
         "apply only the event after the cursor; when one is missing, read the owner's log (_log_read)")


@check("hints-lost", ("丢失的事件从对方日志补读", "what the bus has lost is read from the owner's log"), GO_ON, FOLLOW)
def hints_lost(bench):
    events = []
    with bench.effects_of(events):
        events += bench.source.append(COUNT)
        bench.source.hint(*events[1::3])


@check("tail-lost", ("末尾丢失的事件由心跳发现", "a lost tail is found by the beacon"),
       ("心跳的 seq 超过游标时读取日志", "read the log when a beacon's seq is beyond the cursor"), FOLLOW)
def tail_lost(bench):
    events = []
    with bench.effects_of(events):
        events += bench.source.append(COUNT)


@check("hints-doubled", ("重复的事件只生效一次", "what comes twice has its effect once"),
       ("seq 不大于游标的事件一律忽略", "ignore every event whose seq is not beyond the cursor"), FOLLOW)
def hints_doubled(bench):
    events = []
    with bench.effects_of(events):
        for one in bench.source.append(COUNT):
            bench.source.hint(one, one)
            events.append(one)
        bench.wait_level()
        bench.source.hint(*events)
        time.sleep(0.2)


@check("hints-reordered", ("乱序的事件按日志顺序应用", "what comes out of order is applied in the order of the log"),
       GO_ON, FOLLOW)
def hints_reordered(bench):
    events = []
    with bench.effects_of(events):
        events += bench.source.append(COUNT)
        shuffled = events[:]
        random.Random(7).shuffle(shuffled)
        bench.source.hint(*shuffled)


@check("cursor-kept", ("游标与效果同一事务保存：重启后不重复不遗漏",
                       "cursor and effect are one transaction: a restart repeats and misses nothing"),
       ("把游标与效果写入同一个事务", "write the cursor in the same transaction as the effect"), FOLLOW)
def cursor_kept(bench):
    events, chance = [], random.Random(11)
    with bench.effects_of(events):
        for _ in range(4):
            bench.ensure()
            events += bench.source.emit(3 * COUNT)
            time.sleep(chance.uniform(0.01, 0.12))
            bench.kill()
        bench.ensure()


@check("unknown-type", ("跳过未知类型和私有的事件", "events of unknown types and private ones are skipped"),
       ("未知 dataschema 与私有事件：只推进游标", "of an unknown dataschema, and when `data` is bin: only move the cursor"), FOLLOW)
def unknown_type(bench):
    events, service = [], bench.source.service
    with bench.effects_of(events):
        bench.source.emit(type="_unheard_of", dataschema=f"{service}/_unheard_of.v1", data={"x": [1, {"y": b"z"}]})
        bench.source.emit(type="unheard_of", dataschema=f"{service}/unheard_of.v1", data={"x": None})
        bench.source.emit(data=b"sealed for its own service")
        events += bench.source.emit(3, later_attribute={"not": "known"})


@check("lying-source", ("source 与主题不符的事件被拒绝", "an event whose source does not agree with its topic is rejected"),
       ("应用之前核对 source 与主题前缀", "hold the source against the topic's prefix before anything else"), FOLLOW)
def lying_source(bench):
    events, after, forks = [], bench.status()["head"], len(_forks(bench))
    with bench.effects_of(events):
        (honest,) = bench.source.emit()
        events.append(honest)
        bench.wait_level()
        model = unpack(honest.record)
        for lie in (bench.source.source.replace(f"/{bench.source.service}/", "/elsewhere/"), bench.source_name,
                    "331099" + bench.source.source[6:], "", "///", 7, None):
            bench.source.say(honest.topic, _past_the_hub(model | {
                "source": lie, "seq": model["seq"] + 1, "id": uuid.uuid4(), "data": bench.source.message.about(uuid.uuid4())},
                bench.source.source))
        for broken in (b"", b"\xc1", b"\x93", pack([]), pack(model | {"seq": -1}), pack(model | {"epoch": "1"}),
                       pack({name: value for name, value in model.items() if name != "data"})):
            bench.source.say(honest.topic, broken)
        time.sleep(1.3)  # a beacon comes meanwhile: what was believed does not fit its chain
        reactions, found = bench.status()["head"] - after, len(_forks(bench)) - forks
        require((reactions, found) == (bench.reactions, 0), ("不引起任何反应，也不引起重建", "it leads to nothing, and to no rebuild"),
                f"{reactions - bench.reactions}, {found}")
    strange = [one["source"] for one in bench.status()["follows"] if one["source"].split("/")[1] == "elsewhere"]
    require(not strange, ("不为未跟随的来源保存游标", "it keeps no cursor of what it does not follow"), strange)


def _past_the_hub(event, source):
    """The hub lets no lie pass that it sees; it reads the first `source`, and most decoders take the last."""
    body = pack(event)
    assert body[0] & 0xF0 == 0x80 and body[0] < 0x8F  # a map of fewer than 15 entries
    return bytes([body[0] + 1]) + pack("source") + pack(source) + body[1:]


@check("new-epoch", ("对方恢复备份后重建，保留部分不再反应",
                     "a followed service that was restored: it builds again, and reacts to nothing twice"),
       ("链不符时问 _log_place；丢弃所知，从第一条起应用，kept 之前不反应",
        "where the chain does not fit ask _log_place; forget, apply from the first record, react only beyond `kept`"), FOLLOW)
def new_epoch(bench):
    _history(bench, tells=True)


@check("shrunk-log", ("对方日志变短又增长时发现分歧", "a followed log that shrank and grew again is found to be another"),
       ("用链值而不是 seq 判断：心跳或页的链值不同即为分歧",
        "go by the chain, not by seq: another chain in a beacon or a page is another history"), FOLLOW)
def shrunk_log(bench):
    _history(bench, tells=False)


def _history(bench, tells):
    kept_events = bench.source.emit(6)
    bench.wait_level()
    forks, before, kept = _forks(bench), bench.total(), bench.source.head
    lost = bench.source.emit(5)
    bench.wait_level()
    bench.source.cut(kept, tells)
    others = bench.source.append(9)
    if tells:
        bench.source.hint(*others[1:])
    bench.wait_level()
    bench.require_reactions(kept_events + lost + others, 0)
    if bench.about.query and not bench.about.query.names_the_event:
        bench.require_growth(before, others)
    elif bench.about.query:
        bench.require_growth(before, kept_events + others)
        gone = bench.total([one.about for one in lost])
        require(gone == bench.total([uuid.uuid4() for _ in lost]),
                ("不再知道消失的事件", "it knows nothing any more of events that are gone"), dict(gone))
    found = _forks(bench)
    require(len(found) == len(forks) + 1 and (found[0]["source"], found[0]["kept"]) == (bench.source.source, kept),
            (f"_forks_list 列出一次分歧，kept 为 {kept}", f"_forks_list tells of one fork more, kept {kept}"),
            [{name: one.get(name) for name in ("source", "epoch", "kept", "was_at")} for one in found[:2]])
    reactions = [unpack(one)["cause"] for one in found[0].get("reactions", [])]
    require(reactions == [one.id.bytes for one in lost for _ in range(bench.reactions)],
            ("_forks_list 列出对已消失事件的反应", "_forks_list shows the own events that answered vanished ones"), len(reactions))


def _forks(bench):
    reply = bench.ask_own("_forks_list")
    require(reply.outcome == "accepted" and isinstance(reply.data.get("forks"), list),
            ("_forks_list 答复 forks", "_forks_list answers `forks`"), reply)
    return reply.data["forks"]


# Behind the histories: who builds again parks anew what was dropped, and its lane with it.
@check("unknown-version", ("未知版本的事件被搁置，同通道其余事件随后等待，其他照常",
                           "an unknown version waits, parked, with its lane; others flow; it can be dropped"),
       ("已知事件的未知版本：连同其 subject 的后续事件一起搁置；实现 _parked_list、_parked_retry、_parked_drop",
        "park a known event of a version that is not known, and those of its subject behind it; answer _parked_list, "
        "_parked_retry, _parked_drop"), FOLLOW)
def unknown_version(bench):
    before = bench.status()["parked"]
    stem = bench.source.message.type.rpartition(".")[0]
    (newer,) = bench.source.emit(dataschema=f"{stem}.v99")
    has_lanes = bench.source.message.subject == ID
    behind = bench.source.emit(about=newer.about) if has_lanes else []
    others = bench.source.emit(2) if has_lanes else []
    bench.wait_level()
    found = bench.ask_own("_parked_list").data.get("events", [])
    waiting = before + 1 + len(behind)
    require(bench.status()["parked"] == len(found) == waiting,
            (f"{waiting} 个事件被搁置：未知版本的，及同一 subject 随后的", f"{waiting} are parked: that of an unknown version, and "
             "the one of its subject behind it"), f"{len(found)}: {found[:3]}")
    (parked,) = [one for one in found if one["seq"] == newer.seq] or [{}]
    require((parked.get("source"), parked.get("event")) == (bench.source.source, newer.record)
            and isinstance(parked.get("parked_at"), int) and isinstance(parked.get("reason"), str),
            ("_parked_list 给出 source、seq、lane、reason、detail、parked_at、event",
             "_parked_list gives source, seq, lane, reason, detail, parked_at, event"), parked)
    which = {"source": bench.source.source, "seq": newer.seq}
    retried = bench.ask_own("_parked_retry", which)
    require((retried.outcome, retried.data) == ("accepted", {"settled": 0}),
            ("_parked_retry 答复 settled 为 0", "_parked_retry answers settled 0"), retried)
    blank = bench.ask_own("_parked_drop", which | {"reason": " "})
    require(blank.outcome == "invalid", ("理由为空的 _parked_drop 得到 invalid", "_parked_drop with a blank reason is invalid"),
            blank)
    after = bench.status()["head"]
    dropped = bench.ask_own("_parked_drop", which | {"reason": "conformance"})
    require(dropped.outcome == "accepted", ("_parked_drop 被接受", "_parked_drop is accepted"), dropped)
    kinds = [event["type"] for event in bench.own_events(after)]
    require(kinds[:1] == ["_parked_dropped"] and kinds.count("_parked_dropped") == 1,
            ("丢弃作为 _parked_dropped 事件写入日志", "the drop stands in the log as an event _parked_dropped"), kinds)
    again = bench.ask_own("_parked_drop", which | {"reason": "conformance"})
    require(again.outcome == "refused", ("再次丢弃被拒绝", "what is not parked is refused"), again)
    require(bench.status()["parked"] == before, (f"搁置数回到 {before}", f"{before} are parked again"), bench.status()["parked"])
    bench.require_reactions(behind + others, 0)
