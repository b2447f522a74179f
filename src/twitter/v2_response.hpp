// The frame of API 2's responses: data, includes, errors, meta.
#pragma once

#include "twitter/refusal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <vector>

namespace coauth::twitter {

/// Throws what the first problem of a response without data means; without a problem, `errc::malformed_response`.
[[noreturn]] void refuse_without_data(const std::vector<refusal>& problems);

/// Views of a response's parts; the response must outlive it. API 2 sends 200 with data and problems
/// side by side: the problems are then about other things than the data.
class v2_response {
public:
    /// Throws `errc::malformed_response` if it is not an object.
    explicit v2_response(const boost::json::value& root);

    /// Throws what the first problem means if data is missing, else `errc::malformed_response`.
    const boost::json::value& data() const;

    /// Null if there is none.
    const boost::json::value* find_data() const;

    /// Null if there is none. Throws if it is not an object: it says whether there are more pages.
    const boost::json::object* meta() const;

    /// `includes.users`; null if there is none.
    const boost::json::array* users() const;

private:
    const boost::json::object& root_;
};

} // namespace coauth::twitter
