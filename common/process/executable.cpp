#include "common/process/executable.hpp"

#include <sys/auxv.h>

namespace gonghui::process {

std::filesystem::path executable()
{
    // What execve was given, as the kernel told the program: getauxval(3).
    return std::filesystem::canonical(reinterpret_cast<const char*>(getauxval(AT_EXECFN)));
}

}  // namespace gonghui::process
