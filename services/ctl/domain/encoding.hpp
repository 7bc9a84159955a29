#pragma once
// Bytes as text: officers' spreadsheets write UTF-8 or GB18030, and sometimes half of each.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui::ctl {

enum class Encoding : std::uint8_t { utf8, gb18030 };

// Reads GB18030 (which contains GBK and GB 2312). Reuses its state; not thread-safe.
class Gb18030Reader {
public:
    Gb18030Reader();
    ~Gb18030Reader();
    Gb18030Reader(Gb18030Reader&&) noexcept;
    Gb18030Reader& operator=(Gb18030Reader&&) = delete;

    // As UTF-8; nullopt when it is no GB18030.
    std::optional<std::string> read(std::string_view bytes);

private:
    void* converter_;
};

}  // namespace gonghui::ctl
