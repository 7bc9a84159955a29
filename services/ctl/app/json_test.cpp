#include "common/codec/value.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/ctl/app/json_input.hpp"
#include "services/ctl/app/json_output.hpp"
#include "services/ctl/domain/texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace gonghui::ctl {
namespace {

using schemas::Field;
using schemas::Message;
using schemas::Shape;
using schemas::Type;
using testing::HasSubstr;

constexpr Type any_uuid{.shape = Shape::uuid};
constexpr Type any_time{.shape = Shape::time};
constexpr Type any_date{.shape = Shape::date};
constexpr Type any_boolean{.shape = Shape::boolean};
constexpr Type some_bytes{.shape = Shape::binary, .maximum = 4};
constexpr Type sealed{.shape = Shape::sealed};
constexpr Type name_text{.shape = Shape::personal, .minimum = 1, .maximum = 3};
constexpr Type seats{.shape = Shape::integer, .minimum = 1, .maximum = 100};
constexpr std::array<std::string_view, 2> side_values{"male", "female"};
constexpr Type side{.shape = Shape::choice, .choices = side_values};
constexpr Type tags{.shape = Shape::array, .item = &name_text, .maximum = 2};
constexpr std::array all_fields{Field{"class_id", &any_uuid, true, "Which class."},
                                Field{"name", &name_text, false, ""},
                                Field{"seats", &seats, false, ""},
                                Field{"side", &side, false, ""},
                                Field{"tags", &tags, false, ""},
                                Field{"at", &any_time, false, ""},
                                Field{"born", &any_date, false, ""},
                                Field{"open", &any_boolean, false, ""},
                                Field{"bytes", &some_bytes, false, ""},
                                Field{"secret", &sealed, false, ""}};
constexpr Type record{.shape = Shape::record, .fields = all_fields};

Message message()
{
    Message message;
    message.type = "toys.open";
    message.data = &record;
    message.reply = &record;
    message.key = "class_id";
    return message;
}

const std::string id = "0190b6a0-1234-7abc-8def-0123456789ab";

std::vector<std::pair<std::string, std::string_view>> problems_of(const std::string& json)
{
    std::vector<std::pair<std::string, std::string_view>> problems;
    const auto read = read_message(message(), json);
    if (!read)
        for (const auto& problem : read.error()) problems.emplace_back(problem.path, problem.why.en);
    return problems;
}

std::string there_and_back(const std::string& json)
{
    const auto read = read_message(message(), json);
    EXPECT_TRUE(read);
    codec::Parser parser;
    messaging::ReceivedReply reply;
    reply.outcome = messaging::Outcome::accepted;
    reply.data = parser.parse(read->data).value();
    const auto described = message();
    const auto text = reply_json(reply, &described, nullptr, Language::en, JsonForm::one_line);
    const auto at = text.find("\"data\":") + 7;
    return text.substr(at, text.size() - at - 1);
}

Bytes page_of(const registration::HeldAboutReply& held)
{
    return messaging::encode_reply(Uuid{}, messaging::Reply::accepted(held), {});
}

registration::HeldLook look(unsigned char number)
{
    registration::HeldLook look;
    look.look_id.uuid.bytes.back() = std::byte{number};
    look.by_service = "ctl";
    look.purpose = "export";
    return look;
}

TEST(HeldCopy, PutsTheAnswersOfAllPagesAndServicesTogether)
{
    registration::HeldAboutReply first, second;
    first.roles = {{registration::Office::officer, {}}};
    first.looks = {look(1), look(2)};
    first.next = look(2).look_id;
    second.looks = {look(3)};
    const auto copy = held_copy({Uuid{}, {}, "本人申请"},
                                {{"registration", {page_of(first), page_of(second)}}, {"training", {page_of({})}}});

    std::vector<std::string> counts;
    for (const auto& count : copy.counts)
        counts.push_back(count.service + ' ' + count.what + ' ' + std::to_string(count.entries));
    EXPECT_THAT(counts, testing::ElementsAre("registration roles 1", "registration looks 3"));
    EXPECT_THAT(copy.json, testing::AllOf(HasSubstr("\"reason\": \"本人申请\""), HasSubstr("\"training\": {"),
                                          HasSubstr(to_string(look(1).look_id)), HasSubstr(to_string(look(3).look_id)),
                                          testing::Not(HasSubstr("\"next\""))));
}

TEST(JsonInput, ComesBackAsItWent)
{
    const auto json =
        R"({"class_id":")" + id +
        R"(","name":"张三","seats":30,"side":"female","tags":["a","b"],"at":"2026-03-01T12:00:00.000000Z",)"
        R"("born":"1990-01-01","open":true,"bytes":"Zm9v"})";
    EXPECT_EQ(there_and_back(json), json);
}

TEST(JsonInput, PutsFieldsInTheirOrderAndLeavesNullsOut)
{
    EXPECT_EQ(there_and_back(R"({"seats":1,"name":null,"class_id":")" + id + "\"}"),
              R"({"class_id":")" + id + R"(","seats":1})");
}

TEST(JsonInput, FindsTheRoutingKey)
{
    EXPECT_EQ(read_message(message(), R"({"class_id":")" + id + "\"}")->key, Uuid::parse(id));
}

TEST(JsonInput, NamesEveryWrongFieldAtOnce)
{
    using Problem = std::pair<std::string, std::string_view>;
    EXPECT_THAT(problems_of(R"({"name":"abcd","seats":0,"side":"other","tags":["a",1],"at":"noon","born":"1990-02-30",)"
                            R"("open":1,"bytes":"Zm9vYmFy","secret":"x"})"),
                testing::UnorderedElementsAre(
                    Problem{"class_id", text::is_missing.en}, Problem{"name", text::wrong_size.en},
                    Problem{"seats", text::out_of_range.en}, Problem{"side", text::must_be_one_of.en},
                    Problem{"tags.1", text::must_be_string.en}, Problem{"at", text::must_be_time.en},
                    Problem{"born", text::must_be_date.en}, Problem{"open", text::must_be_boolean.en},
                    Problem{"bytes", text::wrong_size.en}, Problem{"secret", text::cannot_be_given.en}));
}

TEST(JsonInput, RefusesWhatIsNotThereAndGuessesWhatWasMeant)
{
    const auto read = read_message(message(), R"({"clas_id":"x","class_id":")" + id + "\"}");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error()[0].path, "clas_id");
    EXPECT_EQ(read.error()[0].detail, "class_id");
}

TEST(JsonInput, SaysWhereJsonBreaks)
{
    const auto read = read_message(message(), "{\n \"a\" 1}");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error()[0].why.en, text::not_json.en);
    EXPECT_EQ(read.error()[0].detail.substr(0, 2), "2:");
}

TEST(JsonInput, TakesNoIntegerBeyondInt64AndNoFraction)
{
    EXPECT_EQ(problems_of(R"({"seats":18446744073709551615,"class_id":")" + id + "\"}")[0].second,
              text::out_of_range.en);
    EXPECT_EQ(problems_of(R"({"seats":1.5,"class_id":")" + id + "\"}")[0].second, text::must_be_integer.en);
}

TEST(JsonInput, TakesAnyShapeForTheBus)
{
    const auto bytes = read_plain(R"({"source":"331083/training/0","seq":3,"more":[true,null]})");
    ASSERT_TRUE(bytes);
    codec::Parser parser;
    const auto value = parser.parse(*bytes);
    EXPECT_EQ(value->find("seq")->integer(), 3);
    EXPECT_FALSE(read_plain("[1]"));
    EXPECT_FALSE(read_plain("{\"a\":1.5}"));
}

TEST(JsonOutput, ShowsOnlyTheSizeOfWhatIsSealed)
{
    codec::Writer out;
    out.map(1);
    out.text("secret");
    out.binary(as_bytes("ciphertext"));
    codec::Parser parser;
    messaging::ReceivedReply reply;
    reply.outcome = messaging::Outcome::accepted;
    reply.data = parser.parse(out.view()).value();
    const auto described = message();
    EXPECT_THAT(reply_json(reply, &described, nullptr, Language::en, JsonForm::one_line),
                HasSubstr("\"sealed(10 bytes)\""));
}

TEST(JsonOutput, WordsARefusal)
{
    messaging::ReceivedReply reply;
    reply.outcome = messaging::Outcome::refused;
    reply.code = "not_permitted";
    const auto* described = schemas::find_request("training.enroll");
    ASSERT_NE(described, nullptr);
    const auto* wording = schemas::find_refusal("training", "not_permitted");
    ASSERT_NE(wording, nullptr);
    EXPECT_THAT(reply_json(reply, described, wording, Language::zh_cn, JsonForm::one_line),
                HasSubstr(std::string(wording->zh_cn)));
}

}  // namespace
}  // namespace gonghui::ctl
