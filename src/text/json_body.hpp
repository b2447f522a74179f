// A response's body as JSON, with bounds.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

namespace coauth::text {

/// The largest body that is read, in octets: twice what a page of a thousand followers with long texts
/// takes. Its values take at most some ten times as much memory.
inline constexpr std::size_t max_json_body = 4 * 1024 * 1024;

/// The deepest nesting that is read.
inline constexpr std::size_t max_json_depth = 32;

/// A parsed body and the memory its values live in.
class json_body {
public:
    json_body(std::unique_ptr<boost::json::monotonic_resource> memory, boost::json::value root)
        : memory_(std::move(memory)), root_(std::move(root))
    {}
    json_body(json_body&&) = default;
    json_body& operator=(json_body&&) = delete; // would copy the values between memories

    const boost::json::value& root() const noexcept { return root_; }

private:
    std::unique_ptr<boost::json::monotonic_resource> memory_;
    boost::json::value root_;
};

/// Parses `body`. Throws `errc::malformed_response` for anything but one JSON text and for nesting over
/// the limit, `errc::response_too_large` over the size limit.
///
/// Lenient in what one user's texts may hold, since the rest of the body is about other users: half of a
/// surrogate pair (`\ud83d` alone) is read as U+FFFD, a control character need not be escaped, and texts
/// may hold malformed UTF-8, which their readers repair. A member that an object names twice
/// gets a value of its own, `is_repeated`, since two readers could take different ones.
COAUTH_DECL json_body read_json(std::string_view body);

/// True for the value of a member that its object named more than once. It is of no kind that anything
/// is read from.
COAUTH_DECL bool is_repeated(const boost::json::value& value) noexcept;

/// True if `body` begins like an HTML or XML page.
COAUTH_DECL bool looks_like_markup(std::string_view body) noexcept;

} // namespace coauth::text
