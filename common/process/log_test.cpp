#include "common/process/log.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gonghui::process::log {
namespace {

constexpr std::string_view time_text = "2026-03-01T12:00:00.000000Z";

std::string json(Fields fields)
{
    const std::string line = format_record(Format::json, time_text, Level::info, "svc", "m", fields);
    const std::string head = R"({"time":"2026-03-01T12:00:00.000000Z","level":"info","service":"svc","message":"m")";
    EXPECT_EQ(line.substr(0, head.size()), head);
    return line.substr(head.size());
}

TEST(JsonRecord, WritesEveryKindOfValue)
{
    const std::size_t size = 7;
    EXPECT_EQ(json({{"text", "词"}, {"int", -12}, {"size", size}, {"yes", true}, {"ratio", 0.5}}),
              R"(,"text":"词","int":-12,"size":7,"yes":true,"ratio":0.5})");
}

TEST(JsonRecord, EscapesWhatWouldBreakTheLine)
{
    EXPECT_EQ(json({{"a\"b", "q\" b\\ n\n r\r t\t nul\x01 {}%v del\x7f"}}),
              R"(,"a\"b":"q\" b\\ n\n r\r t\t nul\u0001 {}%v del\u007f"})");
    EXPECT_EQ(json({{"nul", std::string_view("a\0b", 3)}}), R"(,"nul":"a\u0000b"})");
}

TEST(JsonRecord, ReplacesWhatIsNoUtf8)
{
    EXPECT_EQ(json({{"t", "a\xFFz"}}), ",\"t\":\"a\xEF\xBF\xBDz\"}");
    EXPECT_EQ(json({{"t", "\xE5\xBC"}}), ",\"t\":\"\xEF\xBF\xBD\"}");                              // cut short
    EXPECT_EQ(json({{"t", "\xC0\xAF"}}), ",\"t\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"}");                  // overlong
    EXPECT_EQ(json({{"t", "\xED\xA0\x80"}}), ",\"t\":\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}");  // a surrogate
    EXPECT_EQ(json({{"t", "\xF0\x9F\x8C\xB8"}}), ",\"t\":\"\xF0\x9F\x8C\xB8\"}");                  // whole
    EXPECT_EQ(json({{"t", "\xF4\x90\x80\x80"}}).find('\xF4'), std::string::npos);                  // beyond U+10FFFF
}

TEST(JsonRecord, WritesNullForWhatJsonHasNoNumberFor)
{
    EXPECT_EQ(json({{"n", std::numeric_limits<double>::infinity()}, {"m", std::numeric_limits<double>::quiet_NaN()}}),
              R"(,"n":null,"m":null})");
}

TEST(JournalRecord, HasAPriorityAndLeavesTheTimeToTheJournal)
{
    EXPECT_EQ(format_record(Format::journal, time_text, Level::warning, "svc", "m", {{"n", 3}}),
              R"(<4>{"level":"warning","service":"svc","message":"m","n":3})");
}

TEST(TextRecord, QuotesWhatIsNoPlainWord)
{
    EXPECT_EQ(
        format_record(Format::text, time_text, Level::warning, "svc", "m",
                      {{"word", "tcp://x"}, {"two", "a b"}, {"colour", "\x1b[31m"}, {"none", ""}, {"n", 3}}),
        "2026-03-01T12:00:00.000000Z warning svc m word=tcp://x two=\"a b\" colour=\"\\u001b[31m\" none=\"\" n=3");
}

TEST(Log, WritesOneLineARecordFromTheLevelUp)
{
    testing::internal::CaptureStderr();
    set_up({.service = "svc", .level = Level::warning, .format = Format::json});
    info("quiet", {{"n", 1}});
    warning("loud", {{"brace", "{} {0}"}});
    set_level(Level::debug);
    debug("now_heard");
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_EQ(written.find("quiet"), std::string::npos);
    EXPECT_NE(written.find(R"("message":"loud","brace":"{} {0}"})"), std::string::npos) << written;
    EXPECT_NE(written.find(R"("message":"now_heard"})"), std::string::npos) << written;
    EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 2);
}

TEST(Log, KnowsItsLevels)
{
    EXPECT_EQ(parse_level("warning"), Level::warning);
    EXPECT_THROW(static_cast<void>(parse_level("loud")), std::invalid_argument);
}

}  // namespace
}  // namespace gonghui::process::log
