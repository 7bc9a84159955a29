#!/usr/bin/python3
"""Writes the seeds of the fuzz targets to tests/fuzz/corpus/<target>/: the golden bytes of every schema, and by hand what
the other targets read. Seeds are named by their content, so that running it again changes nothing that stayed the same.
"""

import hashlib
import json
import pathlib
import shutil
import sys
import urllib.parse

import msgpack

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ID = bytes.fromhex("0190b6a012347abc8def0123456789ab")
SYNTHETIC = "330099199001010016"  # its check digit is right; no person has the district 330099


def golden():
    return json.loads((ROOT / "schemas/generated/golden.json").read_text())["examples"]


def messages():
    """Two bytes, the message's place in `every_message` of all services in turn, and its bytes."""
    places = {}
    for example in golden():
        place = places.setdefault((example["schema"], example["part"]), len(places))
        yield place.to_bytes(2, "big") + bytes.fromhex(example["messagepack"])


def events():
    for example in golden():
        service, name = example["schema"].split("/")
        if example["part"] == "data" and name.startswith(("member_", "seat_", "choice_", "message_")):
            head = {"id": ID, "source": f"331083/{service}/0", "type": name.rsplit(".", 1)[0], "subject": "person",
                    "time": 1767225600000000, "dataschema": example["schema"], "epoch": 1, "seq": 7, "cause": ID}
            packed = msgpack.packb(head)
            # The map of nine and its tenth entry, whose value is encoded already.
            yield bytes([0x80 | 10]) + packed[1:] + msgpack.packb("data") + bytes.fromhex(example["messagepack"])


def requests():
    data = {"campaign_id": ID, "class_id": ID, "person_id": ID}
    yield msgpack.packb({"id": ID, "type": "training.enroll", "key": ID, "data": data})
    yield msgpack.packb({"id": ID, "type": "training.enroll", "key": ID, "deadline": 1767225600000000,
                         "actor": {"person": ID, "role": "officer", "place": ID},
                         "after": {"source": "331083/registration/0", "epoch": 1, "seq": 9},
                         "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "data": data})
    yield msgpack.packb({"id": ID, "type": "training._log_read", "partition": 0, "data": {"after_seq": 1}})
    at = {"source": "331083/training/0", "epoch": 1, "seq": 12}
    yield msgpack.packb({"id": ID, "outcome": "accepted", "at": at, "data": {"state": "taken"}})
    yield msgpack.packb({"id": ID, "outcome": "refused", "code": "time_clash", "facts": {"class_id": ID}, "at": at})


def frames():
    request, event = next(requests()), next(events())
    holding = {"source": "331083/training/0", "partitions": 1, "claim": 3, "epoch": 1, "seq": 12}
    singles = [["request", request], ["request", 7, "ctl", request], ["reply", 7, b"\x80"], ["reply", b"\x80"],
               ["hold", holding], ["release", "331083/training/0"], ["event", "331083.training.seat_taken", event],
               ["follow", "331083.training."], ["following", "331083.training."], ["refused", "may_not_follow", "x"]]
    for one in singles:
        yield msgpack.packb(one)
    yield b"".join(msgpack.packb(one) for one in singles)


def rosters():
    header = "姓名,身份证号,手机号,工会代码"
    row = f"王小明,{SYNTHETIC},13800000001,91350100M000100Y43"
    yield f"{header}\n{row}\n".encode()
    yield f"\ufeff{header}\r\n{row}\r\n\"李,小红\",{SYNTHETIC},1380000,\r\n".encode()
    yield f"{header}\n{row}\n".encode("gb18030")
    yield f"name;id_number;phone;union_code\n\"Wang\nXiao\";{SYNTHETIC};+86 138 0000 0001;91350100M000100Y43\n".encode()
    yield f"{header}\n\"unclosed,{SYNTHETIC},1,2\n{row}\n".encode() + b"\xff\xfe,1,2,3\n"
    yield b"%PDF-1.7\n1 0 obj\n"


def configs():
    yield b'district = "331083"\ndrain = "5s"\non = true\nnames = ["a", "b"]\n[bind]\nport = 7001\n[log]\nlevel = "info"\n'
    yield b'[clients.training]\npublic_key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"\n[bind]\nprot = 1\n'
    yield b'[[peer]]\npublic = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"\nservice = "training"\ninstance = "training-0"\n' \
          b'publish = ["training"]\nfollow = ["registration"]\ncall = ["registration.read_keys"]\nassert_actor = true\n'


def bodies():
    """Two bytes, the request's place in the catalogue, and its JSON; and what an address says."""
    kinds = {one["$id"]: one["x-kind"] for one in map(json.loads, (
        file.read_text() for file in (ROOT / "schemas").glob("*/*.v*.json") if file.parent.name not in ("generated", "history")))}
    asked = [one for one in golden() if one["part"] == "data" and kinds[one["schema"]] != "event"]
    names = sorted({one["schema"] for one in asked}, key=lambda name: (name.split("/")[0], kinds[name], name))
    for one in asked:
        place = names.index(one["schema"]).to_bytes(2, "big")
        yield place + json.dumps(one["json"], ensure_ascii=False).encode()
        if all(isinstance(value, (str, int)) for value in one["json"].values()):
            yield place + urllib.parse.urlencode(one["json"]).encode()


def logs():
    for event in events():
        yield b"\x00\x2a" + event


def main():
    for name, seeds in {"event": events, "request": requests, "message": messages, "frame": frames, "roster": rosters,
                        "config": configs, "log": logs, "json": bodies}.items():
        folder = HERE / "corpus" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for seed in seeds():
            (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


if __name__ == "__main__":
    sys.exit(main())
