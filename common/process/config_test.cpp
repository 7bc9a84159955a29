#include "common/process/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ostream>

namespace gonghui::process {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

// NOLINTNEXTLINE(cppcoreguidelines-interfaces-global-init): the form that it names is constinit
const Keys keys{
    {.name = "district", .description = "The district's six-digit code."},
    {.name = "bind.publish", .fallback = "tcp://127.0.0.1:7001", .description = "Where events go out."},
    {.name = "store.cache_kib",
     .type = Type::integer,
     .fallback = "8192",
     .description = "Page cache.",
     .least = 64,
     .most = 1048576},
    {.name = "smtp.enabled", .type = Type::boolean, .fallback = "false", .description = "Whether mail goes out."},
    {.name = "smtp.timeout", .type = Type::duration, .fallback = "10s", .description = "How long a mail may take."},
    {.name = "smtp.password", .fallback = "", .description = "The password.", .secrecy = Secrecy::secret},
    {.name = "follows", .type = Type::list, .fallback = "", .description = "Followed services."},
    {.name = "hub.request", .fallback = "", .description = "Where requests go.", .form = form::tcp_endpoint},
    {.name = "peers",
     .type = Type::list,
     .fallback = "",
     .description = "Their districts.",
     .form = form::district_code},
    {.name = "log.level", .fallback = "info", .description = "Least level.", .choices = {"info", "error"}},
    {.name = "clients.*.public_key", .description = "Who a client is."},
    {.name = "clients.*.calls", .type = Type::list, .fallback = "", .description = "What it may call."},
};

std::optional<std::string> no_environment(const std::string&)
{
    return std::nullopt;
}

Environment environment_of(std::map<std::string, std::string> variables)
{
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    };
}

std::string complaint(std::string_view toml, const Environment& environment = no_environment)
{
    try {
        static_cast<void>(Config::parse(keys, toml, "d.toml", environment));
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no complaint";
}

TEST(Config, ReadsEveryType)
{
    const auto config = Config::parse(keys, R"(
district = "331083"
follows = ["registration", "training"]
[store]
cache_kib = 1024
[smtp]
enabled = true
timeout = "1500ms"
)",
                                      "d.toml", no_environment);
    EXPECT_EQ(config.text("district"), "331083");
    EXPECT_EQ(config.text("bind.publish"), "tcp://127.0.0.1:7001");
    EXPECT_EQ(config.integer("store.cache_kib"), 1024);
    EXPECT_TRUE(config.boolean("smtp.enabled"));
    EXPECT_EQ(config.duration("smtp.timeout"), 1500ms);
    EXPECT_THAT(config.list("follows"), ElementsAre("registration", "training"));
    EXPECT_TRUE(config.tables("clients").empty());
}

TEST(Config, LetsTheEnvironmentWin)
{
    const auto config = Config::parse(keys, "district = 'a'\nfollows = ['x']", "d.toml",
                                      environment_of({{"GONGHUI_DISTRICT", "b"},
                                                      {"GONGHUI_FOLLOWS", "training,registration"},
                                                      {"GONGHUI_STORE_CACHE_KIB", "64"},
                                                      {"GONGHUI_SMTP_ENABLED", "true"},
                                                      {"GONGHUI_SMTP_TIMEOUT", "2m"},
                                                      {"GONGHUI_SOMETHING_ELSE", "left alone"}}));
    EXPECT_EQ(config.text("district"), "b");
    EXPECT_THAT(config.list("follows"), ElementsAre("training", "registration"));
    EXPECT_EQ(config.integer("store.cache_kib"), 64);
    EXPECT_TRUE(config.boolean("smtp.enabled"));
    EXPECT_EQ(config.duration("smtp.timeout"), 2min);
}

TEST(Config, ReadsTablesOfAnyName)
{
    const auto config = Config::parse(keys, R"(
district = "331083"
[clients.training]
public_key = "t"
calls = ["registration.read_keys"]
[clients.matchmaking]
public_key = "m"
)",
                                      "d.toml", environment_of({{"GONGHUI_CLIENTS_TRAINING_PUBLIC_KEY", "u"}}));
    EXPECT_THAT(config.tables("clients"), ElementsAre("matchmaking", "training"));
    EXPECT_EQ(config.text("clients.training.public_key"), "u");
    EXPECT_THAT(config.list("clients.training.calls"), ElementsAre("registration.read_keys"));
    EXPECT_TRUE(config.list("clients.matchmaking.calls").empty());
}

struct BadConfig {
    const char* name;
    const char* toml;
    const char* message;
};

std::ostream& operator<<(std::ostream& out, const BadConfig& bad)
{
    return out << bad.name;
}

class BadConfigs : public testing::TestWithParam<BadConfig> {};

TEST_P(BadConfigs, AreAnsweredWithPlaceAndReason)
{
    EXPECT_EQ(complaint(GetParam().toml), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Config, BadConfigs,
    testing::Values(
        BadConfig{"UnknownKey", "district = '1'\n[bind]\npublsh = 'tcp://x'",
                  "d.toml:3: unknown key \"bind.publsh\"; did you mean \"bind.publish\"?"},
        BadConfig{"ForgottenTable", "district = '1'\npublish = 'tcp://x'",
                  "d.toml:2: unknown key \"publish\"; did you mean \"bind.publish\"?"},
        BadConfig{"UnknownTable", "district = '1'\n[gateway]\nport = 1", "d.toml:2: unknown key \"gateway\""},
        BadConfig{"UnknownKeyInATableOfAnyName", "district = '1'\n[clients.training]\npublic_key = 'k'\ncall = ['x']",
                  "d.toml:4: unknown key \"clients.training.call\"; did you mean \"clients.training.calls\"?"},
        BadConfig{"NumberForText", "district = 331083", "d.toml:1: \"district\" must be text, not an integer"},
        BadConfig{"TextForNumber", "district = '1'\nstore.cache_kib = '8'",
                  "d.toml:2: \"store.cache_kib\" must be an integer, not text"},
        BadConfig{"DecimalForInteger", "district = '1'\nstore.cache_kib = 8.5",
                  "d.toml:2: \"store.cache_kib\" must be an integer, not a decimal number"},
        BadConfig{"TextForBoolean", "district = '1'\nsmtp.enabled = 'yes'",
                  "d.toml:2: \"smtp.enabled\" must be true or false, not text"},
        BadConfig{"NumberForDuration", "district = '1'\nsmtp.timeout = 10",
                  "d.toml:2: \"smtp.timeout\" must be a duration (\"500ms\", \"5s\", \"10m\", \"2h\", \"30d\"), "
                  "not an integer"},
        BadConfig{"TextForList", "district = '1'\nfollows = 'training'",
                  "d.toml:2: \"follows\" must be a list of texts, not text"},
        BadConfig{"ListOfNumbers", "district = '1'\nfollows = [1]",
                  "d.toml:2: \"follows\" must be a list of texts, not one that holds an integer"},
        BadConfig{"TableForValue", "[district]\nname = 'x'", "d.toml:1: \"district\" must be text, not a table"},
        BadConfig{"ValueForTable", "district = '1'\nsmtp = 'off'", "d.toml:2: \"smtp\" must be a table, not text"},
        BadConfig{"TooSmall", "district = '1'\nstore.cache_kib = 1",
                  "d.toml:2: \"store.cache_kib\" must be at least 64"},
        BadConfig{"TooLarge", "district = '1'\nstore.cache_kib = 99999999",
                  "d.toml:2: \"store.cache_kib\" must be at most 1048576"},
        BadConfig{"NoChoice", "district = '1'\nlog.level = 'loud'",
                  "d.toml:2: \"log.level\" must be one of info error"},
        BadConfig{"NoPort", "district = '1'\nhub.request = 'tcp://127.0.0.1:70000'",
                  "d.toml:2: \"hub.request\" must be tcp://HOST:PORT with a port from 0 to 65535"},
        BadConfig{"OneOfAList", "district = '1'\npeers = ['331083', '33108']",
                  "d.toml:2: \"peers\" must be a six-digit GB/T 2260 code"},
        BadConfig{"Missing", "bind.publish = 'x'",
                  "d.toml: \"district\" is required (or GONGHUI_DISTRICT in the environment): The district's "
                  "six-digit code."},
        BadConfig{"MissingInATableOfAnyName", "district = '1'\nclients.x.calls = []",
                  "d.toml: \"clients.x.public_key\" is required (or GONGHUI_CLIENTS_X_PUBLIC_KEY in the "
                  "environment): Who a client is."},
        BadConfig{"TwoProblems", "district = 1\nfollow = []",
                  "d.toml:1: \"district\" must be text, not an integer\n"
                  "d.toml:2: unknown key \"follow\"; did you mean \"follows\"?"}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

TEST(Config, NamesTheLineOfABrokenFile)
{
    EXPECT_THAT(complaint("district = '1'\nbind = {"), HasSubstr("d.toml:2:"));
}

TEST(Config, ComplainsInChinese)
{
    const auto complaint_of = [](std::string_view toml) {
        try {
            static_cast<void>(Config::parse(keys, toml, "d.toml", no_environment, Language::zh_cn));
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("no complaint");
    };
    EXPECT_EQ(complaint_of("district = 1"), "d.toml:1: \"district\" 应为文本，不能是整数");
    EXPECT_EQ(complaint_of("district = '1'\n[bind]\npublsh = 'x'"),
              "d.toml:3: 没有 \"bind.publsh\" 这个键；是否想写 \"bind.publish\"？");
    EXPECT_EQ(complaint_of("hub.request = 'x'"),
              "d.toml:1: \"hub.request\" 应为 tcp://主机:端口，端口为 0 到 65535\n"
              "d.toml: 缺少 \"district\"（也可以由环境变量 GONGHUI_DISTRICT 给出）");
}

TEST(Config, NamesTheVariableOfABadValue)
{
    EXPECT_EQ(complaint("district = '1'", environment_of({{"GONGHUI_STORE_CACHE_KIB", "much"}})),
              "GONGHUI_STORE_CACHE_KIB: \"much\" is not an integer");
}

TEST(Config, SaysThatAFileIsMissing)
{
    try {
        static_cast<void>(Config::load(keys, "/nonexistent/d.toml", no_environment));
        FAIL() << "a missing file was read";
    } catch (const ConfigError& error) {
        EXPECT_STREQ(error.what(), "/nonexistent/d.toml: cannot be read: No such file or directory");
    }
}

TEST(Config, PrintsWithOriginsAndWithoutSecrets)
{
    const auto config = Config::parse(keys, "district = \"a\\\"b\"\nsmtp.password = 'hunter2'", "d.toml",
                                      environment_of({{"GONGHUI_FOLLOWS", "x,y"}}));
    const std::string printed = config.print();
    EXPECT_THAT(printed, HasSubstr("district = \"a\\\"b\"  # d.toml:1\n"));
    EXPECT_THAT(printed, HasSubstr("smtp.password = \"********\"  # d.toml:2\n"));
    EXPECT_THAT(printed, HasSubstr("smtp.timeout = \"10s\"  # default\n"));
    EXPECT_THAT(printed, HasSubstr("follows = [\"x\", \"y\"]  # GONGHUI_FOLLOWS\n"));
    EXPECT_EQ(printed.find("hunter2"), std::string::npos);
}

TEST(Config, PrintsWhatItCanReadAgain)
{
    const auto config = Config::parse(keys, "district = '区'\nclients.x.public_key = 'k'", "d.toml", no_environment);
    const auto again = Config::parse(keys, config.print(), "again.toml", no_environment);
    EXPECT_EQ(again.text("district"), "区");
    EXPECT_EQ(again.text("clients.x.public_key"), "k");
    EXPECT_EQ(again.duration("smtp.timeout"), 10s);
}

TEST(Config, SaysWhereAValueOrATableStands)
{
    const auto config = Config::parse(keys, "district = '1'\n\n[clients.training]\npublic_key = 't'", "d.toml",
                                      environment_of({{"GONGHUI_FOLLOWS", "x"}}));
    EXPECT_EQ(config.origin("district"), "d.toml:1");
    EXPECT_EQ(config.origin("clients.training"), "d.toml:3");
    EXPECT_EQ(config.origin("clients.training.public_key"), "d.toml:4");
    EXPECT_EQ(config.origin("follows"), "GONGHUI_FOLLOWS");
    EXPECT_EQ(config.origin("log.level"), "default");
    EXPECT_THROW(static_cast<void>(config.origin("clients.portal")), std::logic_error);
}

TEST(HostAndPort, IsReadOrRefused)
{
    EXPECT_EQ(parse_host_and_port("[::1]:7311")->host, "[::1]");
    EXPECT_EQ(parse_host_and_port("hub:0")->port, 0);
    EXPECT_EQ(parse_host_and_port("hub:65535")->port, 65535);
    for (const auto* const bad : {"", "hub", ":1", "hub:", "hub:65536", "hub:-1", "hub:1x", "hub: 1", "a/b:1"})
        EXPECT_FALSE(parse_host_and_port(bad)) << bad;
}

TEST(Config, DescribesEveryKey)
{
    const std::string help = describe(keys);
    for (const Key& key : keys) {
        EXPECT_THAT(help, HasSubstr(std::string(key.name)));
        EXPECT_THAT(help, HasSubstr(std::string(key.description)));
    }
    EXPECT_THAT(help, HasSubstr("integer, at least 64, at most 1048576, default 8192"));
}

TEST(Config, RefusesQuestionsThatTheTableDoesNotKnow)
{
    const auto config = Config::parse(keys, "district = '1'", "d.toml", no_environment);
    EXPECT_THROW(static_cast<void>(config.text("distrct")), std::logic_error);
    EXPECT_THROW(static_cast<void>(config.integer("district")), std::logic_error);
}

TEST(Duration, KnowsItsUnits)
{
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("0s"), 0ms);
    EXPECT_EQ(parse_duration("30d"), 720h);
    for (const auto* const bad : {"", "5", "s", "-1s", "5 s", "5sec", "99999999999999999999s", "9223372036854775807d"})
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace gonghui::process
