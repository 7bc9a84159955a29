#pragma once
// `gonghui accounts`: who may log in at the gateway with a password. The password and the secret of the codes are made
// and hashed here; the password goes nowhere.

#include "services/ctl/app/session.hpp"

#include <string>

namespace gonghui::ctl {

struct AccountsAddOptions {
    std::string login;
    std::string person;
    std::string password;  // a file, or - for standard input; empty: one is made
};
int accounts_add(const Session& session, const AccountsAddOptions& options);

struct AccountsRemoveOptions {
    std::string login;
};
int accounts_remove(const Session& session, const AccountsRemoveOptions& options);

}  // namespace gonghui::ctl
