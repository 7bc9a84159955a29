#pragma once

#include <filesystem>

namespace gonghui::process {

// The file that this program was started from, without links. It needs no /proc, which a bare chroot does not have; to
// be asked before the working directory is changed. Throws std::filesystem::filesystem_error if the file has gone.
std::filesystem::path executable();

}  // namespace gonghui::process
