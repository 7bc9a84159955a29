#pragma once
// Everything that the reader of configurations says, in both languages. {0}, {1} ... are filled in. Private to
// common/process.

#include "common/text/language.hpp"

namespace gonghui::process::text {

inline constexpr Text unreadable{"无法读取：{0}", "cannot be read: {0}"};
inline constexpr Text no_toml{"不是有效的 TOML：{0}", "{0}"};
inline constexpr Text unknown_key{"没有 {0} 这个键", "unknown key {0}"};
inline constexpr Text unknown_key_meant{"没有 {0} 这个键；是否想写 {1}？", "unknown key {0}; did you mean {1}?"};
inline constexpr Text must_be{"{0} 应为{1}", "{0} must be {1}"};
inline constexpr Text must_be_and_not{"{0} 应为{1}，不能是{2}", "{0} must be {1}, not {2}"};
inline constexpr Text is_not{"{0} 不是{1}", "{0} is not {1}"};
inline constexpr Text is_required{"缺少 {0}（也可以由环境变量 {1} 给出）",
                                  "{0} is required (or {1} in the environment): {2}"};
inline constexpr Text at_least{"{0} 不能小于 {1}", "{0} must be at least {1}"};
inline constexpr Text at_most{"{0} 不能大于 {1}", "{0} must be at most {1}"};
inline constexpr Text one_of{"{0} 应为以下之一：{1}", "{0} must be one of {1}"};

// What a value is, or should be.
inline constexpr Text a_text{"文本", "text"};
inline constexpr Text an_integer{"整数", "an integer"};
inline constexpr Text a_boolean{" true 或 false", "true or false"};
inline constexpr Text a_duration{R"(时长（"500ms"、"5s"、"10m"、"2h"、"30d"）)",
                                 R"(a duration ("500ms", "5s", "10m", "2h", "30d"))"};
inline constexpr Text a_list{"文本的列表", "a list of texts"};
inline constexpr Text a_list_that_holds{"含有{0}的列表", "one that holds {0}"};
inline constexpr Text a_table{"表", "a table"};
inline constexpr Text an_array{"列表", "an array"};
inline constexpr Text a_decimal{"小数", "a decimal number"};
inline constexpr Text a_toml_boolean{"真假值", "a boolean"};
inline constexpr Text a_date{"日期", "a date"};
inline constexpr Text a_time_of_day{"时刻", "a time of day"};
inline constexpr Text a_date_and_time{"日期时间", "a date and time"};
inline constexpr Text nothing{"空", "nothing"};

}  // namespace gonghui::process::text
