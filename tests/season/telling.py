"""What the season tells whoever watches it: bars while it works, a table at its end, in Chinese or English."""

import os
import sys
import time
import unicodedata

TEXTS = {
    "starting": ("启动区县总线与服务", "Starting the district"),
    "organisations": ("建立工会组织", "Founding organisations"),
    "officers": ("任命工会干部", "Appointing officers"),
    "importing": ("导入会员花名册", "Importing the roster"),
    "levelling": ("等待各服务同步", "Waiting until all are level"),
    "planning": ("发布夜校课程与报名", "Planning courses and the campaign"),
    "early": ("开放前的报名尝试", "Attempts before the opening"),
    "rush": ("抢报", "The rush"),
    "cancelling": ("取消报名", "Cancelling"),
    "transferring": ("会员转会", "Transferring members"),
    "leaving": ("会员退会", "Members leave"),
    "accepting": ("候补确认", "Accepting offers"),
    "stall": ("现场入会申请", "Applications at a stall"),
    "profiles": ("交友资料与授权", "Profiles and consent"),
    "signing_up": ("活动报名", "Signing up for the evening"),
    "checking_in": ("活动签到", "Checking in"),
    "choosing": ("秘密选择", "Choosing in secret"),
    "again": ("再次导入同一花名册", "Importing the same roster again"),
    "checking": ("独立校验存储与日志", "Checking stores and logs from outside"),
    "serving": ("继续服务，Ctrl-C 结束", "Serving on; Ctrl-C ends"),
    "portal": ("职工门户", "Worker portal"),
    "console": ("干部工作台", "Officer console"),
    "open_house": ("短信、动态码与抢报按钮", "Codes, and a rush at the press of a button"),
    "account": ("干部账号、密码", "officer's login and password"),
    "member": ("会员、手机号", "member and number"),
    "stopped": ("停止服务", "Stopped"),
    "started": ("恢复服务", "Started again"),

    "table.season": ("一季结果", "The season"),
    "members": ("会员", "Members"),
    "organisations_founded": ("工会组织", "Organisations"),
    "imported": ("导入入会", "Joined by the import"),
    "imported_again": ("再次导入新增", "Joined by importing it again"),
    "bad_rows": ("错误行", "Bad rows"),
    "attempts": ("报名尝试", "Attempts to enroll"),
    "accepted": ("受理", "Accepted"),
    "refused": ("拒绝", "Refused"),
    "repeated": ("重复点击，答复一致", "Repeats with the first answer"),
    "asked_to_wait": ("稍后重试", "Answered with retry"),
    "seats": ("座位", "Seats"),
    "taken": ("已占", "taken"),
    "offered": ("待确认", "offered"),
    "free": ("空余", "free"),
    "waiting": ("候补", "Waiting"),
    "cancelled": ("取消报名", "Cancelled"),
    "transferred": ("转会", "Transferred"),
    "left": ("退会", "Left"),
    "applications": ("现场申请（通过/拒绝）", "Applications (approved / refused)"),
    "evening": ("交友活动签到", "Checked in at the evening"),
    "evening_waiting": ("活动候补", "Waiting for the evening"),
    "couples": ("牵手成功", "Couples"),
    "messages": ("站内消息", "Inbox messages"),
    "events": ("事件", "Events in the logs"),
    "applied_live": ("实时应用", "Events applied live"),
    "seconds": ("用时（秒）", "Seconds"),
    "rows_per_second": ("导入 行/秒", "Import, rows per second"),
    "attempts_per_second": ("抢报 次/秒", "Rush, enrollments per second"),
    "latency": ("抢报延迟 中位/99%（毫秒）", "Rush, latency p50 / p99 (ms)"),
    "resident": ("内存 MiB", "Resident memory, MiB"),
    "stores": ("存储 MiB", "Stores, MiB"),
    "invariants": ("不变式", "Invariants"),
    "held": ("全部成立", "all held"),
    "broken": ("有被破坏", "BROKEN"),

    "wrong_check_digit": ("校验位错误", "wrong check digit"),
    "impossible_date": ("日期不存在", "impossible date"),
    "same_person_again": ("同一人重复", "the same person again"),
    "unknown_union": ("工会代码未知", "unknown union"),
    "bad_encoding": ("编码错误", "bytes that are no text"),
    "missing_value": ("缺少内容", "missing value"),
    "campaign_not_open": ("尚未开放", "not open yet"),
    "already_enrolled": ("已报名", "already enrolled"),
    "already_waiting": ("已在候补", "already waiting"),
    "personal_cap_reached": ("达到限报数", "personal cap reached"),
    "time_clash": ("时间冲突", "time clash"),
    "not_a_member": ("非会员", "not a member"),
}


class Teller:
    def __init__(self, language, out=sys.stdout):
        self.language = language
        self.out = out
        self.width = max(width_of(self.say(name)) for name in TEXTS)

    def say(self, name):
        text = TEXTS.get(name)
        return text[0 if self.language == "zh-CN" else 1] if text else name

    def line(self, text=""):
        print(text, file=self.out, flush=True)

    def bar(self, name, total):
        return Bar(self, self.say(name), total)


class Bar:
    """A bar that grows on a terminal; elsewhere one line when it is full."""

    CELLS = 30

    def __init__(self, teller, title, total):
        self.teller, self.title, self.total = teller, title, max(1, total)
        self.began = self.drawn = time.monotonic()
        self.live = teller.out.isatty()
        self.done = 0

    def __enter__(self):
        if self.live:
            self.draw()
        return self

    def __call__(self, done):
        self.done = max(self.done, min(done, self.total))
        if self.live and time.monotonic() - self.drawn > 0.05:
            self.draw()

    def draw(self, end=""):
        self.drawn = time.monotonic()
        filled = self.CELLS * self.done // self.total
        meter = "█" * filled + "·" * (self.CELLS - filled)
        began = "\r" if self.live else ""
        self.teller.out.write(f"{began}  {padded(self.title, 34)} {meter} {self.done:>7}/{self.total:<7} "
                              f"{self.drawn - self.began:5.1f} s{end}")
        self.teller.out.flush()

    def __exit__(self, kind, *_):
        if kind is None:
            self.done = self.total
        self.draw(end="\n")


def width_of(text):
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def padded(text, width):
    return text + " " * (width - width_of(text))


def table(teller, rows):
    """`rows`: (name, value) or (None, name, value) for a line that belongs to the one above."""
    teller.line()
    teller.line(f"  {teller.say('table.season')}")
    for name, value, *below in rows:
        indent = "    " if below else "  "
        text = f"{value:,}" if isinstance(value, int) else str(value)
        teller.line(indent + padded(teller.say(name), 42 - len(indent)) + " " + text)
    teller.line()


def language_of_the_environment():
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "zh-CN" if os.environ[name].startswith("zh") else "en"
    return "en"
