#include "common/process/http.hpp"

#include "common/process/exit_codes.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

namespace gonghui::process {
namespace {

class HttpServerTest : public testing::Test {
protected:
    Metrics metrics;
    Readiness readiness;
    HttpServer server{"127.0.0.1:0", metrics, readiness};
    httplib::Client client{"127.0.0.1", server.port()};
};

TEST_F(HttpServerTest, IsHealthyWhileItRuns)
{
    EXPECT_EQ(client.Get("/healthz")->status, 200);
    EXPECT_EQ(client.Get("/elsewhere")->status, 404);
}

TEST_F(HttpServerTest, SaysWhyItIsNotReady)
{
    readiness.ready("process");
    readiness.not_ready("bus", "no \"hub\"");
    const auto waiting = client.Get("/readyz");
    EXPECT_EQ(waiting->status, 503);
    EXPECT_EQ(waiting->body, R"({"ready":false,"reasons":{"bus":"no \"hub\""}})");
    readiness.ready("bus");
    const auto ready = client.Get("/readyz");
    EXPECT_EQ(ready->status, 200);
    EXPECT_EQ(ready->body, R"({"ready":true,"reasons":{}})");
    readiness.without("email", "mail.host is empty");
    const auto lacking = client.Get("/readyz");
    EXPECT_EQ(lacking->status, 200);
    EXPECT_EQ(lacking->body, R"({"ready":true,"reasons":{},"without":{"email":"mail.host is empty"}})");
}

TEST_F(HttpServerTest, RunsTheHooksWhenScraped)
{
    auto counter = metrics.counter("gonghui_x_total", "X.");
    const auto hook = metrics.collect([&counter] { counter.advance_to(42); });
    const auto scraped = client.Get("/metrics");
    EXPECT_EQ(scraped->status, 200);
    EXPECT_NE(scraped->body.find("gonghui_x_total 42\n"), std::string::npos);
}

TEST_F(HttpServerTest, SaysThatAPortIsTaken)
{
    const std::string listen = "127.0.0.1:" + std::to_string(server.port());
    try {
        const HttpServer second(listen, metrics, readiness);
        FAIL() << "two servers share a port";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code(), Exit::unavailable);
        EXPECT_EQ(failure.what(), "http.listen " + listen + ": the port is already in use");
    }
}

TEST(HttpServer, RefusesWhatIsNoEndpoint)
{
    Metrics metrics;
    const Readiness readiness;
    for (const auto* const bad : {"", "9100", ":9100", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x"})
        EXPECT_THROW(HttpServer(bad, metrics, readiness), Failure) << bad;
}

TEST_F(HttpServerTest, IsAskedForItsStatus)
{
    const auto at = "127.0.0.1:" + std::to_string(server.port());
    EXPECT_EQ(http_status(at, "/healthz"), 200);
    EXPECT_EQ(http_status(at, "/elsewhere"), 404);
    EXPECT_EQ(http_status("127.0.0.1:1", "/"), std::nullopt) << "nobody listens";
    EXPECT_EQ(http_status("off", "/"), std::nullopt);
}

}  // namespace
}  // namespace gonghui::process
