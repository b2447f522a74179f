// Handles requests, without I/O: the whole sandbox but its sockets.
#pragma once

#include "sandbox/oauth1/gatekeeper.hpp"
#include "sandbox/oauth1/login_endpoints.hpp"
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/pages.hpp"
#include "sandbox/tools/faults.hpp"
#include "sandbox/tools/journal.hpp"
#include "sandbox/world/world.hpp"
#include "sandbox/x/rate_windows.hpp"

#include <coauth/sandbox/provider.hpp>

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace coauth::sandbox {

/// What is to be sent, after `delay`.
struct outcome {
    outcome() = default;

    server::response response;
    std::chrono::milliseconds delay{0};
    std::string log_line;
};

/// The provider as a function of requests and time.
///
/// Thread safety: not safe; the provider guards it.
class engine {
public:
    /// Throws `errc::invalid_argument` for options that can't be used.
    engine(const options& o, random_source random);

    /// `machine_now`: the machine's clock; the sandbox's own is `clock_skew` ahead of it.
    outcome handle(const server::request& r, std::chrono::sys_seconds machine_now);

    oauth1::access_token issue_access_token(std::string_view username);

    const journal& seen() const noexcept { return journal_; }
    void reset();
    void set_clock_skew(std::chrono::seconds skew);
    /// Ends the OAuth 2 access tokens of a user, who is given by name or id; throws `errc::not_found`. How many there
    /// were.
    std::size_t expire_tokens(std::string_view user, std::chrono::sys_seconds machine_now);
    /// A new key signs ID tokens from now on.
    void rotate_keys() { oauth2_.rotate_keys(); }
    void set_faults(std::string_view json) { faults_.set(read_faults(json)); }
    /// For the index page.
    void set_control_url(std::string url) { control_url_ = std::move(url); }

private:
    server::response carry_out(call& c, journal_entry& entry);
    server::response dispatch(call& c, journal_entry& entry);
    server::response afflicted(const scripted_fault& fault, call& c, journal_entry& entry);
    route_limit limit_of(const route& r) const;
    index_view front_page(std::string_view base_url) const;

    mode mode_;
    std::chrono::seconds skew_;
    std::string consumer_key_;
    std::string client_id_;
    std::string public_client_id_;
    std::string control_url_;
    std::map<const route*, route_limit> limits_;
    random_source random_;
    world world_;
    gatekeeper gatekeeper_;
    login_endpoints logins_;
    oauth2_endpoints oauth2_;
    rate_windows windows_;
    fault_script faults_;
    journal journal_;
};

} // namespace coauth::sandbox
