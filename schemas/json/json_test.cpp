// Held against schemas/generated/golden.json, which another encoder made: every request and every reply there is.

#include "common/codec/value.hpp"
#include "schemas/golden.hpp"
#include "schemas/json/from_json.hpp"
#include "schemas/json/to_json.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace gonghui::schemas {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;

const ordered_json& examples()
{
    static const auto whole = ordered_json::parse(std::ifstream(GONGHUI_GOLDEN));
    return whole.at("examples");
}

const Message* message_of(const ordered_json& example)
{
    for (const auto& message : messages())
        if (message.dataschema == example.at("schema").get<std::string>()) return &message;
    return nullptr;
}

// With its fields the other way round: their order is the schema's, not the sender's.
std::string reversed(const ordered_json& object)
{
    auto turned = ordered_json::object();
    for (auto field = object.rbegin(); field != object.rend(); ++field) turned[field.key()] = field.value();
    return turned.dump();
}

TEST(JsonInput, GivesTheGoldenBytesOfEveryRequest)
{
    int seen = 0;
    for (const auto& example : examples()) {
        const auto* message = message_of(example);
        if (message->kind == Kind::event || example.at("part") != "data") continue;
        const auto golden = from_hex(example.at("messagepack").get<std::string>());
        for (const auto& text : {example.at("json").dump(), reversed(example.at("json"))}) {
            const auto read = from_json(*message, text, {});
            ASSERT_TRUE(read) << message->type << ' ' << read.error().front().path << ' ' << read.error().front().code;
            EXPECT_EQ(read->data, golden) << message->type;
            EXPECT_EQ(read->key.has_value(), !message->key.empty()) << message->type;
        }
        ++seen;
    }
    EXPECT_GT(seen, 70);
}

TEST(JsonInput, SurvivesEveryCutAndEveryFlippedByte)
{
    for (const auto& example : examples()) {
        const auto* message = message_of(example);
        if (message->kind == Kind::event || example.at("part") != "data") continue;
        const auto whole = example.at("json").dump();
        for (std::size_t i = 0; i < whole.size(); ++i) {
            EXPECT_FALSE(from_json(*message, whole.substr(0, i), {}));
            auto damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
            static_cast<void>(from_json(*message, damaged, {}));
        }
    }
}

TEST(JsonOutput, IsTheGoldenJsonOfEveryReply)
{
    int seen = 0;
    for (const auto& example : examples()) {
        if (example.at("part") != "reply") continue;
        const auto* message = message_of(example);
        const auto golden = from_hex(example.at("messagepack").get<std::string>());
        codec::Parser parser;
        std::string text;
        append_json(text, *message->reply, parser.parse(golden).value());
        EXPECT_EQ(ordered_json::parse(text), example.at("json")) << message->type;
        ++seen;
    }
    EXPECT_GT(seen, 70);
}

class Enrolling : public testing::Test {
protected:
    const Message& enroll = *find_request("training.enroll");
    const std::string campaign = "0190b6a0-1234-7abc-8def-0123456789ab";
    Uuid self = *Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ff");

    std::vector<InputError> errors_of(const std::string& json)
    {
        const auto read = from_json(enroll, json, {});
        return read ? std::vector<InputError>{} : read.error();
    }
};

TEST_F(Enrolling, NamesEveryFieldThatIsWrong)
{
    using E = InputError;
    EXPECT_THAT(errors_of("{}"),
                ElementsAre(E{"campaign_id", "missing"}, E{"class_id", "missing"}, E{"person_id", "missing"}));
    EXPECT_THAT(errors_of(R"({"campaign_id":1,"class_id":null,"person_id":[{"a":[1]}],"x":{"y":1}})"),
                ElementsAre(E{"campaign_id", "wrong_type"}, E{"person_id", "wrong_type"}, E{"x", "unknown_field"},
                            E{"class_id", "missing"}));
    EXPECT_THAT(errors_of("[]"), ElementsAre(E{"", "wrong_type"}));
    EXPECT_THAT(errors_of("7"), ElementsAre(E{"", "wrong_type"}));
    EXPECT_THAT(errors_of("{} {}"), ElementsAre(E{"", "not_json", 4}));
    EXPECT_THAT(errors_of(""), ElementsAre(E{"", "not_json", 1}));
    EXPECT_THAT(errors_of(std::string(10'000, '[')), testing::Not(testing::IsEmpty()));
}

TEST_F(Enrolling, TakesTheCallersOwnIdWhereNoneIsGiven)
{
    const auto json = R"({"campaign_id":")" + campaign + R"(","class_id":")" + campaign + "\"}";
    const auto own = from_json(enroll, json, self);
    ASSERT_TRUE(own);
    codec::Parser parser;
    const auto data = parser.parse(own->data).value();
    EXPECT_EQ(Uuid::from_bytes(*data.find("person_id")->binary()), self);
    EXPECT_EQ(own->key, Uuid::parse(campaign));
    EXPECT_FALSE(from_json(enroll, json, {}));
}

TEST(Query, ReadsWhatAnAddressSays)
{
    const auto& inbox = *find_request("notifications.inbox");
    const Uuid self = *Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ff");
    const auto read = from_query(inbox, "limit=5", self);
    ASSERT_TRUE(read);
    codec::Parser parser;
    EXPECT_EQ(parser.parse(read->data).value().find("limit")->integer(), 5);
    EXPECT_THAT(from_query(inbox, "limit=five&limit=5", self).error(), ElementsAre(InputError{"limit", "wrong_type"}));
    EXPECT_FALSE(from_query(inbox, "limit=%", self));
    EXPECT_FALSE(from_query(inbox, "limit=1&limit=2", self));
    EXPECT_FALSE(from_query(inbox, "nothing=1", self));
    EXPECT_EQ(percent_decoded("a%20b+c%E5%B7%A5"), "a b c工");
    EXPECT_EQ(percent_decoded("%E5%B7"), std::nullopt) << "no UTF-8";
}

TEST(JsonInput, ReadsNothingWhereAFieldWasGivenRightAndThenWrong)
{
    const auto& campaigns = *find_request("training.campaign_status");
    const auto read =
        from_json(campaigns, R"({"campaign_id": "0190b6a0-1234-7abc-8def-0123456789ab", "campaign_id": 5})", {});
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error(),
                ElementsAre(InputError{"campaign_id", "given_twice"}, InputError{"campaign_id", "wrong_type"}));
}

}  // namespace
}  // namespace gonghui::schemas
