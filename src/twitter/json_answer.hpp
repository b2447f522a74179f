// An answer's body as JSON, with bounds.
#pragma once

#include <coauth/error.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

namespace coauth::twitter {

/// The largest body that is read, in octets: twice what a page of a thousand followers with long texts
/// takes. Its values take at most some ten times as much memory.
inline constexpr std::size_t max_json_body = 4 * 1024 * 1024;

/// The deepest nesting that is read.
inline constexpr std::size_t max_json_depth = 32;

/// A parsed body and the memory its values live in.
class json_answer {
public:
    json_answer(std::unique_ptr<boost::json::monotonic_resource> memory, boost::json::value root)
        : memory_(std::move(memory)), root_(std::move(root))
    {}
    json_answer(json_answer&&) = default;
    json_answer& operator=(json_answer&&) = delete; // would copy the values between memories

    const boost::json::value& root() const noexcept { return root_; }

private:
    std::unique_ptr<boost::json::monotonic_resource> memory_;
    boost::json::value root_;
};

/// Parses `body`. Throws `errc::malformed_response` for anything but one JSON text in valid UTF-8,
/// for nesting over the limit, and for an object that names a member twice: two readers could
/// believe different ones. Throws `errc::response_too_large` over the size limit.
json_answer read_json(std::string_view body);

/// True if `body` begins like an HTML or XML page.
bool looks_like_markup(std::string_view body) noexcept;

} // namespace coauth::twitter
