// The parameters of API 2, which refuses what it does not know.
#pragma once

#include "sandbox/call.hpp"

#include <coauth/server/http_server.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// Reads parameters and keeps the first refusal: read all of them, then ask for `refusal()`.
///
/// Lifetime: the call must outlive it.
class v2_parameters {
public:
    /// `known`: the parameters this call takes.
    v2_parameters(const call& c, std::initializer_list<std::string_view> known);

    const std::optional<server::response>& refusal() const noexcept { return refusal_; }

    std::set<std::string> user_fields();
    std::set<std::string> tweet_fields();
    bool expands_author();

    /// 1 to 100 values, separated by commas, without repeats.
    std::vector<std::string> ids(std::string_view name);
    std::vector<std::string> usernames(std::string_view name);

    std::size_t number(std::string_view name, std::size_t otherwise, std::size_t smallest, std::size_t largest);
    std::optional<std::uint64_t> id(std::string_view name);
    std::optional<std::chrono::sys_seconds> time(std::string_view name);
    /// What `next_token` was.
    std::optional<std::uint64_t> page_token();
    bool excludes_replies();

    static bool is_id(std::string_view text) noexcept;
    static bool is_username(std::string_view text) noexcept;
    static std::string write_page_token(std::uint64_t position);

private:
    const std::string* find(std::string_view name) const;
    void refuse_value(std::string_view name, std::string_view value, std::string_view why);
    std::vector<std::string> list(std::string_view name) const;
    std::set<std::string> choice(std::string_view name, std::initializer_list<std::string_view> known);
    std::vector<std::string> lookup_list(
        std::string_view name, bool (*valid)(std::string_view) noexcept, std::string_view pattern);

    const call& call_;
    std::optional<server::response> refusal_;
};

} // namespace coauth::sandbox
