#!/usr/bin/python3
"""Somebody asks to be erased: what was sealed with their key opens nowhere again, whatever lies on the disk.

Looks at the files themselves, with an implementation of the sealing of its own (PyNaCl): stores, their logs (WAL),
keyrings, backups and what the programs wrote down.

    erasure_test.py <folder of the executables>
"""

import base64
import itertools
import sqlite3
import sys
import time
import unittest

import msgpack
import nacl.bindings
import nacl.exceptions

import small_town
from small_town import SmallTown, number_of

PLACES = [f"registration/member.{field}" for field in ("name", "id_number", "phone", "email")] + [
    f"matchmaking/profile.{field}" for field in ("name", "contact", "nickname", "occupation", "about")]
CIPHER_AT = 1 + 16 + 24  # version, owner, nonce


def opened(key, place, sealed):
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[CIPHER_AT:], sealed[:17] + place.encode(), sealed[17:CIPHER_AT], key)
    except nacl.exceptions.CryptoError:
        return None


def byte_strings(value):
    """Every one in a decoded message, however deep; what is a message itself is decoded, too."""
    if isinstance(value, bytes):
        yield value
        try:
            value = msgpack.unpackb(value, raw=False, strict_map_key=False)
        except (ValueError, TypeError, msgpack.exceptions.UnpackException):
            return
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from byte_strings(one)


class Erasure(SmallTown):
    CONFIG = small_town.SHORT_LOGS

    def setUp(self):
        super().setUp()
        self.plain = {"name": "欧阳试验甲", "id_number": number_of(1), "phone": "13900000001",
                      "email": "erased.person@example.invalid"}
        self.person = self.join(self.plain)
        self.other = self.join({"name": "司徒试验乙", "id_number": number_of(2), "phone": "13900000002"})
        self.profile = {"name": "欧阳试验甲", "contact": "微信号 shiyan-jia-1990", "nickname": "山间试验来客",
                        "occupation": "试验工程技师", "about": "喜欢在试验山里爬山。"}
        self.introduce(self.person, self.profile)

    # --- what happens in the district ---

    def restore(self, service):
        self.assertEqual(0, self.district.stop_program(service))
        self.gonghui("restore", service)
        self.district.start_program(service)
        self.district.wait_until_ready()

    def wait_for_segments(self):
        until = time.monotonic() + 30
        while not all(any((self.district.folder / "store").glob(f"{service}-0.*.segment"))
                      for service in ("registration", "matchmaking")):
            self.assertLess(time.monotonic(), until, "the logs stay in their stores")
            time.sleep(0.05)

    # --- what lies on the disk ---

    def files(self):
        return [file for file in self.district.folder.rglob("*") if file.is_file() and file.suffix != ".lock"]

    def databases(self):
        for file in self.files():
            if file.suffix in (".db", ".segment") and file.read_bytes()[:6] == b"SQLite":
                database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
                yield file, database
                database.close()

    def wrapped_keys(self, person):
        """(file, as it stands in it) of each keyring, live or copied."""
        for file, database in self.databases():
            if ".keyring" in file.name:
                for (wrapped,) in database.execute("SELECT wrapped FROM keys WHERE owner = ?", (person.bytes,)):
                    yield file, wrapped

    def every_key(self):
        """Whatever opens of whatever may be one: the services' own, and everybody's in every keyring."""
        own = [base64.b64decode(file.read_text().strip()) for file in (self.district.folder / "keys").glob("*.service")]
        yield from own
        for file, database in self.databases():
            if ".keyring" in file.name:
                for (wrapped,) in database.execute("SELECT wrapped FROM keys WHERE wrapped IS NOT NULL"):
                    yield from filter(None, (opened(key, "keyring/keys.wrapped", wrapped) for key in own))

    def sealed_of(self, person):
        """Every value that names the person as its owner, in any column of any store, also inside what a log keeps."""
        found = set()
        for file, database in self.databases():
            if ".keyring" in file.name:
                continue
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in database.execute(f"SELECT * FROM {table}"):
                    for value in byte_strings(list(row)):
                        if value[:17] == b"\x01" + person.bytes and len(value) > CIPHER_AT + 16:
                            found.add(value)
        return found

    def read_by_anyone(self, person):
        keys = set(self.every_key())
        return {text for sealed, place, key in itertools.product(self.sealed_of(person), PLACES, keys)
                if (text := opened(key, place, sealed)) is not None}

    def holding(self, needle):
        return [str(file.relative_to(self.district.folder)) for file in self.files() if needle in file.read_bytes()]

    def assert_gone(self, person, wrapped):
        self.assertGreaterEqual(len(self.sealed_of(person)), 9, "the logs keep what was said, for whoever has the key")
        self.assertEqual(set(), self.read_by_anyone(person))
        for file, now in self.wrapped_keys(person):
            self.assertIsNone(now, file)
        for needle in wrapped:
            self.assertEqual([], self.holding(needle), "a destroyed key")
        for text in {*self.plain.values(), *self.profile.values()}:
            self.assertEqual([], self.holding(text.encode()), text)

    # --- promises ---

    def test_nothing_of_the_person_can_be_read_again(self):
        self.wait_for_segments()
        self.gonghui("backup")
        texts = {text.encode() for text in {*self.plain.values(), *self.profile.values()}}
        self.assertEqual(texts, self.read_by_anyone(self.person), "this test finds and opens what there is")
        wrapped = {one for _, one in self.wrapped_keys(self.person)}
        self.assertGreaterEqual(len(list(self.wrapped_keys(self.person))), 4, "two keyrings, and a copy of each")
        for one in wrapped:
            self.assertNotEqual([], self.holding(one))

        about = {"person_id": self.person}
        self.ask("erase_person", about, expected="membership_first")
        self.ask("leave", about | {"reason": "resigned"})
        self.ask("erase_person", about)
        self.ask("erase_person", about, expected="unknown_person")
        self.district.wait_until_level()
        self.assert_gone(self.person, wrapped)
        self.assertEqual({"司徒试验乙".encode(), number_of(2).encode(), b"13900000002"}, self.read_by_anyone(self.other))

        # A copy from before brings rows back, and no key; the person is erased again.
        self.restore("registration")
        self.restore("matchmaking")
        self.district.wait_until_level()
        self.ask("member_card", about, expected="unknown_person")
        self.assert_gone(self.person, wrapped)
        for service, table in (("registration", "persons"), ("matchmaking", "members"), ("training", "members")):
            self.assertEqual([(self.other.bytes,)], self.district.rows(service, f"SELECT person_id FROM {table}"), service)

        # Who applies again is somebody new.
        again = self.join(self.plain)
        self.assertNotEqual(self.person, again)
        self.assertEqual({text.encode() for text in self.plain.values()}, self.read_by_anyone(again))
        self.assertEqual(set(), self.read_by_anyone(self.person))


if __name__ == "__main__":
    small_town.PROGRAMS = sys.argv.pop(1)
    unittest.main(verbosity=2)
