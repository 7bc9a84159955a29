#!/usr/bin/python3
"""A real hub and real services, spoken to by the SDK for Python, which shares no code with them and knows
common/messaging/PROTOCOL.md alone.

    python_client_test.py <folder of the executables>
"""

import datetime
import hashlib
import pathlib
import stat
import sys
import tempfile
import time
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "common/sdk/python"), str(HERE.parent / "season")]

from gonghui import Bus, Feed, KeyPair, Request, Unanswered, worker  # noqa: E402
from gonghui.messages import Unfit  # noqa: E402
from gonghui.schemas.registration import FoundOrganisation, OrganisationTree  # noqa: E402
from gonghui.wire import now, pack, unpack  # noqa: E402
from district import ByHand  # noqa: E402

PROGRAMS = None


CITY = uuid.uuid4()


def found(organisation, **more):
    """A district of the city; the tree has one root."""
    return Request("registration.found_organisation", {"organisation_id": organisation, "parent_id": CITY,
                                                       "kind": "district", "name": "试验区总工会"} | more,
                   key=organisation)


class AClientInPython(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.district = ByHand(pathlib.Path(cls.folder.name) / "331083", PROGRAMS, ["--free-ports"])
        cls.district.grant_client("season")
        cls.district.start()
        cls.operator = cls.district.bus("ctl")
        reply = cls.operator.ask(Request("registration.found_organisation",
                                         {"organisation_id": CITY, "kind": "city", "name": "试验市总工会"}, key=CITY))
        assert reply.outcome == "accepted", reply

    @classmethod
    def tearDownClass(cls):
        cls.operator.close()
        code = cls.district.stop()
        cls.folder.cleanup()
        assert code == 0, f"a program ended with {code}"

    def ask(self, request):
        return self.operator.ask(request)

    def test_a_command_is_accepted_and_says_where_it_stands(self):
        reply = self.ask(found(uuid.uuid4()))
        self.assertEqual("accepted", reply.outcome)
        self.assertEqual("331083/registration/0", reply.at["source"])
        self.assertGreater(reply.at["seq"], 0)

    def test_the_same_request_again_gets_the_same_bytes(self):
        request = found(uuid.uuid4())
        first = self.ask(request)
        self.ask(found(uuid.uuid4()))  # the log goes on meanwhile
        self.assertEqual(first.bytes, self.ask(request).bytes)

    def test_a_refusal_stands_as_firmly(self):
        organisation = uuid.uuid4()
        self.ask(found(organisation))
        request = found(organisation)
        first = self.ask(request)
        self.assertEqual(("refused", "organisation_exists"), (first.outcome, first.code))
        self.assertEqual(first.bytes, self.ask(request).bytes)

    def test_an_id_with_other_content_is_invalid(self):
        request, other = found(uuid.uuid4()), found(uuid.uuid4())
        self.ask(request)
        altered = unpack(other.bytes) | {"id": request.id.bytes}
        other.id, other.bytes = request.id, pack(altered)
        reply = self.ask(other)
        self.assertEqual(("invalid", "id_reused"), (reply.outcome, reply.code))

    def test_a_missing_field_is_named(self):
        reply = self.ask(Request("registration.found_organisation", {"name": "x"}))
        self.assertEqual(("invalid", "invalid_fields"), (reply.outcome, reply.code))
        self.assertIn({"path": "kind", "code": "missing"}, reply.errors)

    def test_a_query_is_answered(self):
        district = uuid.uuid4()
        self.ask(found(district))
        reply = self.ask(Request("registration.organisation_tree", {"organisation_id": district}))
        self.assertEqual([district.bytes], [one["organisation_id"] for one in reply.data["organisations"]])

    def test_an_answer_waits_for_what_was_done_elsewhere(self):
        district, campaign = uuid.uuid4(), uuid.uuid4()
        founded = self.ask(found(district))
        reply = self.ask(Request("training.plan_campaign", {
            "campaign_id": campaign, "organisation_id": district, "name_zh": "夜校", "name_en": "Evening school",
            "opens_at": 0, "closes_at": 4_000_000_000_000_000}, key=campaign, after=founded.at))
        self.assertEqual("accepted", reply.outcome, str(reply))

    def test_an_answer_that_the_receiver_cannot_wait_for_is_invalid(self):
        for source in ("331083/training/0", "331003/registration/0", "nowhere"):  # registration follows nobody
            reply = self.ask(Request("registration.counts", {}, after={"source": source, "epoch": 1, "seq": 1}))
            self.assertEqual(("invalid", "invalid_request", [{"path": "after.source", "code": "not_followed"}]),
                             (reply.outcome, reply.code, reply.errors))

    def test_after_its_deadline_a_request_is_not_asked_again(self):
        late = Request("registration.counts", {}, deadline=now() - datetime.timedelta(seconds=1))
        begin = time.monotonic()
        with self.assertRaises(Unanswered):
            self.ask(late)
        self.assertLess(time.monotonic() - begin, 5.0, "its patience is 30 s")

    def test_what_is_typed_comes_back_typed(self):
        district = uuid.uuid4()
        reply = self.operator.ask(FoundOrganisation(organisation_id=district, parent_id=CITY, kind="district", name="区"))
        tree = self.operator.ask(OrganisationTree(organisation_id=district), after=reply.at).data
        self.assertEqual([(district, "district")], [(one.organisation_id, one.kind) for one in tree.organisations])
        with self.assertRaisesRegex(Unfit, "FoundOrganisation: kind: unknown_value, name: too_short"):
            FoundOrganisation(organisation_id=district, kind="village", name="")

    def test_an_actor_reaches_no_further_than_their_role(self):
        reply = self.ask(Request("training.add_course", {"course_id": uuid.uuid4(), "title_zh": "茶艺", "title_en": "Tea"},
                                 actor=worker(uuid.uuid4())))
        self.assertEqual(("refused", "not_permitted"), (reply.outcome, reply.code))

    def test_a_service_that_nobody_has_heard_of_is_invalid(self):
        reply = self.ask(Request("bakery.bake", {}))
        self.assertEqual(("invalid", "unknown_service"), (reply.outcome, reply.code))

    def test_a_client_gets_what_it_was_granted_and_no_more(self):
        season = self.district.bus("season")
        self.addCleanup(season.close)
        reply = season.ask(Request("registration._status", {}, partition=0))
        self.assertEqual(("refused", "not_permitted"), (reply.outcome, reply.code))

    def test_a_frame_that_is_none_gets_one_clear_answer_and_stops_nothing(self):
        self.operator._socket.send(b"\xc1\xff not a frame")
        (reply,) = self.operator.receive(5.0)
        self.assertEqual(("invalid", "undecodable"), (reply.outcome, reply.code))
        self.assertEqual("accepted", self.ask(found(uuid.uuid4())).outcome)

    def test_a_key_that_nobody_granted_does_not_get_in(self):
        stranger = Bus(self.district.hub(), KeyPair.make())
        self.addCleanup(stranger.close)
        with self.assertRaises(Unanswered):
            stranger.ask(found(uuid.uuid4()), patience=1.5)

    def test_a_key_file_is_readable_by_its_owner_alone(self):
        mode = (self.district.folder / "keys" / "ctl.key").stat().st_mode
        self.assertEqual(0o600, stat.S_IMODE(mode))

    def test_events_are_followed_live_and_read_back_where_they_were_missed(self):
        self.ask(found(uuid.uuid4()))
        hub, key = self.district.hub(), KeyPair.load(self.district.folder / "keys" / "ctl.key")
        follower = Feed(hub, key, self.operator, "331083/registration/0")
        self.addCleanup(follower.close)
        missed = self.until(follower, self.head())  # the log from its beginning: a gap is seen and read back
        self.assertEqual(list(range(1, follower.seq + 1)), [event["seq"] for event in missed])
        self.assertGreater(follower.from_pages, 0)

        districts = [uuid.uuid4() for _ in range(20)]
        replies = self.operator.ask_all([found(one) for one in districts])
        events = self.until(follower, max(reply.at["seq"] for reply in replies))
        self.assertEqual({one.bytes for one in districts}, {event["data"]["organisation_id"] for event in events})
        self.assertEqual(len(districts), follower.live)
        self.assertEqual(self.chain_of_the_store(), follower.chain)
        self.assertEqual(0, follower.strange)

    def test_a_client_without_the_right_to_follow_is_told_so(self):
        key = KeyPair.load(self.district.folder / "keys" / "season.key")
        follower = Feed(self.district.hub(), key, self.operator, "331083/registration/0")
        self.addCleanup(follower.close)
        for _ in range(100):
            self.assertEqual([], follower.events(0.05))
            if follower.refused:
                break
        self.assertEqual(("not_permitted", False), (follower.refused, follower.confirmed))

    def until(self, follower, seq):
        events = []
        for _ in range(100):
            if follower.seq >= seq:
                return events
            events += follower.events(0.2)
        self.fail(f"the follower stands at {follower.seq} of {seq}")

    def head(self):
        return self.ask(Request("registration._status", {}, partition=0)).data["head"]

    def chain_of_the_store(self):
        """Over the raw log, from its first record."""
        chain = bytes(32)
        for (record,) in self.district.rows("registration", "SELECT bytes FROM log ORDER BY seq"):
            chain = hashlib.blake2b(chain + record, digest_size=32).digest()
        return chain


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1))
    unittest.main()
