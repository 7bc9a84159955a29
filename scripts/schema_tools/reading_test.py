import unittest

from . import model
from .reading import read_service
from .testing import COMMAND, EVENT, TemporaryHouse, changed

PROPERTIES = ["properties"]

# (what is put in the place of a good schema, where the problem is, what its message says)
BAD_COMMANDS = [
    (["x-kind"], "wish", "$.x-kind", "command"),
    (["$id"], "library/lend.v2", "$.$id", "library/lend.v1"),
    (["$schema"], None, "$.$schema", "2020-12"),
    (["title"], "Borrow", "$.title", "Lend"),
    (["description"], "", "$.description", "one sentence"),
    (["x-visibility"], "public", "$.x-visibility", "unknown key"),
    (["additionalProperties"], False, "$.additionalProperties", "unknown key"),
    (["x-actors"], None, "$.x-actors", "is missing"),
    (["x-actors", "king"], "all", "$.x-actors.king", "unknown role"),
    (["x-actors", "worker"], "some", "$.x-actors.worker", "nobody, self, place, all"),
    (["x-refusals"], ["no_such"], "$.x-refusals", "refusals.json"),
    (["x-key"], "days", "$.x-key", "format uuid"),
    (["x-key"], "nothing", "$.x-key", "format uuid"),
    (["required"], ["shelf_id", "gone"], "$.required", "not among the properties"),
    (["required"], ["shelf_id", "shelf_id"], "$.required", "twice"),
    (["x-reply"], {"type": "string"}, "$.x-reply", "\"type\": \"object\""),
    (PROPERTIES + ["Days"], {"type": "integer"}, "$.properties.Days", "snake_case"),
    (PROPERTIES + ["rights"], {"type": "integer"}, "$.properties.rights", "already has a member"),
    (PROPERTIES + ["days"], "integer", "$.properties.days", "must be a schema"),
    (PROPERTIES + ["days", "type"], "number", "$.properties.days.type", "smallest unit"),
    (PROPERTIES + ["days", "type"], ["integer", "null"], "$.properties.days.type", "not supported"),
    (PROPERTIES + ["days", "default"], 1, "$.properties.days.default", "unknown key"),
    (PROPERTIES + ["days", "minimum"], 31, "$.properties.days", "nothing would fit"),
    (PROPERTIES + ["days", "minimum"], "1", "$.properties.days.minimum", "must be an integer"),
    (PROPERTIES + ["note", "minLength"], -1, "$.properties.note.minLength", "0 or more"),
    (PROPERTIES + ["note", "pattern"], ".*", "$.properties.note.pattern", "unknown key"),
    (PROPERTIES + ["note", "format"], "email", "$.properties.note.format", "uuid, date-time or date"),
    (PROPERTIES + ["note", "contentEncoding"], "base32", "$.properties.note.contentEncoding", "base64"),
    (PROPERTIES + ["reader", "x-personal"], False, "$.properties.reader.x-personal", "leave it out"),
    (PROPERTIES + ["mood", "enum"], [], "$.properties.mood.enum", "at least one"),
    (PROPERTIES + ["mood", "enum"], ["Glad"], "$.properties.mood.enum", "snake_case"),
    (PROPERTIES + ["mood", "enum"], ["glad", "glad"], "$.properties.mood.enum", "twice"),
    (PROPERTIES + ["mood", "title"], "mood", "$.properties.mood.title", "PascalCase"),
    (PROPERTIES + ["shelf_id", "x-id"], "Shelf", "$.properties.shelf_id.x-id", "snake_case"),
    (PROPERTIES + ["extras", "additionalProperties"], True, "$.properties.extras.additionalProperties", "text to text"),
    (PROPERTIES + ["pages", "items"], None, "$.properties.pages.items", "must be a schema"),
    (PROPERTIES + ["pages", "items"], {"type": "boolean"}, "$.properties.pages.items", "booleans"),
    (PROPERTIES + ["pages", "items", "title"], None, "$.properties.pages.items", "give it a \"title\""),
]

BAD_EVENTS = [
    (["x-visibility"], None, "$.x-visibility", "private"),
    (["x-actors"], {"worker": "self"}, "$.x-actors", "unknown key"),
    (["x-subject"], "remark", "$.x-subject", "required property"),
    (["properties", "subject"], {"type": "string"}, "$.properties.subject", "already has a member"),
]

BAD_FILES = [
    ("lend.v1", "{", "line 1, column 2", "is not JSON"),
    ("lend.v1", "[]", "$", "one JSON object"),
    ("lend.v1", '{"type": 1, "type": 2}', "$", "stands twice"),
    ("Lend.v1", COMMAND, "$", "must be named"),
    ("lend", COMMAND, "$", "must be named"),
    ("refusals", {"not_permitted": {"en": "No."}}, "$.not_permitted", "zh-CN"),
]


class ReadingTest(unittest.TestCase):
    def setUp(self):
        self.house = TemporaryHouse()
        self.addCleanup(self.house.close)

    def read(self):
        problems = []
        service = read_service(self.house.root / "schemas" / "library", problems)
        return service, problems

    def expect_problem(self, path, words):
        _, problems = self.read()
        found = [problem for problem in problems if problem.path == path and words in problem.message]
        self.assertTrue(found, f"no problem at {path} that says {words!r}; there are: {[str(one) for one in problems]}")
        self.assertTrue(str(found[0]).startswith("schemas/library/"))

    def test_reads_a_good_service_without_a_problem(self):
        service, problems = self.read()
        self.assertEqual(problems, [])
        command, event = service.messages
        self.assertEqual(command.reach, ("self", "place", "nobody", "nobody", "nobody", "all"))
        self.assertEqual(command.key, "shelf_id")
        self.assertEqual(command.body.find("reader").type, model.Personal(None, 64))
        self.assertEqual(event.body.find("reader").type, model.Sealed())
        self.assertEqual(event.body.find("state").type, model.Choice("LentState", ("fresh", "worn")))
        self.assertEqual(command.reply.find("due").type, model.Date())

    def test_names_what_is_wrong_with_a_command(self):
        for where, value, path, words in BAD_COMMANDS:
            with self.subTest(path=path, value=value):
                self.house.put("lend.v1", changed(COMMAND, where, value))
                self.expect_problem(path, words)

    def test_names_what_is_wrong_with_an_event(self):
        for where, value, path, words in BAD_EVENTS:
            with self.subTest(path=path, value=value):
                self.house.put("lent.v1", changed(EVENT, where, value))
                self.expect_problem(path, words)

    def test_names_what_is_wrong_with_a_file(self):
        for name, content, path, words in BAD_FILES:
            with self.subTest(name=name, content=content):
                self.house = TemporaryHouse()
                self.addCleanup(self.house.close)
                self.house.put(name, content)
                self.expect_problem(path, words)

    def test_names_a_file_that_is_no_utf8(self):
        self.house.path("lend.v1").write_bytes(b'{"title": "\xc4\xe3"}')
        self.expect_problem("$", "is not UTF-8")

    def test_tells_all_problems_of_a_file_at_once(self):
        bad = changed(changed(COMMAND, ["x-key"], "gone"), ["properties", "days", "minimum"], 31)
        self.house.put("lend.v1", bad)
        _, problems = self.read()
        self.assertEqual({problem.path for problem in problems}, {"$.x-key", "$.properties.days"})

    def test_lets_two_messages_share_a_type_that_is_the_same(self):
        page = COMMAND["properties"]["pages"]
        self.house.put("lent.v1", changed(EVENT, ["properties", "pages"], page))
        self.assertEqual(self.read()[1], [])

    def test_refuses_one_title_for_two_types(self):
        page = changed(COMMAND["properties"]["pages"], ["items", "properties", "number"], {"type": "string"})
        self.house.put("lent.v1", changed(EVENT, ["properties", "pages"], page))
        self.expect_problem("$", "the title Page is used for something else")

    def test_gives_older_versions_a_suffix(self):
        newer = changed(changed(EVENT, ["$id"], "library/lent.v2"), ["properties", "days"], {"type": "string"})
        self.house.put("lent.v2", newer)
        service, problems = self.read()
        self.assertEqual(problems, [])
        titles = {message.title: message.schema_id for message in service.of_kind("event")}
        self.assertEqual(titles, {"LentV1": "library/lent.v1", "Lent": "library/lent.v2"})
        self.assertEqual(service.of_kind("event")[0].body.find("state").type.name, "LentStateV1")


if __name__ == "__main__":
    unittest.main()
