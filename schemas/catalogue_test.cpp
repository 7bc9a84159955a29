#include "schemas/generated/catalogue.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace gonghui::schemas {
namespace {

// Every type is reachable and has what its shape needs.
void expect_whole(const Type* type, std::string_view where)
{
    ASSERT_NE(type, nullptr) << where;
    if (type->shape == Shape::choice) {
        EXPECT_FALSE(type->choices.empty()) << where;
    }
    if (type->shape == Shape::array) expect_whole(type->item, where);
    for (const auto& field : type->fields) expect_whole(field.type, field.name);
}

TEST(Catalogue, DescribesEveryMessageWhole)
{
    EXPECT_FALSE(messages().empty());
    for (const auto& message : messages()) {
        SCOPED_TRACE(message.dataschema);
        EXPECT_FALSE(message.description.empty());
        expect_whole(message.data, message.dataschema);
        if (message.kind != Kind::event) expect_whole(message.reply, message.dataschema);
    }
}

TEST(Catalogue, FindsEveryMessageByItsName)
{
    for (const auto& message : messages()) {
        const auto* found = message.kind == Kind::event ? find_event(message.dataschema) : find_request(message.type);
        EXPECT_EQ(found, &message) << message.dataschema;
    }
    EXPECT_EQ(find_request("nobody.knows"), nullptr);
    EXPECT_EQ(find_event("nobody/knows.v1"), nullptr);
}

TEST(Catalogue, WordsEveryRefusalInBothLanguages)
{
    for (const auto& message : messages())
        for (const auto code : message.refusals) {
            const auto* text = find_refusal(message.service, code);
            ASSERT_NE(text, nullptr) << message.type << ": " << code;
            EXPECT_FALSE(text->zh_cn.empty());
            EXPECT_FALSE(text->en.empty());
        }
    EXPECT_EQ(find_refusal("training", "nobody_knows"), nullptr);
}

TEST(Catalogue, HoldsOnlyPlainPersonalTextInRequestsAndSealedTextInEvents)
{
    for (const auto& message : messages())
        for (const auto& field : message.data->fields)
            EXPECT_NE(field.type->shape, message.kind == Kind::event ? Shape::personal : Shape::sealed) << field.name;
}

}  // namespace
}  // namespace gonghui::schemas
