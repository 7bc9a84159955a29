"""Asks the service, in the district of GONGHUI_DISTRICT_FOLDER, with the operator's key."""
import os
import unittest
import uuid

from gonghui import Bus, Hub, KeyPair, worker
from gonghui.schemas.registration import FoundOrganisation

from messages import Note, Notes

FOLDER = os.environ["GONGHUI_DISTRICT_FOLDER"]


class Check(unittest.TestCase):
    def setUp(self):
        self.bus = Bus(Hub.of(FOLDER), KeyPair.load(f"{FOLDER}/keys/ctl.key"))
        self.addCleanup(self.bus.close)

    def test_a_note_is_kept(self):
        city = uuid.uuid4()
        founded = self.bus.ask(FoundOrganisation(organisation_id=city, kind="city", name="试验市总工会"))
        self.assertEqual("accepted", founded.outcome, str(founded))
        reply = self.bus.ask(Note(organisation_id=city, text="你好"), after=founded.at)
        self.assertEqual("accepted", reply.outcome, str(reply))
        self.assertEqual(["你好"], self.bus.ask(Notes(organisation_id=city)).data.notes)

    def test_what_it_refuses(self):
        nowhere = Note(organisation_id=uuid.uuid4(), text="x")
        self.assertEqual("unknown_organisation", self.bus.ask(nowhere).code)
        self.assertEqual("not_permitted", self.bus.ask(nowhere, actor=worker(uuid.uuid4())).code)


unittest.main()
