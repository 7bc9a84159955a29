#!/usr/bin/python3
"""Writes the data of a season from a seed: the organisation tree, a roster as officers keep it, courses and classes,
and who attempts what in the rush. All people are synthetic: their ID numbers are of the invented region 330099, and no
name, number or address was taken from anybody.

    generate.py --seed 2026 --folder var/season

Files: organisations.json, roster.csv, bad_rows.json (what the import must report, for the checker), campaign.json,
attempts.csv.
"""

import argparse
import csv
import datetime
import io
import json
import pathlib
import random
import uuid

DISTRICT = "331083"
TOWNSHIPS = ["玉城街道", "坎门街道", "大麦屿街道", "清港镇", "楚门镇", "干江镇", "沙门镇", "芦浦镇", "龙溪镇", "鸡山乡", "海山乡", "经济开发区"]
TRADES = ["机械", "阀门", "汽配", "眼镜", "家具", "电子", "物流", "餐饮", "纺织", "水产", "建筑", "软件"]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "安博晨丹恩芳刚海佳俊凯岚丽敏宁平琪然珊婷伟文晓欣雪阳怡宇泽哲志子梓若语思嘉明月"
COURSES = [("摄影入门", "Photography"), ("亲子沟通", "Parenting"), ("茶艺", "The art of tea"),
           ("羽毛球", "Badminton"), ("声乐", "Singing"), ("公众演讲", "Public speaking")]
HEADER = ["姓名", "证件号码", "手机号码", "电子邮箱", "工会代码"]
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def check_digit(seventeen):
    """GB 11643."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, seventeen)) % 11]


def organisation_code(body):
    """GB 32100: 17 characters and their check character."""
    total = sum(CODE_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + CODE_ALPHABET[(31 - total % 31) % 31]


class Season:
    def __init__(self, arguments):
        self.seed = arguments.seed
        self.members = arguments.members
        self.bad = arguments.bad
        self.unions = arguments.unions
        self.enrollees = arguments.enrollees
        self.attempts = arguments.attempts
        self.random = random.Random(arguments.seed)

    def uuid(self, name):
        return str(uuid.uuid5(uuid.UUID(int=self.seed), name))

    # --- organisations ---

    def organisations(self):
        city = {"organisation_id": self.uuid("city"), "kind": "city", "name": "台州市总工会", "new_employment": False}
        district = {"organisation_id": self.uuid("district"), "parent_id": city["organisation_id"],
                    "kind": "district", "name": "玉环市总工会", "new_employment": False}
        townships = [{"organisation_id": self.uuid(f"township {i}"), "parent_id": district["organisation_id"],
                      "kind": "township", "name": f"{name}总工会", "new_employment": False}
                     for i, name in enumerate(TOWNSHIPS)]
        return [city, district] + townships + [self.union(i, townships) for i in range(self.unions)]

    def union(self, number, townships):
        township = townships[number % len(townships)]
        form = ["enterprise", "enterprise", "enterprise", "joint", "village"][number % 5]
        trade = TRADES[self.random.randrange(len(TRADES))]
        name = {"enterprise": f"{trade}第{number + 1}公司工会", "joint": f"{trade}行业联合工会第{number + 1}分会",
                "village": f"第{number + 1}村联合工会"}[form]
        return {"organisation_id": self.uuid(f"union {number}"), "parent_id": township["organisation_id"],
                "kind": "union", "form": form, "name": name, "code": organisation_code(f"81{DISTRICT}M{number:08d}"),
                "new_employment": form == "joint" and trade in ("物流", "餐饮")}

    # --- the roster ---

    def person(self, number, id_number, unions):
        name = self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=self.random.choice([1, 2, 2])))
        return {"name": name, "id_number": id_number, "phone": f"1{self.random.choice('35789')}{number:09d}",
                "email": f"worker{number}@example.org" if number % 10 == 0 else "",
                "union_code": self.random.choice(unions)["code"]}

    def id_numbers(self, count):
        """Distinct, with a valid day, sequence and check digit."""
        days = [datetime.date(1962, 1, 1) + datetime.timedelta(days=i) for i in range(16000)]
        numbers = []
        for i in self.random.sample(range(16000 * 900), count):
            seventeen = f"330099{days[i % 16000]:%Y%m%d}{i // 16000 + 1:03d}"
            numbers.append(seventeen + check_digit(seventeen))
        return numbers

    def roster(self, organisations):
        unions = [o for o in organisations if o["kind"] == "union"]
        rows = [self.person(i, id_number, unions) for i, id_number in enumerate(self.id_numbers(self.members))]
        return rows, self.spoil(rows)

    def spoil(self, rows):
        """Turns `bad` rows into the errors that officers make, never the first thousand rows (the enrollees' earliest)."""
        kinds = ["wrong_check_digit", "impossible_date", "same_person_again", "unknown_union", "bad_encoding",
                 "missing_value"]
        places = sorted(self.random.sample(range(1000, len(rows)), self.bad))
        bad = []
        spoiled = set(places)
        for i, place in enumerate(places):
            kind = kinds[i % len(kinds)]
            column = self.spoil_one(rows, place, kind, spoiled)
            bad.append({"line": place + 2, "column": column, "code": kind})
        return bad

    def spoil_one(self, rows, place, kind, spoiled):
        row = rows[place]
        number = row["id_number"]
        if kind == "wrong_check_digit":
            row["id_number"] = number[:17] + ("0" if number[17] != "0" else "1")
            return "id_number"
        if kind == "impossible_date":
            seventeen = number[:10] + "0230" + number[14:17]
            row["id_number"] = seventeen + check_digit(seventeen)
            return "id_number"
        if kind == "same_person_again":
            earlier = self.random.choice([p for p in range(max(0, place - 900), place) if p not in spoiled])
            row["id_number"] = rows[earlier]["id_number"]
            row["union_code"] = rows[earlier]["union_code"]
            return "id_number"
        if kind == "unknown_union":
            row["union_code"] = organisation_code(f"81{DISTRICT}X{place:08d}")
            return "union_code"
        if kind == "bad_encoding":
            row["name"] = row["name"].encode() + b"\xff\xfe"
            return "name"
        column = ["name", "id_number", "union_code"][place % 3]
        row[column] = ""
        return column

    # --- the campaign ---

    def campaign(self):
        """Six courses, four classes of each; classes at the same evening hour clash."""
        courses = [{"course_id": self.uuid(f"course {i}"), "title_zh": zh, "title_en": en}
                   for i, (zh, en) in enumerate(COURSES)]
        classes = [{"course": i % len(courses), "capacity": 30, "evening": i % 8, "venue": f"职工学校{101 + i}室",
                    "sessions": 6} for i in range(24)]
        return {"courses": courses, "classes": classes, "classes_per_person": 2}

    # --- the rush ---

    def rush(self, bad):
        """In order of sending. `kind`: early (before the opening), first, tap (the same request again: `of` is its
        row), again (a new request for the same class)."""
        bad_lines = {row["line"] for row in bad}
        people = [line for line in range(2, self.members + 2) if line not in bad_lines][:self.enrollees]
        classes = 24
        early = min(500, self.attempts // 100)
        keen = min(300, self.enrollees // 60)  # who want more than they may have
        attempts = [(person, self.random.randrange(classes), "early", "") for person in people[:early]]
        for person in people[:keen]:
            for wanted in self.random.sample(range(classes), 4):
                attempts.append((person, wanted, "first", ""))
        wishes = [(person, self.random.randrange(classes)) for person in people[keen:]]
        others = self.attempts - len(attempts) - len(wishes)
        taps = others // 4
        tapped = set(self.random.sample(range(len(wishes)), min(taps, len(wishes))))
        for i, (person, wanted) in enumerate(wishes):
            attempts.append((person, wanted, "first", ""))
            if i in tapped:
                attempts.append((person, wanted, "tap", len(attempts) - 1))
        taken = {}
        for i in range(self.attempts - len(attempts)):
            person, wanted = wishes[i % len(wishes)]
            if i % 2 == 0:
                attempts.append((person, wanted, "again", ""))
            else:
                other = (wanted + 1 + taken.setdefault(person, self.random.randrange(classes - 1))) % classes
                attempts.append((person, other, "first", ""))
        return attempts


def write_roster(path, rows):
    with open(path, "wb") as file:
        for row in [HEADER] + [list(row.values()) for row in rows]:
            broken = [cell for cell in row if isinstance(cell, bytes)]
            text = io.StringIO()
            csv.writer(text, lineterminator="\r\n").writerow(["\0" if isinstance(c, bytes) else c for c in row])
            line = text.getvalue().encode()
            for cell in broken:
                line = line.replace(b'"\0"', cell).replace(b"\0", cell)
            file.write(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--bad", type=int, default=370)
    parser.add_argument("--unions", type=int, default=606)
    parser.add_argument("--enrollees", type=int, default=20_000)
    parser.add_argument("--attempts", type=int, default=50_000)
    arguments = parser.parse_args()
    if arguments.bad >= arguments.members - 1000 or arguments.enrollees > arguments.members - arguments.bad \
            or arguments.attempts < 2 * arguments.enrollees:
        parser.error("a season needs 1000 good rows at the beginning, at least as many good rows as enrollees, and two "
                     "attempts for each of them")

    season = Season(arguments)
    arguments.folder.mkdir(parents=True, exist_ok=True)

    def write_json(name, value):
        (arguments.folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")

    organisations = season.organisations()
    write_json("organisations.json", organisations)
    rows, bad = season.roster(organisations)
    write_roster(arguments.folder / "roster.csv", rows)
    write_json("bad_rows.json", bad)
    write_json("campaign.json", season.campaign())
    with open(arguments.folder / "attempts.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", "class", "kind", "of"])
        writer.writerows(season.rush(bad))


if __name__ == "__main__":
    main()
