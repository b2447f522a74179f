#include "sandbox/oauth2/devices.hpp"

#include "crypto/digest.hpp"
#include "sandbox/oauth2/parameters.hpp"

#include <coauth/text/ascii.hpp>

#include <utility>

namespace coauth::sandbox {

namespace {

constexpr std::size_t device_code_size = 40;
constexpr std::size_t user_code_half = 4;
constexpr std::chrono::seconds slow_down_step{5};
constexpr std::chrono::hours kept_device{1};
constexpr std::size_t most_devices = 100'000;

std::string device_key(std::string_view device_code)
{
    const auto octets = crypto::sha256(device_code);
    return std::string(octets.begin(), octets.end());
}

// Consonants only (RFC 8628, section 6.1): no words, and nothing that is mistaken for a digit.
std::string random_user_code(const random_source& random)
{
    constexpr std::string_view letters = "BCDFGHJKLMNPQRSTVWXZ";
    std::string code;
    while (code.size() < 2 * user_code_half)
        for (const char c : random_text(random, 2 * user_code_half))
            if (code.size() < 2 * user_code_half && letters.find(c) != letters.npos)
                code += c;
    return spelled_user_code(code);
}

} // namespace

std::string spelled_user_code(std::string_view typed)
{
    std::string code;
    for (const char c : typed.substr(0, 4 * user_code_half)) {
        if (!text::is_letter_or_digit(c))
            continue;
        if (code.size() == user_code_half)
            code += '-';
        code += text::upper(c);
    }
    return code;
}

device_codes devices::begin(login_terms terms, const random_source& random, std::chrono::sys_seconds now)
{
    while (!oldest_first_.empty()) {
        const auto oldest = by_device_code_.find(oldest_first_.front());
        if (now < oldest->second.expires_at + kept_device && oldest_first_.size() < most_devices)
            break;
        by_user_code_.erase(oldest->second.user_code);
        by_device_code_.erase(oldest);
        oldest_first_.pop_front();
    }
    device_codes codes;
    codes.device_code = random_text(random, device_code_size);
    do
        codes.user_code = random_user_code(random);
    while (by_user_code_.contains(codes.user_code));
    device_login login;
    login.user_code = codes.user_code;
    login.expires_at = now + rules_of(terms.played).device_lifetime;
    login.terms = std::move(terms);
    const auto key = device_key(codes.device_code);
    const auto added = by_device_code_.insert_or_assign(key, std::move(login)).first;
    try {
        by_user_code_.emplace(codes.user_code, key);
        oldest_first_.push_back(key);
    } catch (...) {
        by_user_code_.erase(codes.user_code);
        by_device_code_.erase(added);
        throw;
    }
    return codes;
}

const device_login* devices::find(std::string_view user_code, face played) const
{
    const auto key = by_user_code_.find(spelled_user_code(user_code));
    if (key == by_user_code_.end())
        return nullptr;
    const auto& login = by_device_code_.at(key->second);
    return login.terms.played == played ? &login : nullptr;
}

device_login* devices::pending(std::string_view user_code, face played, std::chrono::sys_seconds now)
{
    const auto* login = find(user_code, played);
    if (!login || login->state != device_state::pending || now >= login->expires_at)
        return nullptr;
    return &by_device_code_.at(by_user_code_.at(login->user_code));
}

bool devices::allow(std::string_view user_code, face played, std::uint64_t user, std::chrono::sys_seconds now)
{
    auto* login = pending(user_code, played, now);
    if (!login)
        return false;
    login->state = device_state::allowed;
    login->terms.user = user;
    login->terms.allowed_at = now;
    return true;
}

bool devices::deny(std::string_view user_code, face played, std::chrono::sys_seconds now)
{
    auto* login = pending(user_code, played, now);
    if (!login)
        return false;
    login->state = device_state::denied;
    return true;
}

void devices::end_logins(const consent& ended)
{
    for (auto& [key, login] : by_device_code_)
        if (login.state == device_state::allowed && ended.covers(login.terms))
            login.state = device_state::denied;
}

const device_login* devices::poll(std::string_view device_code, std::string_view client_id, face played,
    std::chrono::sys_seconds now, refusal& refused)
{
    const auto found = by_device_code_.find(device_key(device_code));
    if (found == by_device_code_.end() || found->second.terms.played != played) {
        refused = refusal("invalid_grant", "unknown_code", "there is no such device code here");
        return nullptr;
    }
    auto& login = found->second;
    if (login.terms.client_id != client_id) {
        refused = refusal("invalid_grant", "wrong_client",
            "this device code was given to the client " + printable(login.terms.client_id) + ", and " +
                printable(client_id) + " sent it");
        return nullptr;
    }
    const bool early = login.polled_at && now - *login.polled_at < login.interval;
    login.polled_at = now;
    if (login.state == device_state::finished)
        refused = refusal("invalid_grant", "used_code", "this device code got its tokens before: it works once");
    else if (now >= login.expires_at)
        refused = refusal("expired_token", "expired_code", "this device code is too old; the login must begin again");
    else if (early) {
        login.interval += slow_down_step;
        refused = refusal("slow_down", "polled_early",
            "it polled before its interval had passed, which is " + std::to_string(login.interval.count()) +
                " s from now on (RFC 8628, section 3.5)");
    } else if (login.state == device_state::denied)
        refused =
            refusal("access_denied", "denied", "the user pressed Cancel on the device page, or ended the consent");
    else if (login.state == device_state::pending)
        refused = refusal("authorization_pending", "", "");
    else {
        login.state = device_state::finished;
        return &login;
    }
    return nullptr;
}

void devices::clear()
{
    by_device_code_.clear();
    by_user_code_.clear();
    oldest_first_.clear();
}

} // namespace coauth::sandbox
