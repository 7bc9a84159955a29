#include "common/process/run.hpp"

#include "common/process/log.hpp"
#include "common/sqlite/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <system_error>

namespace gonghui::process {
namespace {

using testing::HasSubstr;

const Program program{
    .name = "gonghui-test",
    .version = "0.1.2",
    .summary = "a program of the tests",
    .keys = {{.name = "store.path", .fallback = "var/x.db", .description = "The store."},
             {.name = "smtp.password", .fallback = "", .description = "The password.", .secrecy = Secrecy::secret}}};

// What a run left behind.
struct Outcome {
    int status;
    std::string out;
    std::string err;
};

Outcome run_with(std::vector<std::string> arguments, const std::function<int(Setup&)>& body)
{
    arguments.insert(arguments.begin(), "gonghui-test");
    std::vector<char*> argv;
    argv.reserve(arguments.size());
    for (std::string& argument : arguments) argv.push_back(argument.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run(program, static_cast<int>(argv.size()), argv.data(), body);
    return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

int unreached(Setup&)
{
    ADD_FAILURE() << "the body ran";
    return 0;
}

class RunWithFile : public testing::Test {
protected:
    RunWithFile() { std::filesystem::create_directories(folder); }
    ~RunWithFile() override { std::filesystem::remove_all(folder); }

    void write(std::string_view text) const { std::ofstream(file) << text; }

    std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / ("gonghui-run-test-" + std::to_string(getpid()));
    std::filesystem::path file = folder / "c.toml";
};

TEST(Run, HelpsAndSaysItsVersion)
{
    const auto help = run_with({"--help"}, unreached);
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, HasSubstr("store.path"));
    EXPECT_THAT(help.out, HasSubstr("http.listen"));
    EXPECT_THAT(run_with({"--version"}, unreached).out, HasSubstr("gonghui-test 0.1.2"));
}

TEST(Run, RefusesUnknownArguments)
{
    const auto outcome = run_with({"--frobnicate"}, unreached);
    EXPECT_EQ(outcome.status, 64);
    EXPECT_EQ(outcome.err, "gonghui-test: unknown argument \"--frobnicate\"; --help lists what there is\n");
}

TEST_F(RunWithFile, ChecksAConfiguration)
{
    write("[store]\npth = 'x'\n");
    const auto bad = run_with({"--config", file.string(), "--check-config"}, unreached);
    EXPECT_EQ(bad.status, 78);
    EXPECT_EQ(bad.err,
              "gonghui-test: " + file.string() + ":2: unknown key \"store.pth\"; did you mean \"store.path\"?\n");
    write("[store]\npath = 'x'\n");
    const auto good = run_with({"--config", file.string(), "--check-config"}, unreached);
    EXPECT_EQ(good.status, 0);
    EXPECT_EQ(good.out, file.string() + ": correct\n");
}

TEST_F(RunWithFile, PrintsAConfigurationWithoutSecrets)
{
    write("smtp.password = 'hunter2'\n");
    const auto outcome = run_with({"--config=" + file.string(), "--print-config"}, unreached);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, HasSubstr("smtp.password = \"********\""));
    EXPECT_EQ(outcome.out.find("hunter2"), std::string::npos);
}

TEST_F(RunWithFile, GivesTheBodyItsSurroundings)
{
    write("store.path = 'here.db'\nlog.format = 'json'\n");
    const auto outcome = run_with({"--config", file.string()}, [](process::Setup& setup) {
        EXPECT_EQ(setup.config.text("store.path"), "here.db");
        EXPECT_GT(setup.http_port, 0);
        EXPECT_FALSE(setup.readiness.reasons().empty());
        setup.readiness.ready("process");
        EXPECT_TRUE(setup.readiness.reasons().empty());
        setup.request_stop();
        EXPECT_TRUE(setup.stop.stop_requested());
        return 3;
    });
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.err, HasSubstr(R"("message":"started")"));
    EXPECT_THAT(outcome.err, HasSubstr(R"("message":"stopped","exit_code":3)"));
}

TEST_F(RunWithFile, ReloadsOnSighup)
{
    write("store.path = 'one.db'\n");
    const auto outcome = run_with({"--config", file.string()}, [this](process::Setup& setup) {
        std::promise<std::string> reloaded;
        setup.on_reload([&](const Config& fresh) { reloaded.set_value(fresh.text("store.path")); });
        write("store.path = 'two.db'\n");
        kill(getpid(), SIGHUP);
        EXPECT_EQ(reloaded.get_future().get(), "two.db");
        setup.on_reload(nullptr);
        return 0;
    });
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.err, HasSubstr(R"("message":"reloaded")"));
    EXPECT_THAT(outcome.err, HasSubstr(R"("message":"restart_needed","keys":"store.path")"));
}

TEST_F(RunWithFile, SaysNothingOfARestartWhenAllIsObeyed)
{
    write("");
    const auto outcome = run_with({"--config", file.string()}, [this](process::Setup& setup) {
        std::promise<void> reloaded;
        setup.on_reload([&](const Config&) { reloaded.set_value(); });
        write("log.level = 'debug'\n");
        kill(getpid(), SIGHUP);
        reloaded.get_future().wait();
        setup.on_reload(nullptr);
        log::debug("seen_now");
        return 0;
    });
    EXPECT_THAT(outcome.err, HasSubstr("seen_now"));
    EXPECT_THAT(outcome.err, testing::Not(HasSubstr("restart_needed")));
}

TEST_F(RunWithFile, KeepsWhatItHasWhenTheReloadedFileIsWrong)
{
    write("store.path = 'one.db'\n");
    const auto outcome = run_with({"--config", file.string()}, [this](process::Setup& setup) {
        setup.on_reload([](const Config&) { ADD_FAILURE() << "a wrong configuration was handed on"; });
        write("store.pth = 'two.db'\n");
        std::promise<void> stopped;
        const std::stop_callback when_stopped(setup.stop, [&stopped] { stopped.set_value(); });
        kill(getpid(), SIGHUP);
        kill(getpid(), SIGTERM);  // taken after the SIGHUP: of pending signals the lowest number comes first
        stopped.get_future().wait();
        setup.on_reload(nullptr);
        EXPECT_EQ(setup.config.text("store.path"), "one.db");
        return 0;
    });
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.err, HasSubstr(R"("message":"reload_failed")"));
    EXPECT_THAT(outcome.err, HasSubstr("unknown key"));
}

struct Fault {
    const char* name;
    std::function<void()> raise;
    int status;
    const char* message;
};

std::ostream& operator<<(std::ostream& out, const Fault& fault)
{
    return out << fault.name;
}

class Faults : public testing::TestWithParam<Fault> {};

TEST_P(Faults, EndTheProgramWithOneMessageAndTheirCode)
{
    const auto outcome = run_with({}, [](process::Setup&) {
        GetParam().raise();
        return 0;
    });
    EXPECT_EQ(outcome.status, GetParam().status);
    EXPECT_THAT(outcome.err, HasSubstr(R"("message":"stopped_by_fault")"));
    EXPECT_THAT(outcome.err, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Run, Faults,
    testing::Values(
        Fault{"Failure", [] { throw Failure(Exit::unavailable, "the hub's port is taken"); }, 69, "port is taken"},
        Fault{"StoreTooNew", [] { throw sqlite::StoreTooNew("x.db is from version 9"); }, 65, "version 9"},
        Fault{"StoreDamaged", [] { throw sqlite::Error(11, "x.db is malformed"); }, 65, "malformed"},
        Fault{"DiskFull", [] { throw sqlite::Error(13, "x.db: full"); }, 74, "full"},
        Fault{"ReadOnlyFolder",
              [] {
                  throw std::filesystem::filesystem_error("cannot create", "/ro/x",
                                                          std::make_error_code(std::errc::permission_denied));
              },
              73, "/ro/x"},
        Fault{"PortTaken",
              [] { throw std::system_error(std::make_error_code(std::errc::address_in_use), "tcp://127.0.0.1:1"); }, 69,
              "tcp://127.0.0.1:1"},
        Fault{"Bug", [] { throw std::logic_error("this cannot be"); }, 70, "this cannot be"},
        Fault{"NoException", [] { throw 5; }, 70, "no std::exception"}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

}  // namespace
}  // namespace gonghui::process
