#pragma once
// A transport and a service around another one, which pass everything on: for what differs from it in one point.

#include "common/messaging/service.hpp"
#include "common/messaging/transport.hpp"

#include <memory>
#include <utility>

namespace gonghui::simulation {

class AroundTransport : public messaging::Transport {
public:
    explicit AroundTransport(std::unique_ptr<messaging::Transport> inner) : inner_(std::move(inner)) {}
    std::size_t receive(std::vector<messaging::Inbound>& out, std::size_t limit) override
    {
        return inner_->receive(out, limit);
    }
    void follow(std::string_view prefix) override { inner_->follow(prefix); }
    void publish(std::string_view topic, BytesView event) override { inner_->publish(topic, event); }
    void reply(messaging::ReplyToken token, BytesView reply) override { inner_->reply(token, reply); }
    void request(BytesView request) override { inner_->request(request); }
    void hold(const messaging::Holding& holding) override { inner_->hold(holding); }
    void release(const messaging::Source& source) override { inner_->release(source); }

protected:
    messaging::Transport& inner() { return *inner_; }

private:
    std::unique_ptr<messaging::Transport> inner_;
};

class AroundService : public messaging::Service {
public:
    explicit AroundService(messaging::Service& inner) : inner_(inner) {}
    [[nodiscard]] const std::set<std::string, std::less<>>& follows() const override { return inner_.follows(); }
    [[nodiscard]] messaging::Form form_of(std::string_view type) const override { return inner_.form_of(type); }
    [[nodiscard]] const std::vector<std::string>* read_model(std::string_view service) const override
    {
        return inner_.read_model(service);
    }
    [[nodiscard]] bool prepares(std::string_view type) const override { return inner_.prepares(type); }
    [[nodiscard]] messaging::Prepared prepare(const messaging::Request& request,
                                              const messaging::Context& context) const override
    {
        return inner_.prepare(request, context);
    }
    messaging::Reply command(const messaging::Request& request, const messaging::Prepared& prepared,
                             const messaging::Context& context, messaging::Recorder& recorder) override
    {
        return inner_.command(request, prepared, context, recorder);
    }
    messaging::Reply query(const messaging::Request& request, const messaging::Context& context,
                           sqlite::Database& reader) const override
    {
        return inner_.query(request, context, reader);
    }
    messaging::Known apply(const messaging::Event& event, const codec::Value& data, const messaging::Context& context,
                           messaging::Recorder* recorder) override
    {
        return inner_.apply(event, data, context, recorder);
    }
    messaging::Known replay(const messaging::Event& event, const codec::Value& data) override
    {
        return inner_.replay(event, data);
    }
    void fire(const messaging::Timer& timer, const messaging::Context& context, messaging::Recorder& recorder) override
    {
        inner_.fire(timer, context, recorder);
    }

private:
    messaging::Service& inner_;
};

}  // namespace gonghui::simulation
