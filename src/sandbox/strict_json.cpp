#include "sandbox/strict_json.hpp"

#include <coauth/text/ascii.hpp>

#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

[[noreturn]] void refuse_at(const std::string& path, std::string_view why)
{
    throw error(errc::invalid_argument, path + ' ' + std::string(why));
}

} // namespace

json::value parse_json(std::string_view text, std::string_view subject)
{
    boost::system::error_code failure;
    json::stream_parser parser;
    const auto used = parser.write_some({text.data(), text.size()}, failure);
    if (!failure && used < text.size() && text.find_first_not_of(text::white_space, used) != std::string_view::npos)
        failure = json::error::extra_data;
    if (!failure)
        parser.finish(failure);
    if (failure) {
        const auto before = text.substr(0, std::min(used, text.size()));
        const auto line = 1 + std::count(before.begin(), before.end(), '\n');
        throw error(errc::invalid_argument,
            std::string(subject) + " is not JSON: " + failure.message() + " in line " + std::to_string(line));
    }
    return parser.release();
}

json_object::json_object(const json::value& value, std::string path)
    : object_(value.if_object()), path_(std::move(path))
{
    if (!object_)
        refuse_at(path_, "must be an object");
}

void json_object::allow_only(std::initializer_list<std::string_view> names) const
{
    for (const auto& member : *object_) {
        const std::string_view key(member.key().data(), member.key().size());
        if (std::find(names.begin(), names.end(), key) == names.end()) {
            std::string known;
            for (const auto name : names)
                known += (known.empty() ? "" : ", ") + std::string(name);
            throw error(errc::invalid_argument, path_ + " has an unknown field \"" + std::string(key) + '"')
                .with_hint("the fields are " + known);
        }
    }
}

const json::value* json_object::find(std::string_view name) const
{
    const auto* found = object_->if_contains({name.data(), name.size()});
    return found && !found->is_null() ? found : nullptr;
}

std::string json_object::text(std::string_view name) const
{
    const auto* value = find(name);
    if (!value)
        refuse(name, "is missing");
    const auto* text = value->if_string();
    if (!text)
        refuse(name, "must be a text");
    if (text->empty())
        refuse(name, "must not be empty");
    return std::string(text->data(), text->size());
}

std::string json_object::text(std::string_view name, std::string_view otherwise) const
{
    const auto* value = find(name);
    if (!value)
        return std::string(otherwise);
    const auto* text = value->if_string();
    if (!text)
        refuse(name, "must be a text");
    return std::string(text->data(), text->size());
}

bool json_object::flag(std::string_view name, bool otherwise) const
{
    const auto* value = find(name);
    if (!value)
        return otherwise;
    const auto* flag = value->if_bool();
    if (!flag)
        refuse(name, "must be true or false");
    return *flag;
}

std::int64_t json_object::number(
    std::string_view name, std::int64_t otherwise, std::int64_t smallest, std::int64_t largest) const
{
    const auto* value = find(name);
    if (!value)
        return otherwise;
    const auto* number = value->if_int64();
    if (!number)
        refuse(name, "must be a whole number");
    if (*number < smallest || *number > largest)
        refuse(name, "must be from " + std::to_string(smallest) + " to " + std::to_string(largest));
    return *number;
}

std::uint64_t json_object::id(std::string_view name) const
{
    const auto* value = find(name);
    if (!value)
        refuse(name, "is missing");
    return json_id(*value, path_ + '.' + std::string(name));
}

void json_object::refuse(std::string_view name, std::string_view why) const
{
    refuse_at(path_ + '.' + std::string(name), why);
}

std::uint64_t json_id(const json::value& value, const std::string& path)
{
    std::uint64_t id = 0;
    if (const auto* text = value.if_string()) {
        const auto* end = text->data() + text->size();
        const auto read = std::from_chars(text->data(), end, id);
        if (read.ec != std::errc() || read.ptr != end)
            id = 0;
    } else if (const auto* number = value.if_int64(); number && *number > 0) {
        id = static_cast<std::uint64_t>(*number);
    }
    if (id == 0 || id > 9'999'999'999'999'999'999ULL)
        refuse_at(path, "must be an id: 1 to 19 digits, not 0");
    return id;
}

} // namespace coauth::sandbox
