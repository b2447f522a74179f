// Reads JSON written by hand (seeds, faults, what the control port is sent): says which
// field is wrong instead of guessing.
#pragma once

#include <coauth/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

namespace coauth::sandbox {

/// Parses `text`; throws `errc::invalid_argument` whose message begins with `subject`.
boost::json::value parse_json(std::string_view text, std::string_view subject);

/// One object and its path ("users[3]"). Every function throws `errc::invalid_argument`, which names
/// that path, if the field has another type or is missing though it is needed; null counts as
/// missing.
///
/// Lifetime: the JSON value must outlive it.
class json_object {
public:
    json_object(const boost::json::value& value, std::string path);

    /// Throws if there is any other member: a misspelt field would be ignored in silence otherwise.
    void allow_only(std::initializer_list<std::string_view> names) const;

    const boost::json::value* find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }

    std::string text(std::string_view name) const;
    std::string text(std::string_view name, std::string_view otherwise) const;
    bool flag(std::string_view name, bool otherwise) const;
    std::int64_t number(std::string_view name, std::int64_t otherwise,
        std::int64_t smallest = std::numeric_limits<std::int64_t>::min(),
        std::int64_t largest = std::numeric_limits<std::int64_t>::max()) const;
    /// A decimal id as a text (or a whole number), 1 to 19 digits.
    std::uint64_t id(std::string_view name) const;

    [[noreturn]] void refuse(std::string_view name, std::string_view why) const;

private:
    const boost::json::object* object_;
    std::string path_;
};

/// Reads an id; throws with `path` if the value is not one.
std::uint64_t json_id(const boost::json::value& value, const std::string& path);

} // namespace coauth::sandbox
