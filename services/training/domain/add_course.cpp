#include "services/training/domain/add_course.hpp"

namespace gonghui::training {

Decided<CourseAdded> add_course(const CourseFacts& facts, const AddCourse& command, const Actor& actor)
{
    if (!permits(AddCourse::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (facts.exists) return refused(refusal::course_exists);
    return CourseAdded{command.course_id, command.title_zh, command.title_en, command.description};
}

}  // namespace gonghui::training
