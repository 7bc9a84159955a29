#include "services/registration/domain/roster.hpp"

#include "services/registration/domain/id_number.hpp"
#include "services/registration/domain/testing.hpp"

#include <deque>

namespace gonghui::registration {
namespace {

using namespace testing;

const Actor officer = holder(Role::officer, firm);
const ImportId import_id{uuid(80)};

std::string id_number_of(int sequence)
{
    auto digits = "33009919900101" + std::to_string(100 + sequence);
    return digits + id_number_check_digit(digits);
}

RosterRow row(std::int64_t line, int person)
{
    RosterRow row;
    row.line = line;
    row.name = Personal("王五");
    row.id_number = Personal(id_number_of(person));
    row.phone = Personal("13800001234");
    row.union_code = "91350100M000100Y43";
    return row;
}

// A roster and the state of the world it meets; rows must not move while entries point at them.
class Roster {
public:
    RosterRow& add(const RosterRow& row, const std::optional<KnownPerson>& known = std::nullopt)
    {
        rows_.push_back(row);
        known_.push_back(known);
        return rows_.back();
    }

    Decided<RosterVerdict> import_as(const Actor& actor) const
    {
        return decide_roster(entries(), RosterImport{import_id}, actor, inside);
    }

    RosterVerdict import() const { return *import_as(officer); }
    RosterVerdict check() const { return *decide_roster(entries(), RosterCheck{}, officer, inside); }

    RosterUnion named{a_union(), inside};
    bool union_is_known = true;

private:
    std::vector<RosterEntry> entries() const
    {
        readings_.clear();
        for (const auto& row : rows_) readings_.push_back(read_roster_row(row, now));
        std::vector<RosterEntry> entries;
        for (std::size_t i = 0; i < rows_.size(); ++i)
            entries.push_back({&rows_[i], &readings_[i], union_is_known ? &named : nullptr, known_[i]});
        return entries;
    }

    std::deque<RosterRow> rows_;
    mutable std::deque<RosterReading> readings_;  // as the rows are when they are decided
    std::vector<std::optional<KnownPerson>> known_;
};

KnownPerson known(MembershipState state, OrganisationId organisation, std::int64_t line, ImportId import = import_id)
{
    return {zhang, state, organisation, import, line};
}

using Errors = std::vector<RosterError>;

RosterError an_error(std::int64_t line, RosterColumn column, std::string_view code,
                     std::optional<std::int64_t> first_line = std::nullopt)
{
    return {line, column, std::string(code), first_line};
}

TEST(Roster, TakesInEveryGoodRow)
{
    Roster roster;
    roster.add(row(2, 1));
    roster.add(row(3, 2));
    const auto verdict = roster.import();
    EXPECT_EQ(verdict.joining, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(verdict.errors, Errors{});
}

TEST(Roster, ReportsABadRowAndGoesOn)
{
    Roster roster;
    roster.add(row(2, 1)).id_number = Personal("330099199001010011");
    roster.add(row(3, 2)).id_number = Personal("330099199002301016");
    roster.add(row(4, 3)).name = Personal("");
    roster.add(row(5, 4)).phone = Personal("0576-12345678");
    roster.add(row(6, 5)).email = Personal("nowhere");
    roster.add(row(7, 6)).union_code = " ";
    roster.add(row(8, 7)).id_number = Personal("ABC110090010101");
    roster.add(row(9, 8)).email = Personal(" ");
    const auto verdict = roster.import();
    EXPECT_EQ(verdict.errors, (Errors{an_error(2, RosterColumn::id_number, refusal::wrong_check_digit),
                                      an_error(3, RosterColumn::id_number, refusal::impossible_date),
                                      an_error(4, RosterColumn::name, refusal::missing_value),
                                      an_error(5, RosterColumn::phone, refusal::bad_phone),
                                      an_error(6, RosterColumn::email, refusal::bad_email),
                                      an_error(7, RosterColumn::union_code, refusal::missing_value),
                                      an_error(8, RosterColumn::sex, refusal::missing_value)}));
    EXPECT_EQ(verdict.joining, (std::vector<std::size_t>{7}));
}

TEST(Roster, CountsTheFirstGoodRowOfAPerson)
{
    Roster roster;
    roster.add(row(2, 1)).phone = Personal("bad");
    roster.add(row(3, 1)).earlier_line = 2;
    roster.add(row(4, 1)).earlier_line = 2;
    const auto verdict = roster.import();
    EXPECT_EQ(verdict.joining, (std::vector<std::size_t>{1}));
    EXPECT_EQ(verdict.errors, (Errors{an_error(2, RosterColumn::phone, refusal::bad_phone),
                                      an_error(4, RosterColumn::id_number, refusal::same_person_again, 3)}));
}

TEST(Roster, SeesASmallXAsTheSamePerson)
{
    Roster roster;
    roster.add(row(2, 1)).id_number = Personal("11010519491231002X");
    roster.add(row(3, 1)).id_number = Personal(" 11010519491231002x");
    EXPECT_EQ(roster.import().errors, (Errors{an_error(3, RosterColumn::id_number, refusal::same_person_again, 2)}));
}

TEST(Roster, ReportsARepetitionAcrossCommands)
{
    Roster roster;
    roster.add(row(600, 1), known(MembershipState::member, firm, 2)).earlier_line = 2;
    roster.add(row(601, 1), known(MembershipState::member, firm, 2));
    EXPECT_EQ(roster.import().errors, (Errors{an_error(600, RosterColumn::id_number, refusal::same_person_again, 2),
                                              an_error(601, RosterColumn::id_number, refusal::same_person_again, 2)}));
}

TEST(Roster, ReportsTheSameRowsWhenTheFileComesAgain)
{
    const ImportId before{uuid(81)};
    Roster roster;
    roster.add(row(2, 1)).phone = Personal("bad");
    roster.add(row(3, 1), known(MembershipState::member, firm, 3, before)).earlier_line = 2;
    roster.add(row(4, 1), known(MembershipState::member, firm, 3, before)).earlier_line = 2;
    roster.add(row(5, 2), known(MembershipState::member, firm, 5, before));
    const auto verdict = roster.import();
    EXPECT_TRUE(verdict.joining.empty());
    EXPECT_EQ(verdict.unchanged, 2);
    EXPECT_EQ(verdict.errors, (Errors{an_error(2, RosterColumn::phone, refusal::bad_phone),
                                      an_error(4, RosterColumn::id_number, refusal::same_person_again, 2)}));
}

TEST(Roster, ARowTakesEffectOnce)
{
    Roster roster;
    roster.add(row(2, 1), known(MembershipState::left, firm, 2));
    EXPECT_EQ(roster.import().unchanged, 1);
    EXPECT_TRUE(roster.import().joining.empty());
}

TEST(Roster, ALaterRowOfTheSameImportDoesNotTakeBackWhoLeftSince)
{
    Roster roster;
    roster.add(row(9, 1), known(MembershipState::left, firm, 2));
    const auto verdict = roster.import();
    EXPECT_TRUE(verdict.joining.empty());
    EXPECT_EQ(verdict.errors, (Errors{an_error(9, RosterColumn::id_number, refusal::same_person_again, 2)}));
}

TEST(Roster, TakesBackWhoLeftBefore)
{
    Roster roster;
    roster.add(row(2, 1), KnownPerson{zhang, MembershipState::left, std::nullopt, ImportId{uuid(81)}, 9});
    EXPECT_EQ(roster.import().joining.size(), 1U);
}

TEST(Roster, LeavesMembersOfOtherUnionsWhereTheyAre)
{
    Roster roster;
    roster.add(row(2, 1), KnownPerson{zhang, MembershipState::retained, other_firm, std::nullopt, std::nullopt});
    EXPECT_EQ(roster.import().errors, (Errors{an_error(2, RosterColumn::id_number, refusal::member_elsewhere)}));
}

TEST(Roster, DoesNotTakeBackTheExpelled)
{
    Roster roster;
    roster.add(row(2, 1), KnownPerson{zhang, MembershipState::expelled, std::nullopt, std::nullopt, std::nullopt});
    EXPECT_EQ(roster.import().errors, (Errors{an_error(2, RosterColumn::id_number, refusal::expelled_member)}));
}

TEST(Roster, ReportsUnionsThatTakeNobody)
{
    Roster roster;
    roster.add(row(2, 1));
    roster.named.organisation.closed = true;
    EXPECT_EQ(roster.import().errors, (Errors{an_error(2, RosterColumn::union_code, refusal::union_closed)}));
    roster.union_is_known = false;
    EXPECT_EQ(roster.import().errors, (Errors{an_error(2, RosterColumn::union_code, refusal::unknown_union)}));
}

TEST(Roster, IsRefusedOutsideOnesPlace)
{
    Roster roster;
    roster.add(row(2, 1));
    EXPECT_EQ(code_of(roster.import_as(worker(zhang))), refusal::not_permitted);
    EXPECT_EQ(code_of(roster.import_as(operator_command())), "accepted");
    roster.named.standing = outside;
    EXPECT_EQ(code_of(roster.import_as(officer)), refusal::not_permitted);
    EXPECT_EQ(code_of(decide_roster({}, RosterImport{import_id}, officer, without_role)), refusal::not_permitted);
}

TEST(Roster, ACheckAnswersAsTheImportWould)
{
    Roster roster;
    roster.add(row(2, 1)).phone = Personal("bad");
    roster.add(row(3, 2));
    roster.add(row(4, 2)).earlier_line = 3;
    EXPECT_EQ(roster.check().errors, roster.import().errors);
    EXPECT_EQ(roster.check().joining, roster.import().joining);
}

TEST(Roster, ACheckBelievesThatAnEarlierCommandWouldHaveTakenThemIn)
{
    Roster roster;
    roster.add(row(600, 1)).earlier_line = 2;
    EXPECT_EQ(roster.check().errors, (Errors{an_error(600, RosterColumn::id_number, refusal::same_person_again, 2)}));
    EXPECT_EQ(roster.import().joining.size(), 1U) << "the earlier row may have been bad";
}

}  // namespace
}  // namespace gonghui::registration
