#include "common/messaging/source.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace gonghui::messaging {

std::optional<Source> Source::parse(std::string_view text)
{
    const auto first = text.find('/');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = text.find('/', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto number = text.substr(second + 1);
    Source source{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)), 0};
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), source.partition);
    const bool whole = error == std::errc{} && end == number.data() + number.size();
    if (!whole || source.partition < 0 || source.district.empty() || source.service.empty()) return std::nullopt;
    return source;
}

std::string to_string(const Source& source)
{
    return source.district + '/' + source.service + '/' + std::to_string(source.partition);
}

std::string topic_of(const Source& source, std::string_view event_type)
{
    return topic_prefix(source.district, source.service).append(event_type);
}

std::string topic_prefix(std::string_view district, std::string_view service)
{
    std::string prefix;
    prefix.reserve(district.size() + service.size() + 32);
    return prefix.append(district).append(1, '.').append(service).append(1, '.');
}

std::string_view prefix_of(std::string_view topic)
{
    const auto first = topic.find('.');
    const auto second = first == std::string_view::npos ? first : topic.find('.', first + 1);
    return second == std::string_view::npos ? std::string_view{} : topic.substr(0, second + 1);
}

bool topic_matches(std::string_view topic, std::string_view source)
{
    // "331083.training.x" and "331083/training/0": the same two names, each closed by its own separator.
    std::size_t separators = 0;
    const auto length = std::min(topic.size(), source.size());
    for (std::size_t i = 0; i < length; ++i) {
        if (topic[i] == '.' && source[i] == '/') {
            if (++separators == 2) return true;
        } else if (topic[i] != source[i]) {
            return false;
        }
    }
    return false;
}

int partition_of(const Uuid& key, int partitions)
{
    if (partitions == 1) return catalogue;
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(key.bytes.data()),
                       key.bytes.size(), nullptr, 0);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8U | hash[i];
    return 1 + static_cast<int>(number % static_cast<std::uint64_t>(partitions - 1));
}

}  // namespace gonghui::messaging
