"""Death at any moment, a clean end, a frozen process, a slow network, a hub that restarts, and rights."""

import random
import signal
import time

from bench import require
from check_log import require_published_is_logged, require_sound_log
from checks import check

KILLS = 6
LOAD = 40  # commands and events for each
COMMAND = ("command",)
ONE_TRANSACTION = ("事件、答复、游标与表在同一事务中提交，之后才答复与发布；重启时继续",
                   "commit events, answer, cursor, tables in one transaction; only then reply and publish")


@check("killed", ("负载下多次 kill -9：不丢、不重、seq 无间断",
                  "kill -9 again and again under load: nothing lost, nothing doubled, seq without gaps"),
       ONE_TRANSACTION, COMMAND)
def killed(bench):
    began, chance = time.monotonic(), random.Random(7)
    head, before = bench.status()["head"], bench.total([bench.known] if bench.known else ())
    requests, events, answers = [], [], {}
    for turn in range(KILLS):
        bench.ensure()
        if bench.source:
            events += bench.source.emit(LOAD)
        if turn % 2:
            bench.network.stop("up")  # whatever it commits from now on does not leave it
        requests += [bench.command() for _ in range(LOAD)]
        bench.bus.send(requests)
        _keep(answers, bench.bus.receive(chance.uniform(0.02, 0.25)))
        bench.kill()
    bench.start()
    for request, reply in zip(requests, bench.ask_all(requests)):
        _keep(answers, [reply])
        require(reply.outcome == "accepted", ("每个命令最终被接受", "every command is accepted in the end"), reply)
        require(len(answers[request.id]) == 1, ("同一 id 只有一个答复", "one answer for an id"),
                f"{len(answers[request.id])}: {reply}")
    require_sound_log(bench)
    bench.require_once(requests, head)
    require_published_is_logged(bench, began)
    if bench.source:
        bench.wait_level()
        bench.require_reactions(events, head)
    grown = bench.total([bench.known] if bench.known else ())
    grown.subtract(before)
    if bench.about.query and not bench.about.query.names_the_event:
        for name, by in bench.event_growth.items():
            grown[name] -= by * len(events)
    wanted = {name: by * len(requests) for name, by in bench.command_growth.items()}
    wrong = {name: grown[name] for name in {*grown, *wanted} if grown[name] != wanted.get(name, 0)}
    require(not wrong, (f"查询显示每个命令一次：{wanted}", f"the query shows each command once: {wanted}"), wrong)


def _keep(answers, replies):
    for reply in replies:
        if reply.is_final:
            answers.setdefault(reply.id, set()).add(reply.bytes)


@check("drain", ("SIGTERM：已接受的都得到答复，然后以 0 结束", "at SIGTERM whatever it has taken is answered, then it ends with 0"),
       ("先发送 release，答完已到的请求（draining），再结束", "say release, answer what has come (draining), then end"), COMMAND)
def drain(bench):
    head, requests = bench.status()["head"], [bench.command() for _ in range(1000)]
    bench.bus.send(requests[:10])
    replies = bench.bus.receive(2.0)
    bench.bus.send(requests[10:])
    code = bench.terminate()
    require(code == 0, ("10 秒内以 0 结束", "it ends with 0 within 10 s"), f"{code}: {bench.last_words()}")
    while len(replies) < len(requests) and (more := bench.bus.receive(1.5)):
        replies += more
    bench.start()
    committed = {event["cause"] for event in bench.own_events(head)}
    accepted = {reply.id.bytes for reply in replies if reply.outcome == "accepted"}
    mine = {one.id.bytes for one in requests}
    require(len(committed & mine - accepted) == 0, ("提交了的都得到答复", "whatever was committed was answered"),
            f"{len(committed & mine)} / {len(accepted)}")
    require({reply.id.bytes for reply in replies} >= mine, ("每个请求都得到答复", "every request got an answer"),
            f"{len(requests)} / {len(replies)}")
    lost = [reply for reply in replies if reply.code == "holder_lost"]
    require(not lost, ("没有请求随进程丢失（hub 未代答 holder_lost）",
                       "no request was lost with it (holder_lost, by the hub)"), len(lost))
    bench.ask_all(requests)
    bench.require_once(requests, head)


@check("frozen", ("SIGSTOP 数秒之后继续", "frozen for some seconds, it goes on"),
       ("恢复后重新 hold、follow，并从日志补齐", "hold and follow again when it wakes, and read what it missed"))
def frozen(bench):
    events = bench.source.emit(20) if bench.source else []
    pid, head = bench.pid, bench.status()["head"]
    bench.signal(signal.SIGSTOP)
    time.sleep(3.5)  # past the hub's patience, which is 3 s
    if bench.source:
        events = bench.source.emit(20)
    bench.signal(signal.SIGCONT)
    bench.status()
    require(bench.is_running and bench.pid == pid, ("进程继续", "the process goes on"), bench.last_words())
    if bench.source:
        bench.wait_level()
        bench.require_reactions(events, head)


@check("slow-network", ("慢网络（每段 120 毫秒）下不丢不重", "over a slow network, 120 ms a piece, nothing is lost or doubled"),
       ("等待的页与答复要有期限并重新请求；心跳不得依赖答复", "ask again for pages that do not come; beacons depend on no answer"))
def slow_network(bench):
    bench.network.delay = 0.12
    head, events = bench.status()["head"], []
    if bench.source:
        events = bench.source.append(100)
        bench.source.hint(*events[::2])
    requests = [bench.command() for _ in range(50)] if bench.about.command else []
    replies = bench.ask_all(requests)
    if bench.source:
        bench.wait_level()
    bench.network.go()
    require(all(reply.outcome == "accepted" for reply in replies), ("命令被接受", "the commands are accepted"),
            replies and str(replies[0]))
    bench.require_once(requests, head)
    bench.require_reactions(events, head)


@check("hub-restart", ("hub 重启之后自行恢复", "it comes back by itself when the hub restarts"),
       ("每秒重发 hold 与 follow；hub 什么也不记得", "say hold and follow every second: the hub remembers nothing"))
def hub_restart(bench):
    head = bench.status()["head"]
    pid, events = bench.pid, bench.source.emit(10) if bench.source else []
    bench.restart_hub()
    if bench.source:
        events += bench.source.emit(10)
    requests = [bench.command() for _ in range(10)] if bench.about.command else []
    bench.ask_all(requests)
    if bench.source:
        bench.wait_level()
    require(bench.is_running and bench.pid == pid, ("进程未重启", "the same process"), bench.last_words())
    bench.require_once(requests, head)
    bench.require_reactions(events, head)


@check("superseded", ("另有更高的 claim 时结束", "it ends when another process holds a higher claim"),
       ("收到 [\"refused\", \"superseded\", …] 立即以非零结束，不再提交",
        "end at once, with another code than 0, at [\"refused\", \"superseded\", ...]"))
def superseded(bench):
    with bench.another_holder(bench.status()["claim"] + 1):
        code = bench.wait(5.0)
    if code is None:
        bench.kill()
    bench.restart_hub()  # which remembers the higher claim
    require(code, ("5 秒内以非零结束", "it ends within 5 s, with another code than 0"), code)


@check("rights", ("未做无权之事", "it does nothing that it has no right to"),
       ("在 rights.toml 中写明确实需要的权利，去掉其余的请求", "name what it needs in rights.toml, and leave the rest"))
def rights(bench):
    bench.count_refusals()
    require(not bench.refused, ("hub 没有拒绝它的任何消息", "the hub has refused nothing of it"), dict(bench.refused))
