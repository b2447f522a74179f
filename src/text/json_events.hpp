// A response's body as events, for a reader that makes its values without a tree of all others.
#pragma once

#include "text/json_body.hpp"

#include <coauth/error.hpp>
#include <coauth/export.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string_view>

namespace coauth::text {

/// Calls `parse` with `body`, and if that is not JSON, with what `with_legal_values` makes of it. Throws as
/// `read_json`, if `parse` returns false for both.
COAUTH_DECL void parse_with_repairs(std::string_view body, const std::function<bool(std::string_view)>& parse);

/// False if `json` is not one JSON text. Throws `errc::malformed_response` for nesting over the limit.
template <class Handler>
bool parse_whole(std::string_view json, boost::json::basic_parser<Handler>& parser)
{
    boost::json::error_code problem;
    const std::size_t used = parser.write_some(false, json.data(), json.size(), problem);
    if (problem == boost::json::error::too_deep)
        throw error(errc::malformed_response, "the JSON of the response is nested too deeply");
    return !problem && used == json.size();
}

inline boost::json::parse_options bounded_options()
{
    boost::json::parse_options options;
    options.max_depth = max_json_depth;
    options.allow_invalid_utf8 = true;
    return options;
}

/// Boost.JSON's events for a reader, with each text in one piece. Texts are valid as long as the `json` that they are
/// read from and this object; names until `member` returns. A `Reader` has
///
///     void member(std::string_view name); // whose value comes next
///     void begin_object();
///     void begin_list();
///     void end();                         // of the innermost object or list
///     bool wants_text() const;            // false: the next value is not given if it is a text
///     void text(std::string_view value);
///     void integer(std::int64_t value);
///     void flag(bool value);
///     void null();
///     void other_number();                // with a fraction or an exponent, or too large
template <class Reader>
class json_events {
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;
    using code = boost::json::error_code;
    using view = boost::json::string_view;

    json_events(Reader& reader, std::string_view json) : reader_(reader), json_(json)
    {
        if (json.size() > small_.size())
            large_ = std::make_unique_for_overwrite<char[]>(json.size());
        joined_ = large_ ? large_.get() : small_.data();
    }

    bool on_document_begin(code&) { return true; }
    bool on_document_end(code&) { return true; }
    bool on_object_begin(code&)
    {
        reader_.begin_object();
        return true;
    }
    bool on_object_end(std::size_t, code&)
    {
        reader_.end();
        return true;
    }
    bool on_array_begin(code&)
    {
        reader_.begin_list();
        return true;
    }
    bool on_array_end(std::size_t, code&)
    {
        reader_.end();
        return true;
    }
    bool on_key_part(view part, std::size_t, code&)
    {
        join(part);
        return true;
    }
    bool on_key(view part, std::size_t, code&)
    {
        reader_.member(whole(part));
        end_ = begin_;
        return true;
    }
    bool on_string_part(view part, std::size_t, code&)
    {
        if (reader_.wants_text())
            join(part);
        return true;
    }
    bool on_string(view part, std::size_t, code&)
    {
        if (!reader_.wants_text())
            return true;
        reader_.text(whole(part));
        begin_ = end_;
        return true;
    }
    bool on_number_part(view, code&) { return true; }
    bool on_int64(std::int64_t value, view, code&)
    {
        reader_.integer(value);
        return true;
    }
    bool on_uint64(std::uint64_t, view, code&)
    {
        reader_.other_number();
        return true;
    }
    bool on_double(double, view, code&)
    {
        reader_.other_number();
        return true;
    }
    bool on_bool(bool value, code&)
    {
        reader_.flag(value);
        return true;
    }
    bool on_null(code&)
    {
        reader_.null();
        return true;
    }
    bool on_comment_part(view, code&) { return true; }
    bool on_comment(view, code&) { return true; }

private:
    // The text that ends with `part`. Most have no escapes and come in one piece.
    std::string_view whole(view part)
    {
        if (begin_ == end_ && is_in_json(part.data()))
            return {part.data(), part.size()};
        join(part);
        return {joined_ + begin_, end_ - begin_};
    }

    // All parts together have at most the size of `json`, for an escape is longer than what it means.
    void join(view part) noexcept
    {
        const std::size_t size = std::min(part.size(), json_.size() - end_);
        std::memcpy(joined_ + end_, part.data(), size);
        end_ += size;
    }

    // The parser has what it makes of escapes elsewhere.
    bool is_in_json(const char* text) const noexcept
    {
        return !std::less<>()(text, json_.data()) && std::less<>()(text, json_.data() + json_.size());
    }

    Reader& reader_;
    const std::string_view json_;
    std::array<char, 2048> small_; ///< Most bodies about one thing fit.
    std::unique_ptr<char[]> large_;
    char* joined_ = nullptr; ///< Texts with escapes, as many octets as `json` has.
    std::size_t begin_ = 0;  ///< Of the one that is coming.
    std::size_t end_ = 0;
};

} // namespace coauth::text
