// gonghui: the operator's command.

#include "services/ctl/app/command_line.hpp"

int main(int argc, char** argv)
{
    return gonghui::ctl::run_command_line(argc, argv);
}
