// Frames of many messages, as the hub takes them from any peer that has a key.

#include "common/messaging/frames.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace gonghui;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto frame = fuzz::input(data, size);
    messaging::FrameReader reader(frame);
    std::size_t walked = 0;
    while (const auto message = reader.next()) {
        fuzz::require(message->whole.data() == frame.data() + walked, "messages stand back to back");
        walked += message->whole.size();
        if (message->word == messaging::Word::hold) static_cast<void>(messaging::decode_holding(message->holding));
    }
    fuzz::require(reader.malformed() || walked == size, "a frame is read to its end, or called malformed");
    return 0;
}
