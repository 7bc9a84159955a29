// Asks every partition of training where a person has a seat.  ask FOLDER KEY PERSON
#include <gonghui/bus.hpp>
#include <schemas/generated/training/codecs.hpp>

#include <iostream>

int main(int argc, char** argv)
{
    using namespace gonghui;
    if (argc != 4) return 64;
    const auto person = Uuid::parse(argv[3]).value();
    Bus bus(argv[1], argv[2]);
    int partition = 0;
    const training::MyEnrollments question{.person_id = PersonId(person)};
    for (const auto& answer : bus.ask_everywhere(question, {.actor = worker(person)}))
        std::cout << partition++ << ' ' << to_string(answer.outcome) << ' ' << answer.data->enrollments.size() << '\n';
}
