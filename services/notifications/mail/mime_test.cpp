#include "services/notifications/mail/mime.hpp"

#include <gmock/gmock.h>

namespace gonghui::notifications {
namespace {

using testing::HasSubstr;
using testing::Not;

Mail mail()
{
    return {Uuid::parse("00000000-0000-4000-8000-0000000000aa").value(), 1, Personal("ann@example.org"),
            "报名成功：茶艺", "您已获得名额。\n再见"};
}

std::string composed(const Mail& some = mail())
{
    return compose(some, {"no-reply@union.example", "工会服务平台"}, parse_time("2026-03-01T12:00:05Z").value());
}

TEST(EncodeHeader, LeavesPlainTextAlone)
{
    EXPECT_EQ(encode_header("You are in: Tea"), "You are in: Tea");
}

TEST(EncodeHeader, EncodesChinese)
{
    EXPECT_EQ(encode_header("工会"), "=?UTF-8?B?5bel5Lya?=");
}

TEST(EncodeHeader, FoldsLongTextBetweenCharacters)
{
    std::string text;
    for (int i = 0; i < 100; ++i) text += "会";
    const auto header = encode_header(text);
    std::size_t words = 0;
    for (std::size_t from = 0; from <= header.size();) {
        const auto end = std::min(header.find("\r\n ", from), header.size());
        const auto word = header.substr(from, end - from);
        EXPECT_LE(word.size(), 75U);
        // 45 bytes are 15 characters; a word whose base64 needs padding would have split one.
        EXPECT_THAT(word, Not(HasSubstr("==")));
        ++words;
        from = end + 3;
    }
    EXPECT_EQ(words, 7U);
}

TEST(EncodeHeader, LetsNobodySmuggleInAHeader)
{
    const auto header = encode_header("Tea\r\nBcc: all@example.org");
    EXPECT_THAT(header, Not(HasSubstr("Bcc")));
}

TEST(Compose, WritesWhatAReaderNeeds)
{
    const auto text = composed();
    EXPECT_THAT(text, HasSubstr("Date: Sun, 01 Mar 2026 12:00:05 +0000\r\n"));
    EXPECT_THAT(text, HasSubstr("From: =?UTF-8?B?"));
    EXPECT_THAT(text, HasSubstr(" <no-reply@union.example>\r\n"));
    EXPECT_THAT(text, HasSubstr("To: <ann@example.org>\r\n"));
    EXPECT_THAT(text, HasSubstr("Message-ID: <00000000-0000-4000-8000-0000000000aa@union.example>\r\n"));
    EXPECT_THAT(text, HasSubstr("Content-Type: text/plain; charset=UTF-8\r\n"));
    EXPECT_THAT(text, HasSubstr("Auto-Submitted: auto-generated\r\n"));
}

TEST(Compose, KeepsEveryLineShortAndEndsItWithCrLf)
{
    auto some = mail();
    for (int i = 0; i < 100; ++i) some.body += "您已获得名额。";
    const auto text = composed(some);
    for (std::size_t from = 0; from < text.size();) {
        const auto end = text.find('\n', from);
        ASSERT_NE(end, std::string::npos);
        EXPECT_EQ(text[end - 1], '\r');
        EXPECT_LE(end - from, 78U);
        from = end + 1;
    }
}

TEST(BareAddress, IsOneAddressAndNothingElse)
{
    EXPECT_TRUE(is_bare_address("ann@example.org"));
    for (const auto* wrong : {"", "ann", "@example.org", "ann@", "a@b@c", "ann@example.org\r\nRCPT",
                              "<ann@example.org>", "ann @example.org", "安@example.org", "a,b@example.org"})
        EXPECT_FALSE(is_bare_address(wrong)) << wrong;
}

}  // namespace
}  // namespace gonghui::notifications
