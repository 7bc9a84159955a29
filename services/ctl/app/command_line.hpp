#pragma once
// The words after `gonghui`: which command, with which options, in which language.

namespace gonghui::ctl {

// Runs the command that the arguments name; the result is the exit code. Never throws.
int run_command_line(int argc, char** argv);

}  // namespace gonghui::ctl
