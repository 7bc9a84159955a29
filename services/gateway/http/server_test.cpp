// HTTP as it comes out of a socket: whom a request is held to be from, and what is no request.

#include "services/gateway/http/server.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace gonghui::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Answers every request with the address that it is held to be from.
class Served : public testing::Test {
protected:
    std::string ask(const std::string& request, int proxies = 1)
    {
        asio::io_context io{1};
        ServerSettings settings;
        settings.listen = "127.0.0.1:0";
        settings.proxies = proxies;
        Server server(io, settings, [&](const HttpRequest& got, const Respond& respond) {
            ++requests;
            HttpResponse response;
            response.body = got.address;
            respond(std::move(response));
        });
        tcp::socket socket(io);
        socket.connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(server.port())});
        asio::write(socket, asio::buffer(request));
        std::string answer;
        asio::async_read(socket, asio::dynamic_buffer(answer), [&](const auto&, std::size_t) { io.stop(); });
        io.run_for(std::chrono::seconds(10));
        return answer;
    }

    std::string address(const std::string& headers, int proxies = 1)
    {
        const auto answer = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n", proxies);
        return answer.substr(answer.find("\r\n\r\n") + 4);
    }

    int requests = 0;
};

TEST_F(Served, BelievesTheLastAddressesOfOurOwnProxiesAlone)
{
    EXPECT_EQ(address("X-Forwarded-For: 6.6.6.6, 198.51.100.1 \r\n"), "198.51.100.1");
    EXPECT_EQ(address("X-Forwarded-For: 6.6.6.6, 198.51.100.1, 10.0.0.1\r\n", 2), "198.51.100.1");
    EXPECT_EQ(address("X-Forwarded-For: 6.6.6.6\r\n", 0), "127.0.0.1");
    EXPECT_EQ(address(""), "");
}

// HAProxy leaves the client's line as it is and adds its own.
TEST_F(Served, BelievesTheLastLineOfSeveral)
{
    EXPECT_EQ(address("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 198.51.100.1\r\n"), "198.51.100.1");
    EXPECT_EQ(address("X-Forwarded-For: 6.6.6.6\r\nx-forwarded-for: 198.51.100.1\r\nX-Forwarded-For: 10.0.0.1\r\n", 2),
              "198.51.100.1");
}

// The request that another parser could find in the body of the first.
TEST_F(Served, TakesNoBodyWhoseEndTwoCouldSeeDifferently)
{
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for (const auto* coding : {"xchunked", "chunked, identity", "identity"}) {
        const auto answer =
            ask(std::string(head).append("Transfer-Encoding: ").append(coding).append("\r\n\r\n").append(hidden));
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 411 ")) << coding << ": " << answer;
    }
    EXPECT_TRUE(
        ask(head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + hidden).starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask(head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\n" + hidden).starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask(head + "Host: b\r\n\r\n" + hidden).starts_with("HTTP/1.1 400 "));
    EXPECT_EQ(requests, 0);
}

TEST_F(Served, TakesNoFieldFromBehindTheBody)
{
    const auto answer =
        ask("POST / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.1\r\nTransfer-Encoding: chunked\r\n\r\n"
            "0\r\nX-Forwarded-For: 6.6.6.6\r\nX-Gonghui: 1\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 411 ")) << answer;
    EXPECT_EQ(requests, 0);
}

TEST_F(Served, SaysWhatIsTooMuchOrMissing)
{
    const std::string line = "POST / HTTP/1.1\r\n";
    const auto too_long = ask(line + "Host: a\r\nContent-Length: 1048577\r\n\r\n");
    EXPECT_TRUE(too_long.starts_with("HTTP/1.1 413 ")) << too_long;
    EXPECT_NE(too_long.find("body_too_large"), too_long.npos);
    const auto header = ask(line + "Host: a\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_TRUE(header.starts_with("HTTP/1.1 431 ")) << header;
    EXPECT_TRUE(ask(line + "\r\n").starts_with("HTTP/1.1 400 ")) << "nothing says whom it is for";
    EXPECT_EQ(requests, 0);
}

TEST_F(Served, AnswersHeadAsGetWithoutTheBody)
{
    const std::string rest = " / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.1\r\nConnection: close\r\n\r\n";
    const auto got = ask("GET" + rest);
    const auto head = ask("HEAD" + rest);
    EXPECT_TRUE(got.ends_with("\r\n\r\n198.51.100.1"));
    EXPECT_NE(head.find("Content-Length: 12\r\n"), head.npos);
    EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
}

// How many of `opened` connections from here are still there.
std::size_t kept_of(int opened, int proxies)
{
    asio::io_context io{1};
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.proxies = proxies;
    settings.most_of_address = 3;
    Server server(io, settings, [](const HttpRequest&, const Respond&) {});
    std::vector<tcp::socket> sockets;
    for (int i = 0; i < opened; ++i) {
        sockets.emplace_back(io).connect(
            {asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(server.port())});
        io.poll();
    }
    const auto kept = server.connection_count();
    if (kept == 0) return kept;
    sockets.front().close();
    while (server.connection_count() == kept && io.run_one_for(std::chrono::seconds(5)) > 0) {
    }
    sockets.emplace_back(io).connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(server.port())});
    while (server.connection_count() < kept && io.run_one_for(std::chrono::seconds(5)) > 0) {
    }
    EXPECT_EQ(server.connection_count(), kept) << "one that has gone makes room";
    return kept;
}

TEST(Connections, OfOneAddressAreBounded)
{
    EXPECT_EQ(kept_of(3, 0), 3U);
    EXPECT_EQ(kept_of(8, 0), 3U);
    EXPECT_EQ(kept_of(8, 1), 8U) << "all are the proxy's";
}

}  // namespace
}  // namespace gonghui::gateway
