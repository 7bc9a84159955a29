#include "services/ctl/domain/roster_file.hpp"

#include "services/ctl/domain/texts.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

using registration::Sex;

constexpr std::string_view header = "姓名,证件号码,手机号码,电子邮箱,工会代码\n";
// "姓名,证件号码,手机号码,工会代码" and a row, as a Chinese spreadsheet saves it.
constexpr std::string_view gb18030_file =
    "\xD0\xD5\xC3\xFB,\xD6\xA4\xBC\xFE\xBA\xC5\xC2\xEB,\xCA\xD6\xBB\xFA\xBA\xC5\xC2\xEB,"
    "\xB9\xA4\xBB\xE1\xB4\xFA\xC2\xEB\r\n"
    "\xD5\xC5\xC8\xFD,330099199001010016,13800001234,81331083M00000001X\r\n";

struct Roster {
    std::vector<RosterRow> rows;
    std::vector<BadRow> bad;
};

Roster read(std::string_view bytes, const ColumnMapping& mapping = {})
{
    const auto layout = recognise(bytes, mapping);
    EXPECT_TRUE(layout) << (layout ? "" : layout.error().why.en);
    Roster roster;
    if (!layout) return roster;
    RosterFile file(bytes, *layout);
    while (auto row = file.next()) {
        if (auto* good = std::get_if<RosterRow>(&*row))
            roster.rows.push_back(*good);
        else
            roster.bad.push_back(std::get<BadRow>(*row));
    }
    return roster;
}

std::string with_header(std::string_view rows)
{
    return std::string(header) + std::string(rows);
}

TEST(RosterFile, ReadsRowsBelowAChineseHeader)
{
    const auto roster = read(with_header("张三,330099199001010016,13800001234,a@example.org,81X\n李四,1,2,,82X\n"));
    ASSERT_EQ(roster.rows.size(), 2U);
    EXPECT_EQ(roster.rows[0].line, 2);
    EXPECT_EQ(roster.rows[0].name.reveal(), "张三");
    EXPECT_EQ(roster.rows[0].id_number.reveal(), "330099199001010016");
    EXPECT_EQ(roster.rows[0].phone.reveal(), "13800001234");
    EXPECT_EQ(roster.rows[0].email->reveal(), "a@example.org");
    EXPECT_EQ(roster.rows[0].union_code, "81X");
    EXPECT_EQ(roster.rows[1].line, 3);
    EXPECT_FALSE(roster.rows[1].email);
}

TEST(RosterFile, TakesEnglishNamesInAnyOrderAndPassesOtherColumnsOver)
{
    const auto roster =
        read("Union Code,remark,PHONE,id_number,Name,sex,birth_year\n81X,?,138,AAA123456789012,Ann,female,1990\n");
    ASSERT_EQ(roster.rows.size(), 1U);
    EXPECT_EQ(roster.rows[0].name.reveal(), "Ann");
    EXPECT_EQ(roster.rows[0].union_code, "81X");
    EXPECT_EQ(roster.rows[0].sex, Sex::female);
    EXPECT_EQ(roster.rows[0].birth_year, 1990);
}

TEST(RosterFile, TakesAByteOrderMark)
{
    EXPECT_EQ(read("\xEF\xBB\xBF" + with_header("张三,1,2,,3\n")).rows.size(), 1U);
}

TEST(RosterFile, ReadsGb18030)
{
    const auto roster = read(gb18030_file);
    ASSERT_EQ(roster.rows.size(), 1U);
    EXPECT_EQ(roster.rows[0].name.reveal(), "张三");
}

TEST(RosterFile, ReadsGb18030BelowAnAsciiHeader)
{
    const auto roster = read("name,id_number,phone,union_code\n\xD5\xC5\xC8\xFD,1,2,3\n");
    ASSERT_EQ(roster.rows.size(), 1U);
    EXPECT_EQ(roster.rows[0].name.reveal(), "张三");
}

TEST(RosterFile, NamesTheFieldWhoseBytesAreNoText)
{
    const auto roster = read(with_header("张三,1,2,,3\n李\xFF,1,2,,3\n王五,1,2,\xE5\xA7,3\n"));
    EXPECT_EQ(roster.rows.size(), 1U);
    ASSERT_EQ(roster.bad.size(), 2U);
    EXPECT_EQ(roster.bad[0].line, 3);
    EXPECT_EQ(roster.bad[0].column, RosterColumn::name);
    EXPECT_EQ(roster.bad[0].code, "bad_encoding");
    EXPECT_EQ(roster.bad[1].column, RosterColumn::email);
}

TEST(RosterFile, CountsANulAsNoText)
{
    const auto text = with_header(std::string("张三,1\0002,2,,3\n", 16));
    const auto roster = read(text);
    ASSERT_EQ(roster.bad.size(), 1U);
    EXPECT_EQ(roster.bad[0].column, RosterColumn::id_number);
}

TEST(RosterFile, ReportsAFieldThatIsTooLongAndALineThatIsBroken)
{
    const auto roster = read(with_header(std::string(2'001, 'x') + ",1,2,,3\n\"李四,1,2,,3\n王五,1,2,,3\n"));
    ASSERT_EQ(roster.bad.size(), 2U);
    EXPECT_EQ(roster.bad[0].code, "wrong_length");
    EXPECT_EQ(roster.bad[1].code, "unclosed_quote");
    EXPECT_EQ(roster.bad[1].line, 3);
    EXPECT_FALSE(roster.bad[1].column);
    EXPECT_EQ(roster.rows.size(), 1U);
}

TEST(RosterFile, CountsCharactersNotBytes)
{
    std::string name;
    for (int i = 0; i < 2'000; ++i) name += "长";
    EXPECT_EQ(read(with_header(name + ",1,2,,3\n")).rows.size(), 1U);
}

TEST(RosterFile, LeavesMissingValuesToRegistration)
{
    const auto roster = read(with_header("张三\n"));
    ASSERT_EQ(roster.rows.size(), 1U);
    EXPECT_EQ(roster.rows[0].phone.reveal(), "");
}

TEST(RosterFile, ObeysWhatTheOperatorSaysAboutColumns)
{
    const ColumnMapping mapping{{RosterColumn::name, "员工"}, {RosterColumn::phone, "3"}};
    const auto roster = read("员工,证件号码,第三列,工会代码\n张三,1,2,3\n", mapping);
    ASSERT_EQ(roster.rows.size(), 1U);
    EXPECT_EQ(roster.rows[0].name.reveal(), "张三");
    EXPECT_EQ(roster.rows[0].phone.reveal(), "2");
}

void expect_no_roster(std::string_view bytes, const Text& why, const ColumnMapping& mapping = {})
{
    const auto layout = recognise(bytes, mapping);
    ASSERT_FALSE(layout) << bytes.substr(0, 40);
    EXPECT_EQ(layout.error().why.en, why.en);
}

TEST(Recognise, NamesMissingColumnsAsAnOfficerAndAsTheCommandLineCallsThem)
{
    EXPECT_EQ(recognise("name,phone\nA,1\n", {}).error().detail, "证件号码 (id_number), 工会代码 (union_code)");
}

TEST(Recognise, SaysWhatAFileIsThatIsNoRoster)
{
    expect_no_roster("", text::not_roster_empty);
    expect_no_roster(" \r\n\n", text::not_roster_empty);
    expect_no_roster("%PDF-1.7\n%\xE2\xE3", text::not_roster_pdf);
    expect_no_roster("PK\x03\x04 and more", text::not_roster_spreadsheet);
    expect_no_roster("\xFF\xFEn\0", text::not_roster_utf16);
    expect_no_roster(std::string_view("\x7F\x45LF\0\0", 6), text::not_roster_binary);
    expect_no_roster("name,phone\nA,1\n", text::not_roster_missing);
    expect_no_roster("name,name,id_number,phone,union_code\n", text::not_roster_twice);
    expect_no_roster(header, text::not_roster_unmapped, {{RosterColumn::name, "员工"}});
}

TEST(ParseColumn, ReadsColumnAndHeader)
{
    EXPECT_EQ(parse_column("name=员工"), std::pair(RosterColumn::name, std::string("员工")));
    EXPECT_EQ(parse_column("nobody=1"), std::nullopt);
    EXPECT_EQ(parse_column("name="), std::nullopt);
    EXPECT_EQ(parse_column("name"), std::nullopt);
}

}  // namespace
}  // namespace gonghui::ctl
