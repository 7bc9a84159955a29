// An officer's file: any bytes, taken for a roster.

#include "common/text/utf8.hpp"
#include "services/ctl/domain/roster_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace gonghui;

namespace {

void require_text(const ctl::RosterRow& row)
{
    fuzz::require(is_utf8(row.name.reveal()) && is_utf8(row.id_number.reveal()) && is_utf8(row.phone.reveal()) &&
                      is_utf8(row.union_code),
                  "what is sent on is UTF-8");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bytes = as_text(fuzz::input(data, size));
    const auto layout = ctl::recognise(bytes);
    if (!layout) return 0;
    ctl::RosterFile file(bytes, *layout);
    std::int64_t last_line = 0;
    while (const auto row = file.next()) {
        const auto* good = std::get_if<ctl::RosterRow>(&*row);
        const auto line = good ? good->line : std::get<ctl::BadRow>(*row).line;
        fuzz::require(line > last_line, "lines come in order, each once");
        last_line = line;
        if (good) require_text(*good);
        fuzz::require(file.offset() <= size, "nothing is read behind the end");
    }
    return 0;
}
