// Which request asks for what, in both APIs.
#pragma once

#include <coauth/http/origin.hpp>
#include <coauth/http/request.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/twitter/client.hpp>

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::twitter {

/// The requests of one API below its base, without a credential. The encoding of their queries and forms is the one that is
/// signed. Each throws `errc::invalid_argument` for what X would refuse, or take for another request.
class routes {
public:
    routes(http::base_url base, api_version version) : base_(std::move(base)), version_(version) {}

    const http::base_url& base() const noexcept { return base_; }
    api_version version() const noexcept { return version_; }

    /// `user_id` and `username` are what leg 3 said, or empty; API 2 needs neither.
    http::request me(std::string_view user_id, std::string_view username, bool want_email) const;

    http::request profile(const user_ref& user) const;

    /// `users`: 1 to 100, all by id or all by name. A user named twice is asked for once.
    http::request profiles(const std::vector<user_ref>& users) const;

    http::request tweets(std::string_view user_id, const page_options& options) const;
    http::request mentions(std::string_view user_id, const page_options& options) const;
    http::request followers(std::string_view user_id, const page_options& options) const;

    /// `reply_to`: may be empty.
    http::request post_tweet(std::string_view text, std::string_view reply_to) const;
    http::request delete_tweet(std::string_view id) const;

    /// `path`: checked already.
    http::request post(std::string_view path, const oauth1::parameters& form = {}) const;

    /// One that a user has put together: a path below the base, encoded; not a form and JSON both.
    http::request any(const api_call& call) const;

private:
    using pieces = std::initializer_list<std::string_view>;
    using named_values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// `path` is in pieces. Values that are empty are left out.
    http::request request(std::string_view method, pieces path, named_values query = {}) const;
    http::request get(pieces path, named_values query) const { return request("GET", path, query); }

    bool is_v2() const noexcept { return version_ == api_version::v2; }

    http::base_url base_;
    api_version version_;
};

} // namespace coauth::twitter
