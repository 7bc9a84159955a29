# Writes OUTPUT, a C++ source that holds INPUT; run as cmake -D... -P embed.cmake.
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "// Written by app/embed.cmake from district.toml.
#include \"services/ctl/app/embedded_district.hpp\"

namespace gonghui::ctl {

const std::string_view embedded_district = R\"_toml_(${text})_toml_\";

}  // namespace gonghui::ctl
")
