#include "common/process/executable.hpp"

#include <gtest/gtest.h>

namespace gonghui::process {
namespace {

TEST(Executable, IsTheFileThatRuns)
{
    EXPECT_EQ(executable(), std::filesystem::read_symlink("/proc/self/exe"));
}

}  // namespace
}  // namespace gonghui::process
