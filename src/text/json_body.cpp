#include "text/json_body.hpp"

#include "text/json_events.hpp"
#include "text/json_repair.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>

#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace coauth::text {

namespace {

namespace json = boost::json;

// Builds values as Boost.JSON's own parser does, and counts the members it was given: an object keeps
// the last of two members with one name and does not tell.
class counting_builder {
public:
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();
    using code = json::error_code;

    explicit counting_builder(json::storage_ptr memory) { stack_.reset(std::move(memory)); }

    json::value release() { return stack_.release(); }
    std::size_t members() const noexcept { return members_; }

    bool on_document_begin(code&) { return true; }
    bool on_document_end(code&) { return true; }
    bool on_object_begin(code&) { return true; }
    bool on_object_end(std::size_t count, code&)
    {
        stack_.push_object(count);
        members_ += count;
        return true;
    }
    bool on_array_begin(code&) { return true; }
    bool on_array_end(std::size_t count, code&)
    {
        stack_.push_array(count);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, code&)
    {
        stack_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, code&)
    {
        stack_.push_key(part);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, code&)
    {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, code&)
    {
        stack_.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view, code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, code&)
    {
        stack_.push_int64(value);
        return true;
    }
    bool on_uint64(std::uint64_t value, json::string_view, code&)
    {
        stack_.push_uint64(value);
        return true;
    }
    bool on_double(double value, json::string_view, code&)
    {
        // 0e999 comes as NaN, which marks repeated members here.
        stack_.push_double(std::isnan(value) ? 0.0 : value);
        return true;
    }
    bool on_bool(bool value, code&)
    {
        stack_.push_bool(value);
        return true;
    }
    bool on_null(code&)
    {
        stack_.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, code&) { return true; }
    bool on_comment(json::string_view, code&) { return true; }

protected:
    json::value_stack& stack() noexcept { return stack_; }

private:
    json::value_stack stack_;
    std::size_t members_ = 0;
};

// Compares the names in each object, which costs more than parsing it: for bodies that repeat one.
class repeat_marking_builder : public counting_builder {
public:
    using counting_builder::counting_builder;

    bool on_object_begin(code& problem)
    {
        open_.emplace_back();
        return counting_builder::on_object_begin(problem);
    }
    bool on_key_part(json::string_view part, std::size_t size, code& problem)
    {
        key_.append(part.data(), part.size());
        return counting_builder::on_key_part(part, size, problem);
    }
    bool on_key(json::string_view part, std::size_t size, code& problem)
    {
        key_.append(part.data(), part.size());
        names& here = open_.back();
        if (!here.seen.insert(key_).second)
            here.repeated.insert(key_);
        key_.clear();
        return counting_builder::on_key(part, size, problem);
    }
    bool on_object_end(std::size_t count, code& problem)
    {
        // The last of the members with one name is the one that stays.
        const std::set<std::string>& repeated = open_.back().repeated;
        for (const std::string& name : repeated) {
            stack().push_key(json::string_view(name.data(), name.size()));
            stack().push_double(std::numeric_limits<double>::quiet_NaN());
        }
        count += repeated.size();
        open_.pop_back();
        return counting_builder::on_object_end(count, problem);
    }

private:
    struct names {
        std::set<std::string> seen;
        std::set<std::string> repeated;
    };
    std::vector<names> open_;
    std::string key_;
};

// Recursion is bounded by the parser's depth limit.
std::size_t count_members(const json::value& value)
{
    std::size_t count = 0;
    if (const json::object* object = value.if_object()) {
        count = object->size();
        for (const auto& member : *object)
            count += count_members(member.value());
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& element : *array)
            count += count_members(element);
    }
    return count;
}

error malformed(std::string_view body)
{
    if (looks_like_markup(body))
        return error(errc::malformed_response, "the response is a page instead of JSON")
            .with_hint(
                "something between here and the provider may have responded in its place; check the API base URL "
                "and the proxy");
    if (body.empty())
        return error(errc::malformed_response, "the response has no body");
    return error(errc::malformed_response, "response body is not valid JSON");
}

// Nothing if the body is not JSON as the parser knows it. Throws if it is nested too deeply.
template <class Builder>
std::optional<json_body> parse(std::string_view body, std::size_t& members)
{
    const std::size_t first_block = std::clamp<std::size_t>(body.size() * 2, 1024, 256 * 1024);
    auto memory = std::make_unique<json::monotonic_resource>(first_block);
    json::basic_parser<Builder> parser(bounded_options(), json::storage_ptr(memory.get()));
    if (!parse_whole(body, parser))
        return std::nullopt;
    members = parser.handler().members();
    json::value root = parser.handler().release();
    return std::make_optional<json_body>(std::move(memory), std::move(root));
}

std::optional<json_body> parse(std::string_view body)
{
    std::size_t members = 0;
    auto parsed = parse<counting_builder>(body, members);
    if (parsed && count_members(parsed->root()) != members)
        return parse<repeat_marking_builder>(body, members);
    return parsed;
}

} // namespace

void parse_with_repairs(std::string_view body, const std::function<bool(std::string_view)>& parse)
{
    if (body.size() > max_json_body)
        throw error(errc::response_too_large,
            "the JSON of the response is larger than " + std::to_string(max_json_body) + " octets");
    body = without_byte_order_mark(body);
    if (parse(body))
        return;
    // Only a body that was refused is searched for what can be repaired.
    const auto repaired = with_legal_values(body);
    if (!repaired || !parse(*repaired))
        throw malformed(body);
}

json_body read_json(std::string_view body)
{
    std::optional<json_body> parsed;
    parse_with_repairs(body, [&parsed](std::string_view json) {
        if (auto values = parse(json))
            parsed.emplace(*std::move(values));
        return parsed.has_value();
    });
    return *std::move(parsed);
}

bool is_repeated(const json::value& value) noexcept
{
    // No number of a response is read as this one.
    const double* number = value.if_double();
    return number && std::isnan(*number);
}

bool looks_like_markup(std::string_view body) noexcept
{
    body = without_byte_order_mark(body);
    const std::size_t first = body.find_first_not_of(white_space);
    return first != std::string_view::npos && body[first] == '<';
}

} // namespace coauth::text
