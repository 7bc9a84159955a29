// The year's promises of a union, and how far it is with them.
#include "service.hpp"

int main(int argc, char** argv)
{
    using namespace gonghui;
    Service service("pledges",
                    {.tables = pledges::tables(), .read_models = pledges::read_models(), .version = PLEDGES_VERSION});
    pledges::wire(service);
    return service.run(argc, argv);
}
