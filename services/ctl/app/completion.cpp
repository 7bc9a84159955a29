#include "services/ctl/app/completion.hpp"

namespace gonghui::ctl {

namespace {

constexpr std::string_view bash = R"_sh_(# source <(gonghui completion bash)
_gonghui() {
    local IFS=$'\n'
    COMPREPLY=($(gonghui __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _gonghui gonghui
)_sh_";

// clang-format takes this shell for C++.
// clang-format off
constexpr std::string_view zsh = R"_sh_(#compdef gonghui
# source <(gonghui completion zsh)
_gonghui() {
    local -a candidates
    candidates=(${(f)"$(gonghui __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    compadd -a candidates || _files
}
compdef _gonghui gonghui
)_sh_";
// clang-format on

constexpr std::string_view fish = R"_sh_(# gonghui completion fish | source
complete -c gonghui -a '(gonghui __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
)_sh_";

}  // namespace

std::string_view completion_script(std::string_view shell)
{
    if (shell == "bash") return bash;
    return shell == "zsh" ? zsh : fish;
}

}  // namespace gonghui::ctl
