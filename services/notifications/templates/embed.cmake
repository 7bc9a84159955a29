# Writes OUTPUT, a C++ source that holds every template file of FOLDER; run as cmake -D... -P embed.cmake.
file(GLOB files ${FOLDER}/*.txt)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(base ${file} NAME)
  string(REGEX MATCH "^([a-z_]+)\\.([A-Za-z-]+)\\.txt$" matched ${base})
  if(NOT matched)
    message(FATAL_ERROR "${base}: a template is named <name>.<language>.txt")
  endif()
  set(name ${CMAKE_MATCH_1})
  set(language ${CMAKE_MATCH_2})
  file(READ ${file} text)
  string(APPEND rows "    TemplateFile{\"${name}\", \"${language}\", R\"_text_(${text})_text_\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by templates/embed.cmake from templates/*.txt.
#include \"services/notifications/domain/rendering.hpp\"

#include <array>

namespace gonghui::notifications {

std::span<const TemplateFile> template_files()
{
    static constexpr auto files = std::to_array<TemplateFile>({
${rows}    });
    return files;
}

}  // namespace gonghui::notifications
")
