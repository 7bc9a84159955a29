#include "common/codec/fields.hpp"
#include "common/codec/value.hpp"
#include "common/codec/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>

namespace gonghui::codec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Bytes bytes(std::initializer_list<unsigned> values)
{
    Bytes out;
    for (const auto value : values) out.push_back(static_cast<std::byte>(value));
    return out;
}

template <class Write>
Bytes written(Write write)
{
    Writer out;
    write(out);
    return out.take();
}

Bytes nested_arrays(std::size_t depth)
{
    return written([&](Writer& out) {
        for (std::size_t i = 0; i < depth; ++i) out.array(1);
        out.nil();
    });
}

std::string refusal_of(const Bytes& input)
{
    Parser parser;
    const auto parsed = parser.parse(input);
    return parsed ? "" : parsed.error();
}

template <class T, class... Bounds>
std::vector<FieldError> errors_of(const Bytes& input, T& out, const Bounds&... bounds)
{
    Parser parser;
    Errors errors;
    field(*parser.parse(input), "it", out, errors, bounds...);
    return errors.list();
}

template <class T>
Bytes map_of(const T& value)
{
    return written([&](Writer& out) {
        out.map(1);
        entry(out, "it", value);
    });
}

template <class T>
void expect_round_trip(const T& value)
{
    T read{};
    EXPECT_THAT(errors_of(map_of(value), read), ElementsAre());
    EXPECT_EQ(read, value);
}

TEST(Writer, WritesIntegersInTheirShortestForm)
{
    const auto integer = [](std::int64_t value) {
        return written([&](Writer& out) { out.integer(value); });
    };
    EXPECT_EQ(integer(0), bytes({0x00}));
    EXPECT_EQ(integer(127), bytes({0x7f}));
    EXPECT_EQ(integer(128), bytes({0xcc, 0x80}));
    EXPECT_EQ(integer(256), bytes({0xcd, 0x01, 0x00}));
    EXPECT_EQ(integer(65536), bytes({0xce, 0x00, 0x01, 0x00, 0x00}));
    EXPECT_EQ(integer(std::int64_t{1} << 32), bytes({0xcf, 0, 0, 0, 1, 0, 0, 0, 0}));
    EXPECT_EQ(integer(-32), bytes({0xe0}));
    EXPECT_EQ(integer(-33), bytes({0xd0, 0xdf}));
    EXPECT_EQ(integer(-129), bytes({0xd1, 0xff, 0x7f}));
}

TEST(Writer, CopiesAParsedValue)
{
    const auto input = map_of(std::vector<std::string>{"one", "two"});
    Parser parser;
    const auto value = *parser.parse(input);
    EXPECT_EQ(written([&](Writer& out) { out.value(value); }), input);
}

TEST(Writer, IsReusableAfterTake)
{
    Writer out;
    out.integer(1);
    EXPECT_EQ(out.take(), bytes({0x01}));
    EXPECT_TRUE(out.view().empty());
    out.integer(2);
    EXPECT_EQ(to_bytes(out.view()), bytes({0x02}));
}

TEST(Value, ReadsWhatTheWriterWrote)
{
    const auto input = written([](Writer& out) {
        out.map(4);
        entry(out, "yes", true);
        entry(out, "many", std::int64_t{-5});
        entry(out, "name", std::string("工惠"));
        entry(out, "raw", bytes({1, 2, 3}));
    });
    Parser parser;
    const auto value = *parser.parse(input);
    EXPECT_EQ(value.kind(), Kind::map);
    EXPECT_EQ(value.size(), 4U);
    EXPECT_EQ(value.find("yes")->boolean(), true);
    EXPECT_EQ(value.find("many")->integer(), -5);
    EXPECT_EQ(value.find("name")->text(), "工惠");
    EXPECT_EQ(to_bytes(*value.find("raw")->binary()), bytes({1, 2, 3}));
    EXPECT_EQ(value.find("nothing"), std::nullopt);
    EXPECT_EQ(value.find("yes")->text(), std::nullopt);
    EXPECT_EQ(Value().kind(), Kind::nil);
}

TEST(Value, PointsIntoTheInput)
{
    const auto input = map_of(std::string("near"));
    Parser parser;
    const auto text = *parser.parse(input)->find("it")->text();
    EXPECT_GE(static_cast<const void*>(text.data()), static_cast<const void*>(input.data()));
    EXPECT_LT(static_cast<const void*>(text.data()), static_cast<const void*>(input.data() + input.size()));
}

TEST(Value, RefusesAnIntegerBeyondInt64)
{
    Parser parser;
    const auto input = bytes({0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(parser.parse(input)->integer(), std::nullopt);
}

TEST(Value, GivesTextOnlyWhenItIsUtf8)
{
    const auto is_text = [](std::string_view raw) {
        const auto input = written([&](Writer& out) { out.text(raw); });
        Parser parser;
        return parser.parse(input)->text().has_value();
    };
    for (const auto* good : {"", "plain ascii beyond eight bytes", "张伟", "é", "🎉", "\xF4\x8F\xBF\xBF"})
        EXPECT_TRUE(is_text(good)) << good;
    for (const auto* bad : {"\xC4\xE3\xBA\xC3", "\x80", "\xC0\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "eight by\xE5\xBC", "\xE5"})
        EXPECT_FALSE(is_text(bad)) << bad;
}

TEST(Parser, RefusesWhatIsCutOff)
{
    const auto whole = map_of(std::vector<std::string>{"one", "two"});
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE(refusal_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "") << size;
}

TEST(Parser, RefusesTrailingBytes)
{
    EXPECT_EQ(refusal_of(bytes({0x01, 0x02, 0x03})), "2 bytes follow the MessagePack value");
}

TEST(Parser, RefusesWhatIsNoMessagePack)
{
    EXPECT_EQ(refusal_of(bytes({0xc1})), "the bytes are not MessagePack");
}

TEST(Parser, RefusesNestingBeyondTheLimit)
{
    EXPECT_EQ(refusal_of(nested_arrays(Limits::depth)), "");
    EXPECT_EQ(refusal_of(nested_arrays(Limits::depth + 1)), "nested deeper than 32 levels");
}

TEST(Parser, RefusesCountsBeyondTheLimitFromTheirFirstBytes)
{
    EXPECT_THAT(refusal_of(bytes({0xdd, 0xff, 0xff, 0xff, 0xff})), HasSubstr("an array of more than 10000"));
    EXPECT_THAT(refusal_of(bytes({0xdf, 0xff, 0xff, 0xff, 0xff})), HasSubstr("a map of more than 10000"));
    EXPECT_THAT(refusal_of(written([](Writer& out) { out.text(std::string(Limits::text_bytes + 1, 'a')); })),
                HasSubstr("a text or binary of more than 1048576"));
    EXPECT_EQ(refusal_of(written([](Writer& out) { out.text(std::string(Limits::text_bytes, 'a')); })), "");
}

TEST(Parser, IsReusableAfterARefusal)
{
    Parser parser;
    EXPECT_FALSE(parser.parse(bytes({0xc1})));
    const auto input = bytes({0x05});
    EXPECT_EQ(parser.parse(input)->integer(), 5);
}

TEST(Fields, RoundTrip)
{
    expect_round_trip(true);
    expect_round_trip(std::numeric_limits<std::int64_t>::min());
    expect_round_trip(std::numeric_limits<std::int64_t>::max());
    expect_round_trip(std::string("职工课堂"));
    expect_round_trip(*Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab"));
    expect_round_trip(Id<struct SomeTag>(*Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab")));
    expect_round_trip(from_microseconds(1'767'225'600'000'000));
    expect_round_trip(bytes({0, 255}));
    expect_round_trip(Sealed{bytes({1, 2})});
    expect_round_trip(Personal("张伟"));
    expect_round_trip(
        std::chrono::year_month_day(std::chrono::year(1949), std::chrono::December, std::chrono::day(31)));
    expect_round_trip(std::vector<std::int64_t>{1, 2, 3});
    expect_round_trip(std::map<std::string, std::string>{{"b", "2"}, {"a", "1"}});
}

TEST(Fields, NameWhatIsMissingOrOfAnotherKind)
{
    std::string text;
    Uuid uuid;
    EXPECT_THAT(errors_of(written([](Writer& out) { out.map(0); }), text), ElementsAre(FieldError{"it", "missing"}));
    EXPECT_THAT(errors_of(map_of(std::int64_t{1}), text), ElementsAre(FieldError{"it", "wrong_type"}));
    EXPECT_THAT(errors_of(map_of(bytes({1})), uuid), ElementsAre(FieldError{"it", "wrong_type"}));
    EXPECT_THAT(errors_of(map_of(std::string("\xC4\xE3")), text), ElementsAre(FieldError{"it", "wrong_type"}));
}

TEST(Fields, TakeAbsentAndNilAsNotGiven)
{
    std::optional<std::string> text = "before";
    EXPECT_THAT(errors_of(written([](Writer& out) { out.map(0); }), text), ElementsAre());
    EXPECT_EQ(text, std::nullopt);
    const auto nil = written([](Writer& out) {
        out.map(1);
        out.text("it");
        out.nil();
    });
    EXPECT_THAT(errors_of(nil, text), ElementsAre());
    EXPECT_EQ(text, std::nullopt);
}

TEST(Fields, LeaveOutWhatIsNotGiven)
{
    const std::optional<std::int64_t> given = 1;
    const std::optional<std::int64_t> absent;
    EXPECT_EQ(count_given(given, absent), 1U);
    EXPECT_TRUE(written([&](Writer& out) { entry(out, "it", absent); }).empty());
}

TEST(Fields, GiveThePathOfAnElement)
{
    std::vector<std::string> texts;
    const auto input = written([](Writer& out) {
        out.map(1);
        out.text("it");
        out.array(2);
        out.text("fine");
        out.integer(1);
    });
    EXPECT_THAT(errors_of(input, texts), ElementsAre(FieldError{"it.1", "wrong_type"}));
}

TEST(Fields, HoldBounds)
{
    std::int64_t number = 0;
    const Range range{.minimum = 1, .maximum = 30};
    EXPECT_THAT(errors_of(map_of(std::int64_t{30}), number, range), ElementsAre());
    EXPECT_THAT(errors_of(map_of(std::int64_t{31}), number, range), ElementsAre(FieldError{"it", "out_of_range"}));
    EXPECT_THAT(errors_of(map_of(std::int64_t{0}), number, range), ElementsAre(FieldError{"it", "out_of_range"}));

    std::string text;
    const Length length{.minimum = 1, .maximum = 2};
    EXPECT_THAT(errors_of(map_of(std::string("张伟")), text, length), ElementsAre());
    EXPECT_THAT(errors_of(map_of(std::string("张小伟")), text, length), ElementsAre(FieldError{"it", "too_long"}));
    EXPECT_THAT(errors_of(map_of(std::string()), text, length), ElementsAre(FieldError{"it", "too_short"}));

    std::vector<std::string> texts;
    const auto three = map_of(std::vector<std::string>{"a", "abc", "b"});
    EXPECT_THAT(errors_of(three, texts, Count{.maximum = 2}), ElementsAre(FieldError{"it", "too_long"}));
    EXPECT_TRUE(texts.empty()) << "nothing is decoded beyond a bound";
    EXPECT_THAT(errors_of(three, texts, Each{length}), ElementsAre(FieldError{"it.1", "too_long"}));
}

TEST(Fields, RefuseATimeThatNoCalendarNames)
{
    UtcTime time;
    EXPECT_THAT(errors_of(map_of(std::numeric_limits<std::int64_t>::max()), time),
                ElementsAre(FieldError{"it", "out_of_range"}));
}

TEST(Fields, RefuseADateThatDoesNotExist)
{
    std::chrono::year_month_day date{};
    EXPECT_THAT(errors_of(map_of(std::string("2026-02-30")), date), ElementsAre(FieldError{"it", "out_of_range"}));
}

TEST(Errors, KeepTheFirstHundred)
{
    std::vector<std::string> texts;
    EXPECT_EQ(errors_of(map_of(std::vector<std::int64_t>(5'000, 1)), texts).size(), 100U);
}

}  // namespace
}  // namespace gonghui::codec
