#include "common/zeromq/message.hpp"

#include "common/zeromq/native.hpp"

#include <new>

namespace gonghui::zeromq {

struct MessageAccess {
    static void* storage(Message& message) { return message.storage_.data(); }
    static const void* storage(const Message& message) { return message.storage_.data(); }
};

static_assert(sizeof(zmq::message_t) == sizeof(Message) && alignof(zmq::message_t) <= alignof(Message));

zmq::message_t& native(Message& message)
{
    return *std::launder(static_cast<zmq::message_t*>(MessageAccess::storage(message)));
}

const zmq::message_t& native(const Message& message)
{
    return *std::launder(static_cast<const zmq::message_t*>(MessageAccess::storage(message)));
}

Message::Message() noexcept
{
    new (storage_.data()) zmq::message_t();
}

Message::Message(BytesView content)
{
    new (storage_.data()) zmq::message_t(content.data(), content.size());
}

Message::Message(Message&& other) noexcept
{
    new (storage_.data()) zmq::message_t(std::move(native(other)));
}

Message& Message::operator=(Message&& other) noexcept
{
    native(*this) = std::move(native(other));
    return *this;
}

Message::~Message()
{
    native(*this).~message_t();
}

Message Message::share() const
{
    Message copy;
    // libzmq counts references inside the source, which stays the same for every reader.
    native(copy).copy(const_cast<zmq::message_t&>(native(*this)));
    return copy;
}

BytesView Message::view() const
{
    return {native(*this).data<std::byte>(), native(*this).size()};
}

bool Message::has_more() const
{
    return native(*this).more();
}

std::string_view Message::user_id() const
{
    // The C function, because the C++ one reports "no such property" by throwing.
    const auto* text = zmq_msg_gets(native(*this).handle(), "User-Id");
    return text == nullptr ? std::string_view{} : std::string_view(text);
}

int Message::connection() const
{
    // Deprecated upstream because the number may be another connection's by now; see end_connection.
    return zmq_msg_get(native(*this).handle(), ZMQ_SRCFD);
}

}  // namespace gonghui::zeromq
