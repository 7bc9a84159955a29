#include "services/ctl/domain/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

using testing::ElementsAre;

struct Read {
    CsvStep step;
    std::int64_t line = 0;
    std::vector<std::string> fields;
    friend bool operator==(const Read&, const Read&) = default;
};

std::ostream& operator<<(std::ostream& out, const Read& read)
{
    out << "step " << static_cast<int>(read.step) << " line " << read.line;
    for (const auto& field : read.fields) out << " [" << field << ']';
    return out;
}

std::vector<Read> read_all(std::string_view text, char delimiter = ',')
{
    CsvReader reader(text, delimiter);
    std::vector<Read> all;
    for (auto step = reader.next(); step != CsvStep::end; step = reader.next())
        all.push_back({step, reader.record().line, {reader.record().fields.begin(), reader.record().fields.end()}});
    return all;
}

Read record(std::int64_t line, std::vector<std::string> fields)
{
    return {CsvStep::record, line, std::move(fields)};
}

TEST(CsvReader, ReadsRecordsWithTheirLines)
{
    EXPECT_THAT(read_all("a,b\nc,d\n"), ElementsAre(record(1, {"a", "b"}), record(2, {"c", "d"})));
    EXPECT_THAT(read_all("a;b", ';'), ElementsAre(record(1, {"a", "b"})));
}

TEST(CsvReader, TakesEveryKindOfLineEnd)
{
    EXPECT_THAT(read_all("a\r\nb\rc\nd"),
                ElementsAre(record(1, {"a"}), record(2, {"b"}), record(3, {"c"}), record(4, {"d"})));
}

TEST(CsvReader, PassesBlankLinesOverAndCountsThem)
{
    EXPECT_THAT(read_all("\n\na\n  \r\nb\n"), ElementsAre(record(3, {"a"}), record(5, {"b"})));
}

TEST(CsvReader, UnderstandsQuotes)
{
    EXPECT_THAT(read_all("\"a,b\",\"say \"\"yes\"\"\",\"\"\n"), ElementsAre(record(1, {"a,b", "say \"yes\"", ""})));
}

TEST(CsvReader, NamesTheFirstLineOfARecordWithLineBreaksInIt)
{
    EXPECT_THAT(read_all("\"a\r\nb\",c\nd,e\n"), ElementsAre(record(1, {"a\r\nb", "c"}), record(3, {"d", "e"})));
}

TEST(CsvReader, TrimsOnlyWhatIsNotQuoted)
{
    EXPECT_THAT(read_all(" a , \" b \" \n"), ElementsAre(record(1, {"a", " b "})));
}

TEST(CsvReader, GoesOnBehindAQuoteThatNeverCloses)
{
    EXPECT_THAT(read_all("a,b\n\"c,d\ne,f\n"),
                ElementsAre(record(1, {"a", "b"}), Read{CsvStep::unclosed_quote, 2, {}}, record(3, {"e", "f"})));
}

TEST(CsvReader, DoesNotSearchAWholeFileForTheEndOfAQuote)
{
    std::string text = "\"a,b\n";
    for (int i = 0; i < 20'000; ++i) text += "c,d\n";
    const auto all = read_all(text);
    ASSERT_EQ(all.size(), 20'001U);
    EXPECT_EQ(all.front().step, CsvStep::unclosed_quote);
    EXPECT_EQ(all.back(), record(20'001, {"c", "d"}));
}

TEST(CsvReader, GoesOnBehindALineThatIsTooLong)
{
    const auto text = "a\n" + std::string(CsvReader::longest_record + 1, 'x') + "\nb\n";
    EXPECT_THAT(read_all(text), ElementsAre(record(1, {"a"}), Read{CsvStep::too_long, 2, {}}, record(3, {"b"})));
}

TEST(CsvReader, KeepsNulBytesAndBytesThatAreNoText)
{
    EXPECT_THAT(read_all(std::string_view("a\0b,\xFF\n", 6)), ElementsAre(record(1, {std::string("a\0b", 3), "\xFF"})));
}

}  // namespace
}  // namespace gonghui::ctl
