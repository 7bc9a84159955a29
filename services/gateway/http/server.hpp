#pragma once
// HTTP/1.1 on one thread: connections, their limits and their end. Requests are read by Boost.Beast's parser; what they
// ask for is others' to know.
//
// A connection that waits for its next request holds a socket and some five hundred bytes: what has to be kept of a
// request is made when its first byte comes, from the thread's one buffer, and gone when it is answered.

#include "services/gateway/http/message.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace gonghui::gateway {

struct ServerSettings {
    std::string listen;                     // host:port
    std::size_t most_connections = 20'000;  // more are closed as they come
    std::size_t most_of_address = 2'000;    // of them from one network; behind a proxy all are from it, and none counts
    int proxies = 0;                        // trusted ones in front: the address is the n-th last of X-Forwarded-For
    std::chrono::seconds idle{75};          // between two requests
    std::chrono::seconds reading{15};       // a request, from its first byte to its last
    std::chrono::seconds writing{60};       // an answer
};

class Connection;

class Server {
public:
    using Handle = std::function<void(const HttpRequest&, Respond)>;

    // Throws Failure(Exit::unavailable) when the port is taken. Serves from the next turn of `io` on.
    Server(boost::asio::io_context& io, const ServerSettings& settings, Handle handle);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Takes no more connections, ends those that wait for a request, and the others with their answer.
    void drain();
    [[nodiscard]] bool is_drained() const { return connections_.empty(); }
    // Ends whatever is left.
    void close();

    [[nodiscard]] std::size_t connection_count() const { return connections_.size(); }
    [[nodiscard]] int port() const;

private:
    friend class Connection;
    using Connections = std::list<std::shared_ptr<Connection>>;
    // How many there are from each network.
    using Networks = std::map<std::string, std::size_t>;

    void accept();
    void take(boost::asio::ip::tcp::socket socket);
    void forget(Connections::iterator place, Networks::iterator network);
    void sweep();

    boost::asio::io_context& io_;
    ServerSettings settings_;
    Handle handle_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer sweep_;
    Connections connections_;
    Networks networks_;
    bool is_draining_ = false;
    bool is_out_of_descriptors_ = false;
    std::array<char, 64 * 1024> buffer_{};  // what is read, for a moment
};

}  // namespace gonghui::gateway
