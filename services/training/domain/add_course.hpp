#pragma once

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

struct CourseFacts {
    bool exists = false;
    Standing standing;
};

[[nodiscard]] Decided<CourseAdded> add_course(const CourseFacts& facts, const AddCourse& command, const Actor& actor);

}  // namespace gonghui::training
