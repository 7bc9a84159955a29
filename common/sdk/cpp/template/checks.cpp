// Asks the service, in the district of GONGHUI_DISTRICT_FOLDER, with the operator's key.
#include <gonghui/bus.hpp>
#include <schemas/generated/@name@/codecs.hpp>
#include <schemas/generated/registration/codecs.hpp>

#include <cstdlib>
#include <iostream>

using namespace gonghui;
using namespace gonghui::@name@;
using gonghui::registration::FoundOrganisation;
using gonghui::registration::OrganisationKind;

int failures = 0;

void expect(const std::string& wanted, const std::string& found)
{
    if (wanted == found) return;
    std::cerr << "expected " << wanted << ", found " << found << '\n';
    ++failures;
}

int main()
{
    const char* folder = std::getenv("GONGHUI_DISTRICT_FOLDER");
    if (folder == nullptr) {
        std::cerr << "GONGHUI_DISTRICT_FOLDER is not set: ./test sets it\n";
        return 64;
    }
    Bus bus(folder, "ctl");
    SystemRandom random;
    const OrganisationId city(make_random_uuid(random));
    const OrganisationId nowhere(make_random_uuid(random));

    // A note is kept.
    const auto founded =
        bus.ask(FoundOrganisation{.organisation_id = city, .kind = OrganisationKind::city, .name = "试验市总工会"});
    expect("", founded.code);
    expect("", bus.ask(Note{.organisation_id = city, .text = "你好"}, {.after = founded.at}).code);
    const auto kept = bus.ask(Notes{.organisation_id = city});
    expect("你好", kept.data && kept.data->notes.size() == 1 ? kept.data->notes.front() : kept.code);

    // What does not fit is named; what it refuses.
    expect("too_short", bus.ask(Note{.organisation_id = city, .text = ""}).errors["text"]);
    const Note refused{.organisation_id = nowhere, .text = "x"};
    expect("unknown_organisation", bus.ask(refused).code);
    expect("not_permitted", bus.ask(refused, {.actor = worker(make_random_uuid(random))}).code);
    return failures == 0 ? 0 : 1;
}
