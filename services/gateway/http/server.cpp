#include "services/gateway/http/server.hpp"

#include "common/process/exit_codes.hpp"
#include "common/process/forms.hpp"
#include "services/gateway/http/connection.hpp"
#include "services/gateway/http/limits.hpp"

namespace gonghui::gateway {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

tcp::acceptor listening(asio::io_context& io, const std::string& listen)
{
    const auto place = process::parse_host_and_port(listen);
    if (!place) throw process::Failure(process::Exit::config, "edge.listen: \"" + listen + "\" is not host:port");
    try {
        const auto address = asio::ip::make_address(place->host == "localhost" ? "127.0.0.1" : place->host);
        return {io, tcp::endpoint(address, static_cast<std::uint16_t>(place->port))};
    } catch (const boost::system::system_error& error) {
        throw process::Failure(process::Exit::unavailable, "edge.listen " + listen + ": " + error.code().message());
    }
}

}  // namespace

Server::Server(asio::io_context& io, const ServerSettings& settings, Handle handle)
    : io_(io), settings_(settings), handle_(std::move(handle)), acceptor_(listening(io, settings.listen)), sweep_(io)
{
    accept();
    sweep();
}

Server::~Server()
{
    close();
}

int Server::port() const
{
    boost::system::error_code closed;
    return acceptor_.local_endpoint(closed).port();
}

void Server::accept()
{
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
        if (error == asio::error::operation_aborted) return;
        if (!error) take(std::move(socket));
        // Out of descriptors: the next look takes those who wait, if some are free by then.
        is_out_of_descriptors_ = error == asio::error::no_descriptors;
        if (!is_out_of_descriptors_) accept();
    });
}

// Closes it when there are too many, by letting go of it.
void Server::take(tcp::socket socket)
{
    if (connections_.size() >= settings_.most_connections) return;
    boost::system::error_code failed;
    const auto peer = socket.remote_endpoint(failed);
    if (failed) return;  // gone already
    const auto network =
        networks_.try_emplace(settings_.proxies > 0 ? std::string() : network_of(peer.address().to_string())).first;
    if (settings_.proxies == 0 && network->second >= settings_.most_of_address) return;
    ++network->second;
    socket.set_option(tcp::no_delay(true), failed);
    socket.non_blocking(true, failed);
    const auto place = connections_.insert(connections_.end(), std::make_shared<Connection>(*this, std::move(socket)));
    (*place)->start(place, network);
}

void Server::forget(Connections::iterator place, Networks::iterator network)
{
    if (--network->second == 0) networks_.erase(network);
    connections_.erase(place);
}

// One look a second at everybody costs less than a timer for each.
void Server::sweep()
{
    sweep_.expires_after(std::chrono::seconds(1));
    sweep_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const auto now = Connection::Clock::now();
        for (auto one = connections_.begin(); one != connections_.end();) {
            const auto connection = *one++;  // it may leave the list
            connection->expire(now);
        }
        if (std::exchange(is_out_of_descriptors_, false)) accept();
        sweep();
    });
}

void Server::drain()
{
    is_draining_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (auto one = connections_.begin(); one != connections_.end();) {
        const auto connection = *one++;
        connection->drain();
    }
}

void Server::close()
{
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    sweep_.cancel();
    while (!connections_.empty()) {
        const auto connection = connections_.front();
        connection->close();
    }
}

}  // namespace gonghui::gateway
