#pragma once
// Every message that can be asked here: the house's, which are compiled in, and those of what is plugged into this
// district, as the schemas in its folder describe them (`plugged/<service>/schemas`, schemas/README.md).

#include "schemas/generated/catalogue.hpp"
#include "services/ctl/app/session.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ctl {

// What is wrong with a schema: where, and why. For people.
struct SchemaProblem {
    std::string file;
    std::string path;  // dotted; empty: the whole
    Text why;
    std::string detail;  // for {0}
};

// Messages of one service that was not compiled in. What it gives out lives as long as it does.
class PluggedMessages {
public:
    // `folder`: with the schemas. What cannot be understood is left out and told in `problems`.
    PluggedMessages(std::string service, const std::string& folder, std::vector<SchemaProblem>& problems);
    PluggedMessages(const PluggedMessages&) = delete;
    PluggedMessages& operator=(const PluggedMessages&) = delete;

    [[nodiscard]] const std::deque<schemas::Message>& messages() const { return messages_; }
    [[nodiscard]] const Text* find_refusal(std::string_view code) const;

private:
    friend class SchemaReader;
    std::string service_;
    std::deque<std::string> texts_;
    std::deque<schemas::Type> types_;
    std::deque<std::vector<schemas::Field>> fields_;
    std::deque<std::vector<std::string_view>> words_;
    std::deque<schemas::Message> messages_;
    std::map<std::string, Text, std::less<>> refusals_;
};

class KnownMessages {
public:
    // Says on stderr what of a plug-in's schemas cannot be understood; the others are known all the same.
    explicit KnownMessages(const Session& session);

    [[nodiscard]] const std::vector<const schemas::Message*>& all() const { return all_; }
    [[nodiscard]] const schemas::Message* find_request(std::string_view type) const;
    // Null: it has no words.
    [[nodiscard]] const Text* find_refusal(std::string_view service, std::string_view code) const;

private:
    std::map<std::string, PluggedMessages, std::less<>> plugged_;
    std::vector<const schemas::Message*> all_;
};

}  // namespace gonghui::ctl
