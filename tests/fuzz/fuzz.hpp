#pragma once
// What the fuzz targets share. A target is a file with one LLVMFuzzerTestOneInput
// (https://llvm.org/docs/LibFuzzer.html); what it must never see break is said with `require`, everything else is the
// sanitizers' to find.

#include "common/bytes/bytes.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace gonghui::fuzz {

// Aborts, so that the fuzzer keeps the input. An assert would be silent in a release build.
inline void require(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

inline BytesView input(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const std::byte*>(data), size};
}

}  // namespace gonghui::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
