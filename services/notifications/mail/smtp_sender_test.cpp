// SMTP against a mail server in a process of its own.

#include "services/notifications/mail/smtp_sender.hpp"

#include "services/notifications/mail/email_worker.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace gonghui::notifications {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// smtp_sink.py; it ends when this object does.
class Sink {
public:
    Sink()
    {
        const auto input = make_pipe();
        const auto output = make_pipe();
        const auto child = ::fork();
        if (child == 0) {
            ::dup2(input[0], STDIN_FILENO);
            ::dup2(output[1], STDOUT_FILENO);
            ::execl("/usr/bin/python3", "python3", GONGHUI_SMTP_SINK, folder.path().c_str(), nullptr);
            ::_exit(127);
        }
        ::close(input[0]);
        ::close(output[1]);
        child_ = child;
        closing_ends_it_ = input[1];
        std::array<char, 16> line{};
        auto* const from_child = ::fdopen(output[0], "r");
        if (std::fgets(line.data(), line.size(), from_child) != nullptr) port = std::atoi(line.data());
        std::fclose(from_child);
    }
    ~Sink()
    {
        ::close(closing_ends_it_);
        ::waitpid(child_, nullptr, 0);
    }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    [[nodiscard]] std::string taken(int number) const
    {
        std::ifstream in(folder / (std::to_string(number) + ".eml"));
        return {std::istreambuf_iterator<char>(in), {}};
    }

    test::TemporaryFolder folder;
    int port = 0;

private:
    static std::array<int, 2> make_pipe()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
        return ends;
    }

    pid_t child_ = -1;
    int closing_ends_it_ = -1;
};

SmtpSettings settings(int port)
{
    SmtpSettings settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.from = {"no-reply@union.example", "工会服务平台"};
    settings.encryption = Encryption::none;
    return settings;
}

Mail mail_to(std::string address)
{
    Mail mail;
    mail.message_id = Uuid::parse("00000000-0000-4000-8000-0000000000aa").value();
    mail.to = Personal(std::move(address));
    mail.subject = "报名成功：茶艺";
    mail.body = "您已获得名额。";
    return mail;
}

class Smtp : public testing::Test {
protected:
    Sink sink;
    SystemClock clock;
    SmtpSender sender{settings(sink.port), clock};
};

TEST_F(Smtp, DeliversAMailThatAServerTakes)
{
    EXPECT_EQ(sender.send(mail_to("ann@example.org"), {}).result, SendResult::taken);
    const auto taken = sink.taken(1);
    EXPECT_THAT(taken, HasSubstr("To: <ann@example.org>"));
    EXPECT_THAT(taken, HasSubstr("Subject: " + encode_header("报名成功：茶艺")));
    EXPECT_THAT(taken, HasSubstr("Message-ID: <00000000-0000-4000-8000-0000000000aa@union.example>"));
}

TEST_F(Smtp, SendsManyOverOneSender)
{
    for (int i = 0; i < 20; ++i) EXPECT_EQ(sender.send(mail_to("ann@example.org"), {}).result, SendResult::taken);
    EXPECT_FALSE(sink.taken(20).empty());
}

TEST_F(Smtp, TellsARefusalForNowFromOneForGood)
{
    const auto later = sender.send(mail_to("later@example.org"), {});
    EXPECT_EQ(later.result, SendResult::refused_for_now);
    EXPECT_EQ(later.server_code, 451);
    const auto never = sender.send(mail_to("never@example.org"), {});
    EXPECT_EQ(never.result, SendResult::refused_for_good);
    EXPECT_EQ(never.server_code, 550);
    EXPECT_EQ(sender.send(mail_to("ann@example.org"), {}).result, SendResult::taken);
}

TEST_F(Smtp, TakesTheSameMailOnALaterAttempt)
{
    EXPECT_EQ(sender.send(mail_to("later@example.org"), {}).result, SendResult::refused_for_now);
    EXPECT_EQ(sender.send(mail_to("later@example.org"), {}).result, SendResult::refused_for_now);
    EXPECT_EQ(sender.send(mail_to("later@example.org"), {}).result, SendResult::taken);
}

TEST_F(Smtp, SendsNothingInTheClearToAServerWithoutTls)
{
    auto with_starttls = settings(sink.port);
    with_starttls.encryption = Encryption::starttls;
    SmtpSender careful(with_starttls, clock);
    EXPECT_NE(careful.send(mail_to("ann@example.org"), {}).result, SendResult::taken);
    EXPECT_TRUE(sink.taken(1).empty());
}

TEST(SmtpAlone, SaysThatNobodyIsThere)
{
    // A port that is bound and does not listen: nobody else can take it meanwhile.
    const int bound = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const where = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(bound, where, size), 0);
    ASSERT_EQ(::getsockname(bound, where, &size), 0);

    SystemClock clock;
    SmtpSender sender(settings(ntohs(address.sin_port)), clock);
    const auto sent = sender.send(mail_to("ann@example.org"), {});
    EXPECT_EQ(sent.result, SendResult::unreachable);
    EXPECT_FALSE(sent.server_code);
    ::close(bound);
}

// Takes reports, when it is told to.
class ReportsFake final : public DeliveryReports {
public:
    bool deliver(const DeliveryReport& report) override
    {
        if (!listening) return false;
        reports.push_back(report);
        return true;
    }
    bool listening = true;
    std::vector<DeliveryReport> reports;
};

TEST_F(Smtp, IsWhatAWorkerSendsOverAndReportsOn)
{
    MailQueue queue;
    ReportsFake reports;
    SystemRandom random;
    EmailWorker worker(queue, sender, reports, clock, random);
    auto mail = mail_to("ann@example.org");
    queue.put(mail);
    EXPECT_EQ(queue.room_for(mail.message_id), MailQueue::Room::held);

    reports.listening = false;
    EXPECT_TRUE(worker.step({}, 0ms));
    EXPECT_EQ(queue.room_for(mail.message_id), MailQueue::Room::held) << "sent, but nobody knows yet";
    reports.listening = true;
    EXPECT_FALSE(worker.step({}, 0ms));
    ASSERT_EQ(reports.reports.size(), 1U);
    EXPECT_EQ(reports.reports[0].sent.result, SendResult::taken);
    EXPECT_EQ(reports.reports[0].message_id, mail.message_id);
    EXPECT_EQ(queue.room_for(mail.message_id), MailQueue::Room::free);
}

TEST(MailQueue, IsBounded)
{
    MailQueue queue(1);
    queue.put(mail_to("ann@example.org"));
    EXPECT_EQ(queue.room_for(Uuid{}), MailQueue::Room::full);
    EXPECT_TRUE(queue.take({}, 0ms));
    EXPECT_EQ(queue.room_for(Uuid{}), MailQueue::Room::full) << "it is in the worker's hands";
    queue.reported(mail_to("").message_id);
    EXPECT_EQ(queue.room_for(Uuid{}), MailQueue::Room::free);
}

TEST(MailQueue, LetsAWaitingWorkerGoWhenItIsAskedToStop)
{
    MailQueue queue;
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_FALSE(queue.take(stop.get_token(), 1h));
}

}  // namespace
}  // namespace gonghui::notifications
