// Responses of both APIs: read in one pass over the body, without a tree of its values.
#pragma once

#include "twitter/refusal.hpp"
#include "twitter/subjects.hpp"

#include <coauth/twitter/endpoints.hpp>
#include <coauth/twitter/tweet.hpp>

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::twitter {

/// What a response is about. API 2 has it in the member `data`, API 1.1 has nothing else, unless `is_member`.
struct subject {
    field meaning;
    container holds;
    std::string_view name; ///< API 1.1's, for messages.
    bool is_member = false;
};

inline constexpr subject one_user{field::user, container::object, "user"};
inline constexpr subject user_list{field::users, container::list, "users"};
inline constexpr subject user_page{field::users, container::list, "users", true};
inline constexpr subject one_tweet{field::tweet, container::object, "tweet"};
inline constexpr subject tweet_list{field::tweets, container::list, "tweets"};
inline constexpr subject deleted_tweet{field::deletion, container::object, "tweet"};

/// What a response holds. API 2 sends 200 with data and problems side by side: the problems are then about other
/// things than the data.
struct x_response {
    x_response(api_version new_api, const subject& new_subject) : api(new_api), about(new_subject) {}

    /// Throws `errc::malformed_response` if the data is not what it must be. If there is none: what the first problem
    /// means, if there is one.
    void require_data() const;

    /// The same for a page, which API 2 may send without data if it is empty; `meta` is then there still. Throws, too,
    /// if it cannot be told whether there are more: a list that ended too early would go unnoticed.
    void require_page() const;

    bool has_data = false;    ///< There is data, or something else in its place.
    bool is_readable = false; ///< It is what the subject says. If not, there are no users or tweets.
    boost::container::small_vector<listed_user, 1> users;
    std::vector<tweet> tweets; ///< Those with a readable id.
    bool has_unreadable_tweets = false;
    std::optional<bool> is_deleted;

    std::vector<refusal> problems;        ///< Those that can be read.
    bool has_unreadable_problems = false; ///< There is something else among them, or in the place of their list.

    bool has_meta = false;
    std::optional<std::string> next_page; ///< As it came, unless it is empty.
    bool is_next_readable = true;         ///< False: it is not a token, or `meta` not an object.
    std::optional<std::string> newest_id; ///< What `meta` says.

    api_version api;
    subject about;
};

/// Throws `errc::malformed_response` if `body` is not JSON, or not an object where one must be. `count`: how many users
/// are expected.
x_response read_x_response(api_version api, const subject& about, std::string_view body, std::size_t count = 0);

} // namespace coauth::twitter
