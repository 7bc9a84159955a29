// gonghui: the operator's command.

#include "services/ctl/app/command_line.hpp"

#include <sys/stat.h>

int main(int argc, char** argv)
{
    // What it writes (keys, configurations with passwords, error files of a roster) is its owner's alone.
    ::umask(S_IRWXG | S_IRWXO);
    return gonghui::ctl::run_command_line(argc, argv);
}
