import contextlib
import io
import unittest

from .main import main
from .testing import COMMAND, EVENT, TemporaryHouse, changed

NUMBER = {"type": "integer", "minimum": 1, "maximum": 30}


def without_required(schema, name):
    return changed(schema, ["required"], [one for one in schema["required"] if one != name])


ALLOWED = [
    ("a new optional field", "lent.v1", changed(EVENT, ["properties", "extra"], {"type": "string"})),
    ("an optional field less", "lent.v1", changed(EVENT, ["properties", "remark"], None)),
    ("other words", "lent.v1", changed(EVENT, ["description"], "Other words.")),
    ("another id type", "lent.v1", changed(EVENT, ["properties", "shelf_id", "x-id"], "board")),
    ("other rights", "lend.v1", changed(COMMAND, ["x-actors", "city"], "all")),
    ("a wider bound of a request", "lend.v1", changed(COMMAND, ["properties", "days", "maximum"], 60)),
    ("no bound of a request", "lend.v1", changed(COMMAND, ["properties", "days", "maximum"], None)),
    ("one more value in a request", "lend.v1", changed(COMMAND, ["properties", "mood", "enum"], ["glad", "new", "x"])),
    ("a field that a request need not have any more", "lend.v1", without_required(COMMAND, "days")),
    ("a new optional field of a reply", "lend.v1",
     changed(COMMAND, ["x-reply", "properties", "extra"], {"type": "string"})),
]

BREAKING = [
    ("lent.v1", changed(EVENT, ["required"], EVENT["required"] + ["remark"]), "$.properties.remark", "now required"),
    ("lent.v1", without_required(EVENT, "days"), "$.properties.days", "now optional"),
    ("lent.v1", changed(without_required(EVENT, "days"), ["properties", "days"], None), "$.properties.days", "is gone"),
    ("lent.v1", changed(EVENT, ["properties", "days"], {"type": "string"}), "$.properties.days", "was integer"),
    ("lent.v1", changed(EVENT, ["properties", "reader", "x-personal"], None), "$.properties.reader", "was sealed"),
    ("lent.v1", changed(EVENT, ["properties", "days", "maximum"], 60), "$.properties.days", "looser"),
    ("lent.v1", changed(EVENT, ["properties", "days", "maximum"], 20), "$.properties.days", "tighter"),
    ("lent.v1", changed(EVENT, ["properties", "state", "enum"], ["fresh", "worn", "lost"]),
     "$.properties.state.enum", "gained lost"),
    ("lent.v1", changed(EVENT, ["properties", "state", "enum"], ["fresh"]), "$.properties.state.enum", "lost worn"),
    ("lent.v1", changed(EVENT, ["x-visibility"], "private"), "$.x-visibility", "was \"public\""),
    ("lent.v1", changed(EVENT, ["x-subject"], None), "$.x-subject", "was \"shelf_id\""),
    ("lend.v1", changed(COMMAND, ["x-key"], None), "$.x-key", "was \"shelf_id\""),
    ("lend.v1", changed(COMMAND, ["x-kind"], "query"), "$.x-kind", "was \"command\""),
    ("lend.v1", changed(COMMAND, ["properties", "days", "maximum"], 20), "$.properties.days", "tighter"),
    ("lend.v1", changed(COMMAND, ["properties", "mood", "enum"], ["glad"]), "$.properties.mood.enum", "lost new"),
    ("lend.v1", changed(COMMAND, ["properties", "pages", "maxItems"], 3), "$.properties.pages", "tighter"),
    ("lend.v1",
     changed(COMMAND, ["properties", "pages", "items", "properties", "number"], {"type": "boolean"}),
     "$.properties.pages.items.properties.number", "was integer"),
    ("lend.v1", changed(COMMAND, ["x-reply", "required"], []), "$.x-reply.properties.due", "now optional"),
]


class HistoryTest(unittest.TestCase):
    def setUp(self):
        self.take_fresh_house()

    def take_fresh_house(self):
        self.house = TemporaryHouse()
        self.addCleanup(self.house.close)
        self.assertEqual(self.run_generate("--record")[0], 0)

    def run_generate(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(arguments), self.house.root)
        return code, err.getvalue()

    def test_what_is_on_record_passes(self):
        self.assertEqual(self.run_generate("--check"), (0, ""))

    def test_allows_what_older_programs_can_live_with(self):
        for what, name, schema in ALLOWED:
            with self.subTest(what):
                self.take_fresh_house()
                self.house.put(name, schema)
                self.assertEqual(self.run_generate("--record"), (0, ""))
                self.assertEqual(self.run_generate("--check"), (0, ""))

    def test_refuses_what_breaks_older_programs_and_names_the_file_to_create(self):
        for name, schema, path, words in BREAKING:
            with self.subTest(path=path, words=words):
                self.house.put(name, schema)
                code, err = self.run_generate("--check")
                self.assertEqual(code, 1)
                self.assertIn(f"schemas/library/{name}.json: {path}: ", err)
                self.assertIn(words, err)
                self.assertIn(f"create schemas/library/{name[:-1]}2.json", err)
                self.house.put(name, EVENT if name == "lent.v1" else COMMAND)

    def test_takes_a_breaking_change_as_a_new_version(self):
        newer = changed(changed(EVENT, ["$id"], "library/lent.v2"), ["properties", "days"], {"type": "string"})
        self.house.put("lent.v2", newer)
        self.assertEqual(self.run_generate("--record"), (0, ""))
        self.assertEqual(self.run_generate("--check"), (0, ""))

    def test_holds_a_field_that_comes_back_to_the_type_that_it_had(self):
        self.house.put("lent.v1", changed(EVENT, ["properties", "remark"], None))
        self.assertEqual(self.run_generate("--record")[0], 0)
        self.house.put("lent.v1", changed(EVENT, ["properties", "remark"], {"type": "integer"}))
        code, err = self.run_generate("--check")
        self.assertEqual(code, 1)
        self.assertIn("$.properties.remark: was text and is now integer", err)

    def test_asks_to_record_what_is_not_on_record(self):
        self.house.put("lent.v1", changed(EVENT, ["properties", "extra"], {"type": "string"}))
        self.assertEqual(self.run_generate()[0], 0)
        code, err = self.run_generate("--check")
        self.assertEqual(code, 1)
        self.assertIn("schemas/library/lent.v1.json: is not on record; run scripts/generate --record", err)

    def test_refuses_that_a_message_vanishes(self):
        self.house.path("lent.v1").unlink()
        code, err = self.run_generate("--check")
        self.assertEqual(code, 1)
        self.assertIn("schemas/library/lent.v1.json: $: is gone", err)

    def test_a_breaking_change_is_never_recorded(self):
        self.house.put("lent.v1", changed(EVENT, ["properties", "days"], {"type": "string"}))
        self.assertEqual(self.run_generate("--record")[0], 1)
        self.house.put("lent.v1", EVENT)
        self.assertEqual(self.run_generate("--check"), (0, ""))


if __name__ == "__main__":
    unittest.main()
