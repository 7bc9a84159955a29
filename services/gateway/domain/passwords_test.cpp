// Which passwords are worth nothing, and who may change one.

#include "services/gateway/domain/passwords.hpp"

#include <gtest/gtest.h>

namespace gonghui::gateway {
namespace {

using namespace std::chrono_literals;

const UtcTime now{1'800'000'000s};
const Actor edge{Role::service, {}, {}, "gateway"};
const Sealed hash{Bytes(60)};

Uuid uuid(int number)
{
    Uuid made;
    made.bytes[15] = static_cast<std::byte>(number);
    return made;
}

std::string_view why(std::string_view password, std::string_view own = {})
{
    const std::array<std::string_view, 1> words{own};
    return why_no_password(password, words);
}

TEST(Passwords, AreLongInCharactersAndNotBeyondReason)
{
    EXPECT_EQ(why("k7#pQ2mz!x9"), "short_password");
    EXPECT_EQ(why("k7#pQ2mz!x9w"), "");
    EXPECT_EQ(why("春江潮水连海平"), "short_password") << "seven characters in 21 bytes";
    EXPECT_EQ(why("春江潮水连海平海上明月共潮生"), "");
    std::string without_end;
    while (without_end.size() < 300) without_end += "correct horse battery staple";
    EXPECT_EQ(why(without_end), "long_password");
}

TEST(Passwords, AreNotWhatAGuesserTriesFirst)
{
    for (const auto* easy :
         {"aaaaaaaaaaaa", "121212121212", "abcabcabcabc",  "201920192019",    "123456789012",
          "abcdefghijkl", "qwertyuiop12", "1qaz2wsx3edc",  "poiuytrewq12",    "asdfghjkl123",
          "password1234", "Passw0rd2026", "gonghui20261",  "GongHui12345",    "13800001234a",
          "a13800001234", "admin1234567", "woaini5201314", "iloveyou1314520", "工惠工会密码工惠工会密码",
          "k3x9k3x9k3x9"})
        EXPECT_EQ(why(easy), "easy_password") << easy;
    for (const auto* good : {"correct horse battery", "lan-hua-32-deng", "gonghui Kx7#pQ2m", "13800001234 Kx7#pQ2m",
                             "Tr0ub4dor&3xyzq", "春眠不觉晓处处闻啼鸟夜来"})
        EXPECT_EQ(why(good), "") << good;
}

TEST(Passwords, AreNotOnesOwnLogin)
{
    EXPECT_EQ(why("wangxiaoming2026k", "wangxiaoming"), "easy_password");
    EXPECT_EQ(why("WangXiaoMing2026k", "wangxiaoming"), "easy_password");
    EXPECT_EQ(why("wangxiaoming2026k"), "");
}

PasswordFacts worker_in(UtcTime opened_at, Proof proof)
{
    PasswordFacts facts;
    facts.session = SessionFacts{};
    facts.session->id = SessionId(uuid(1));
    facts.session->person = PersonId(uuid(2));
    facts.session->proof = proof;
    facts.session->opened_at = opened_at;
    facts.sessions = {*facts.session};
    return facts;
}

std::string_view code_of(const Decided<std::vector<Event>>& decided)
{
    return decided ? "accepted" : decided.error().code;
}

TEST(SetPassword, NeedsACodeOfAMomentAgoOrThePresentOne)
{
    const auto set = [](const PasswordFacts& facts, std::optional<Proof> proof) {
        return code_of(set_password(facts, {facts.session->id, Personal("x"), proof, std::nullopt}, hash, edge, now));
    };
    EXPECT_EQ(set(worker_in(now - 9min, Proof::code), std::nullopt), "accepted");
    EXPECT_EQ(set(worker_in(now - 10min, Proof::code), std::nullopt), refusal::proof_needed);
    EXPECT_EQ(set(worker_in(now, Proof::password), std::nullopt), refusal::proof_needed);
    EXPECT_EQ(set(worker_in(now - 100h, Proof::password), Proof::password), "accepted");
    EXPECT_EQ(set(worker_in(now - 100h, Proof::code), Proof::code), refusal::proof_needed)
        << "a code is shown at the log-in alone";
}

TEST(SetPassword, EndsTheOthersOfItsKind)
{
    auto facts = worker_in(now, Proof::code);
    SessionFacts other;
    other.id = SessionId(uuid(3));
    SessionFacts of_account;
    of_account.id = SessionId(uuid(4));
    of_account.kind = SessionKind::officer;
    of_account.login = "zhang";
    facts.sessions.push_back(other);
    facts.sessions.push_back(of_account);
    const auto events = set_password(facts, {facts.session->id, Personal("x"), {}, {}}, hash, edge, now);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 2U);
    EXPECT_FALSE(std::get<PasswordSet>(events->front()).login);
    EXPECT_EQ(std::get<SessionClosed>(events->back()).session_id, other.id);
}

TEST(SetPassword, OfAnOfficerNeedsThePresentOneAndAFreshCode)
{
    PasswordFacts facts;
    facts.session = SessionFacts{};
    facts.session->kind = SessionKind::officer;
    facts.session->person = PersonId(uuid(2));
    facts.session->login = "zhang";
    facts.session->opened_at = now;
    SetPassword command{facts.session->id, Personal("x"), std::nullopt, 71};
    const auto set = [&] {
        return code_of(set_password(facts, command, hash, edge, now));
    };
    EXPECT_EQ(set(), refusal::proof_needed);
    command.proof = Proof::password;
    EXPECT_EQ(set(), refusal::unknown_account);
    facts.account = AccountFacts{"zhang", PersonId(uuid(2)), "", {}, 71, now};
    EXPECT_EQ(set(), refusal::code_used);
    command.totp_step = 72;
    EXPECT_EQ(set(), "accepted");
    facts.account->person = PersonId(uuid(7));
    EXPECT_EQ(set(), refusal::unknown_account);
}

TEST(RemovePassword, IsOfAWorkerWhoHasOne)
{
    auto facts = worker_in(now, Proof::code);
    const auto remove = [&](std::optional<Proof> proof = std::nullopt) {
        return code_of(remove_password(facts, {facts.session->id, proof}, edge, now));
    };
    EXPECT_EQ(remove(), refusal::no_password);
    facts.has_password = true;
    EXPECT_EQ(remove(), "accepted");
    facts.session->opened_at = now - 1h;
    EXPECT_EQ(remove(), refusal::proof_needed);
    EXPECT_EQ(remove(Proof::password), "accepted");
    facts.session->kind = SessionKind::officer;
    EXPECT_EQ(remove(Proof::password), refusal::unknown_session) << "an account without one would be open to nobody";
}

}  // namespace
}  // namespace gonghui::gateway
