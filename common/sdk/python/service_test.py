#!/usr/bin/python3
"""What is wrong with a service as it is written is said before it runs, all of it, with an exit code of its own."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from gonghui import Bus, Hub, KeyPair, Request, Service  # noqa: E402
from gonghui.faults import faults_of  # noqa: E402
from gonghui.messages import event, query  # noqa: E402
from gonghui.schemas.training import SeatTaken  # noqa: E402
from gonghui.store import Store, Unusable  # noqa: E402

TABLE = "CREATE TABLE seats (class_id BLOB PRIMARY KEY)"


@event("training/seat_takn.v1")
class Misspelt:
    class_id: uuid.UUID


@query("training.seats")
class OfAnother:
    pass


def sound():
    service = Service("popular", tables=[TABLE], read_models={"training": ["seats"]})
    service.keeps_nothing_about_people()
    service.evolve(SeatTaken)(lambda db, event: None)
    return service


class Faults(unittest.TestCase):
    def assert_found(self, service, *said):
        self.assertEqual(list(said), faults_of(service))

    def test_there_are_none(self):
        self.assert_found(sound())

    def test_an_event_that_is_none_of_the_followed_service(self):
        service = sound()
        service.react(Misspelt)(lambda db, event: [])
        self.assert_found(service, "training/seat_takn.v1: training has no such event; did you mean seat_taken?")

    def test_a_request_of_another_service(self):
        service = sound()
        service.query(OfAnother)(lambda db, request: None)
        self.assert_found(service, "training.seats: requests of this service are called popular.<name>")

    def test_a_handler_of_another_shape(self):
        service = Service("popular")

        @service.evolve(SeatTaken)
        def taken(event):
            pass

        self.assert_found(service, "taken(event): a handler takes two: (db, event)")

    def test_what_is_no_event(self):
        service = Service("popular")

        @service.evolve
        def taken(db, event):
            pass

        self.assert_found(service, "taken is not an event: a handler is registered for those, @service.evolve(SeatTaken)")

    def test_tables(self):
        service = sound()
        service.tables, service.read_models = ["CREATE TABEL x (y)"], {}
        self.assert_found(service, 'tables[0]: near "TABEL": syntax error')
        service.tables, service.read_models = [TABLE], {"trainig": ["seats"], "training": ["seat"]}
        self.assert_found(service, "read_models: it follows no trainig; did you mean training?",
                          "read_models['training']: no script of `tables` makes seat; did you mean seats?")

    def test_all_of_them_end_the_program(self):
        service = sound()
        service.react(Misspelt)(lambda db, event: [])
        service.query(OfAnother)(lambda db, request: None)
        for arguments, code, lines in ((["var/331083"], 78, 2), ([], 64, 2), (["--unknown"], 64, 2)):
            with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit) as ended:
                service.run(arguments)
            self.assertEqual((code, lines), (ended.exception.code, len(said.getvalue().splitlines())), said.getvalue())


class Stores(unittest.TestCase):
    def opened(self, *tables):
        Store(self.path, "331083/popular/0", tables).close()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "popular-0.db"

    def test_a_script_that_has_run_is_not_another_one_later(self):
        more = "ALTER TABLE seats ADD COLUMN taken INTEGER"
        self.opened(TABLE)
        self.opened(TABLE.replace(" (", "\n    ("), more)
        for tables in ((TABLE, more + " DEFAULT 0"), (more, TABLE)):
            with self.assertRaisesRegex(Unusable, r"tables\[[01]\] is another than the script that made this store") as raised:
                self.opened(*tables)
            self.assertEqual(65, raised.exception.code)
        self.opened(TABLE, more)


class Asking(unittest.TestCase):
    def test_a_request_carries_its_own_actor(self):
        key = KeyPair.make()
        with Bus(Hub("tcp://127.0.0.1:1", "", key.public), key) as bus, self.assertRaisesRegex(TypeError, "its own actor"):
            bus.ask(Request("popular.classes", {}), actor={"role": "worker"})


if __name__ == "__main__":
    unittest.main()
