"""Sections 7 and 9: its own log as others read it, its beacons and its holds."""

import collections
import re
import time
import uuid

from gonghui.wire import NO_CHAIN, event_id, next_chain, unpack

from bench import DISTRICT, Failed, require
from checks import check

LOOK_FOR = 3.3  # s; three beacons and holds
EVENT = {"id": bytes, "source": str, "type": str, "time": int, "dataschema": str, "epoch": int, "seq": int, "cause": bytes,
         "data": (dict, bytes)}


def require_sound_log(bench):
    """The whole log as a chain from its first record; the records."""
    records, chain, numbers = bench.read_log(), NO_CHAIN, collections.Counter()
    epoch = 1
    for seq, record in enumerate(records, 1):
        chain = next_chain(chain, record)
        event = unpack(record)
        wrong = [name for name, kind in EVENT.items() if not isinstance(event.get(name), kind)]
        require(not wrong, (f"事件 {seq} 含 {', '.join(EVENT)}", f"event {seq} has {', '.join(EVENT)}"), wrong)
        require(event["seq"] == seq, (f"seq 无间断：{seq}", f"seq without gaps: {seq}"), event["seq"])
        require(event["source"] == bench.source_name, (f"source 为 {bench.source_name}", f"source is {bench.source_name}"),
                event["source"])
        owner = "bus" if event["type"].startswith("_") else bench.about.service
        require(re.fullmatch(rf"{owner}/{re.escape(event['type'])}\.v[0-9]+", event["dataschema"]),
                (f"dataschema 为 {owner}/{event['type']}.vN", f"dataschema is {owner}/{event['type']}.vN"),
                event["dataschema"])
        require(event["epoch"] >= epoch, (f"纪元不减：{epoch}", f"the epoch never falls: {epoch}"), event["epoch"])
        epoch = event["epoch"]
        cause = event["cause"]
        wanted = event_id(uuid.UUID(bytes=cause), numbers[cause, epoch], event["source"], epoch)
        require(event["id"] == wanted.bytes,
                (f"事件 {seq} 的 id 由 cause、序号与来源导出：{wanted}",
                 f"the id of event {seq} is derived from cause, number and source: {wanted}"),
                event["id"].hex())
        numbers[cause, epoch] += 1
    head = bench.ask_own("_log_read", {"after_seq": len(records), "max_bytes": 1}).data["head"]
    if head["seq"] == len(records):
        require(head["chain"] == chain, (f"head 的链值为 {chain.hex()[:16]}…", f"the head's chain is {chain.hex()[:16]}…"),
                head["chain"].hex()[:16])
    return records


@check("log-chain", ("日志自 1 起成链，id 可导出，来源一致", "its log is a chain from 1, with derived ids and its own source"),
       ("见第 7 节 The chain 与 Ids；编码一次，保存并发布同样的字节",
        "section 7, The chain and Ids; encode once, keep and publish the same bytes"))
def log_chain(bench):
    if bench.about.command:
        for _ in range(5):
            bench.ask(bench.command())
    require_sound_log(bench)


@check("log-pages", ("_log_read 按页答复", "_log_read answers pages"),
       ("max_bytes 之内，至少一条；from 为 after_seq 处的链值，超出 head 时没有 from",
        "within max_bytes, one at least; `from` is the chain value at after_seq, absent beyond the head"))
def log_pages(bench):
    records = bench.read_log()
    require(bench.read_log(most=1) == records, ("max_bytes 为 1 时逐条给出同样的日志", "with max_bytes 1 the same log, one by one"), "-")
    middle = len(records) // 2
    page = bench.ask_own("_log_read", {"after_seq": middle, "max_bytes": 100_000}).data
    chain = NO_CHAIN
    for record in records[:middle]:
        chain = next_chain(chain, record)
    require(page.get("from") == {"chain": chain}, ("from 为 after_seq 处的链值", "`from` has the chain value at after_seq"),
            page.get("from"))
    beyond = bench.ask_own("_log_read", {"after_seq": len(records) + 1000, "max_bytes": 100_000})
    require(beyond.outcome == "accepted" and beyond.data.get("records") == [] and "from" not in beyond.data
            and beyond.data["head"]["seq"] >= len(records),
            ("超出 head：没有记录也没有 from", "beyond the head: no records and no `from`"), beyond.data or beyond)


@check("published", ("发布的事件与日志逐字节相同，主题正确", "what it publishes stands in its log, byte for byte, under the right topic"),
       ("提交之后才发布，主题为 <区县>.<服务>.<类型>", "publish only what is committed, under <district>.<service>.<type>"))
def published(bench):
    began = time.monotonic()
    if bench.about.command:
        for _ in range(5):
            bench.ask(bench.command())
        time.sleep(0.3)
    heard = require_published_is_logged(bench, 0)
    if bench.about.command:
        live = [one for one in heard if one in {encoded for _, encoded in bench.observer.since(began)}]
        require(len(live) == 5 * bench.command_events, (f"{5 * bench.command_events} 个事件被发布",
                                                        f"{5 * bench.command_events} events are published"), len(live))


def require_published_is_logged(bench, since):
    """All that the observer heard; those that are no beacons."""
    records, heard = set(bench.read_log()), []
    for topic, encoded in bench.observer.since(since):
        event = unpack(encoded)
        require(event.get("source") == bench.source_name and topic == f"{DISTRICT}.{bench.about.service}.{event.get('type')}",
                (f"source 为 {bench.source_name}，主题为 {DISTRICT}.{bench.about.service}.<类型>",
                 f"source {bench.source_name}, topic {DISTRICT}.{bench.about.service}.<type>"), (event.get("source"), topic))
        if event["type"] != "_head":
            require(encoded in records, ("发布的事件都在日志中", "every published event stands in the log"),
                    {name: event.get(name) for name in ("type", "epoch", "seq")})
            heard.append(encoded)
    return heard


@check("beacons", ("每秒一次心跳与 hold", "beacons and holds come every second"),
       ("每秒发布 _head（链值须为日志末尾的）并发送 hold，不多不少",
        "publish _head, with the chain value of the log's end, and say hold every second, neither more nor less"))
def beacons(bench):
    began, silences = time.monotonic(), []
    while time.monotonic() < began + LOOK_FOR:
        silences.append(_held(bench)["silent_ms"])
        time.sleep(0.2)
    heard = [unpack(encoded) for _, encoded in bench.observer.since(began)]
    found = [event for event in heard if event["type"] == "_head"]
    require(2 <= len(found) <= 6, (f"{LOOK_FOR} 秒内约 3 次心跳", f"some 3 beacons in {LOOK_FOR} s"), len(found))
    require(max(silences) < 2500, ("hold 之间不超过约 1 秒", "no more than about 1 s between holds"), f"{max(silences)} ms")
    head = bench.ask_own("_log_read", {"after_seq": bench.status()["head"], "max_bytes": 1}).data["head"]
    said = found[-1]
    require((said["epoch"], said["seq"], said["data"].get("chain"), said["dataschema"]) == (
        head["epoch"], head["seq"], head["chain"], "bus/_head.v1"),
        ("心跳给出日志末尾的 epoch、seq、chain", "a beacon has epoch, seq and chain of the log's end"), said)


def _held(bench):
    for service in bench.hub_status()["services"]:
        for partition in service["partitions"]:
            if partition["source"] == bench.source_name:
                return partition
    raise Failed((f"hub 知道 {bench.source_name} 的持有者", f"the hub knows a holder of {bench.source_name}"), "-")


@check("claim", ("claim 每次启动都增大", "its claim rises at each start"),
       ("打开存储时把 claim 加一并落盘，然后才发送 hold", "raise the claim durably when the store is opened, before the first hold"))
def claim(bench):
    claims = [bench.status()["claim"]]
    for end in (bench.terminate, bench.kill):
        end()
        bench.start()
        claims.append(bench.status()["claim"])
    require(claims[0] < claims[1] < claims[2], ("claim 递增", "a rising claim"), claims)
    require(_held(bench)["claim"] == claims[2], (f"hold 的 claim 为 {claims[2]}", f"the claim of its holds is {claims[2]}"),
            _held(bench)["claim"])
