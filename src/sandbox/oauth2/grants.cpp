#include "sandbox/oauth2/grants.hpp"

#include "crypto/digest.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/proof_key.hpp"
#include "sandbox/tools/masking.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>

namespace coauth::sandbox {

namespace {

constexpr std::size_t code_size = 43;
constexpr std::size_t oauth2_token_size = 64;

// Old codes are kept for an hour, so that a late or second use gets the right explanation.
constexpr std::chrono::hours kept_code{1};
constexpr std::size_t most_tokens = 500'000;

// What tokens are kept by.
std::string digest_key(std::string_view token)
{
    const auto octets = crypto::sha256(token);
    return std::string(octets.begin(), octets.end());
}

refusal refused_grant(std::string_view reason, std::string explanation)
{
    return refusal("invalid_grant", reason, std::move(explanation));
}

refusal refused_refresh(std::string_view reason, std::string explanation)
{
    auto r = refused_grant(reason, std::move(explanation));
    r.by_refresh = true;
    return r;
}

// Keeps a table of tokens bounded: drops the oldest.
template <class Table>
void add_bounded(Table& table, std::deque<std::string>& oldest, std::string key, typename Table::mapped_type record)
{
    if (oldest.size() >= most_tokens) {
        table.erase(oldest.front());
        oldest.pop_front();
    }
    oldest.push_back(key);
    table.insert_or_assign(std::move(key), std::move(record));
}

} // namespace

std::string grants::issue_code(
    login_terms terms, code_binding binding, const random_source& random, std::chrono::sys_seconds now)
{
    drop_old_codes(now);
    auto code = random_text(random, code_size);
    code_record record;
    record.expires_at = now + rules_of(terms.played).code_lifetime;
    record.terms = std::move(terms);
    record.binding = std::move(binding);
    add_bounded(codes_, oldest_codes_, digest_key(code), std::move(record));
    return code;
}

exchange_result grants::exchange_code(const code_exchange& request, std::chrono::sys_seconds now)
{
    const auto found = codes_.find(digest_key(request.code));
    if (found == codes_.end() || found->second.terms.played != request.played)
        return exchange_result(refused_grant("unknown_code",
            "there is no such code here: it was mistyped or cut off, or given by another provider, or before a reset"));
    auto& record = found->second;
    if (record.family != 0) {
        end_family(record.family, "its code was used twice");
        return exchange_result(refused_grant("used_code",
            "this code was exchanged before: a code works once, and the tokens that came of it are revoked now"));
    }
    if (record.terms.client_id != request.client_id)
        return exchange_result(
            refused_grant("wrong_client", "this code was given to the client " + printable(record.terms.client_id) +
                                              ", and " + printable(request.client_id) + " sent it"));
    if (!record.ended.empty())
        return exchange_result(refused_grant("revoked_code", "the login of this code has ended: " + record.ended));
    if (now >= record.expires_at)
        return exchange_result(
            refused_grant("expired_code", "this code is too old: it was good for " +
                                              std::to_string(rules_of(request.played).code_lifetime.count()) + " s"));
    const auto& expected = record.binding.redirect_uri;
    if (!request.redirect_uri && record.binding.redirect_uri_sent && rules_of(request.played).redirect_uri_again)
        return exchange_result(missing_parameter("redirect_uri", "RFC 6749, section 4.1.3"));
    if (request.redirect_uri && *request.redirect_uri != expected)
        return exchange_result(
            refused_grant("redirect_mismatch", "the redirect_uri is " + printable(masked_url(*request.redirect_uri)) +
                                                   ", the authorization request had " + printable(expected)));
    if (auto refused = proof_refusal(record.binding.challenge, request.verifier))
        return exchange_result(std::move(*refused));
    record.family = begin_family(record.terms);
    return exchange_result(record.family);
}

family_number grants::begin_family(login_terms terms)
{
    if (families_.size() >= most_tokens)
        families_.erase(families_.begin());
    family_record record;
    record.terms = std::move(terms);
    families_.emplace(++last_family_, std::move(record));
    return last_family_;
}

exchange_result grants::exchange_refresh_token(
    std::string_view token, std::string_view client_id, const face_rules& rules, const std::vector<std::string>& scope)
{
    const auto found = refresh_.find(digest_key(token));
    const auto family = found == refresh_.end() ? families_.end() : families_.find(found->second.family);
    if (family == families_.end() || family->second.terms.played != rules.played)
        return exchange_result(refused_refresh("unknown_token",
            access_.contains(digest_key(token)) ? "this is an access token: a refresh token is needed here"
                                                : "there is no such refresh token here"));
    const auto& terms = family->second.terms;
    if (terms.client_id != client_id)
        return exchange_result(
            refused_refresh("wrong_client", "this refresh token was given to the client " + printable(terms.client_id) +
                                                ", and " + printable(client_id) + " sent it"));
    if (found->second.used) {
        end_family(family->first, "a refresh token was used twice");
        return exchange_result(refused_refresh("refresh_reuse",
            "this refresh token was used before, and each works once (rotation): all tokens of this login are revoked "
            "now"));
    }
    if (!family->second.ended.empty())
        return exchange_result(
            refused_refresh("revoked_token", "the tokens of this login are revoked: " + family->second.ended));
    for (const auto& word : scope)
        if (!has_word(terms.scope, word))
            return exchange_result(refusal("invalid_scope", "wider_scope",
                "the scope " + printable(word) + " was not part of the login, and a refresh can't add to it"));
    found->second.used = rules.rotates;
    return exchange_result(family->first);
}

std::string grants::issue_access_token(family_number family, const std::vector<std::string>& scope,
    const face_rules& rules, const random_source& random, std::chrono::sys_seconds now)
{
    const auto& terms = terms_of(family);
    auto token = std::string(rules.token_prefix) + random_text(random, oauth2_token_size);
    access_record record;
    record.family = family;
    record.scope = scope.empty() ? terms.scope : scope;
    record.issued_at = now;
    if (rules.token_lifetime.count() > 0)
        record.expires_at = now + rules.token_lifetime;
    record.user.consumer_key = terms.client_id;
    record.user.user = terms.user;
    record.user.may_write = has_word(record.scope, "tweet.write");
    record.user.sees_email = has_word(record.scope, "users.email");
    add_bounded(access_, oldest_access_, digest_key(token), std::move(record));
    return token;
}

std::string grants::issue_refresh_token(family_number family, const face_rules& rules, const random_source& random)
{
    auto token = (rules.played == face::google ? "1//" : "") + random_text(random, oauth2_token_size);
    refresh_record record;
    record.family = family;
    add_bounded(refresh_, oldest_refresh_, digest_key(token), record);
    return token;
}

const access_record* grants::find_access_token(
    std::string_view token, face played, std::chrono::sys_seconds now, std::string& reason) const
{
    const auto found = access_.find(digest_key(token));
    const auto family = found == access_.end() ? families_.end() : families_.find(found->second.family);
    if (family == families_.end())
        reason = refresh_.contains(digest_key(token)) ? "this is a refresh token: calls need the access token"
                                                      : "there is no such access token";
    else if (family->second.terms.played != played)
        reason = "this access token was given by another provider: " +
                 std::string(rules_of(family->second.terms.played).name);
    else if (!family->second.ended.empty())
        reason = "the tokens of this login are revoked: " + family->second.ended;
    else if (found->second.expires_at && now >= *found->second.expires_at)
        reason = "this access token has expired";
    else
        return &found->second;
    return nullptr;
}

family_number grants::family_of(std::string_view token) const
{
    const auto key = digest_key(token);
    if (const auto refresh = refresh_.find(key); refresh != refresh_.end())
        return refresh->second.family;
    const auto access = access_.find(key);
    return access == access_.end() ? family_number(0) : access->second.family;
}

const login_terms* grants::find_login(std::string_view token, face played) const
{
    const auto family = families_.find(family_of(token));
    const bool found = family != families_.end() && family->second.terms.played == played;
    return found && family->second.ended.empty() ? &family->second.terms : nullptr;
}

std::optional<refusal> grants::revoke(
    std::string_view token, std::string_view client_id, face played, bool whole, bool& found)
{
    const auto* terms = find_login(token, played);
    found = terms && terms->client_id == client_id;
    if (!terms)
        return std::nullopt;
    if (!found)
        return refused_refresh("wrong_client", "this token was given to the client " + printable(terms->client_id) +
                                                   ", and " + printable(client_id) +
                                                   " wants to revoke it (RFC 7009, section 2.1)");
    const auto key = digest_key(token);
    if (refresh_.contains(key) || whole)
        end_family(family_of(token), "its client revoked it");
    else
        access_.erase(key);
    return std::nullopt;
}

void grants::end_family(family_number family, std::string_view reason)
{
    const auto found = families_.find(family);
    if (found != families_.end() && found->second.ended.empty())
        found->second.ended = reason;
}

void grants::end_logins(const consent& ended, std::string_view reason)
{
    for (auto& [number, record] : families_)
        if (record.ended.empty() && ended.covers(record.terms))
            record.ended = reason;
    for (auto& [key, record] : codes_)
        if (record.family == 0 && ended.covers(record.terms))
            record.ended = reason;
}

std::size_t grants::expire_tokens_of(std::uint64_t user, std::chrono::sys_seconds now)
{
    std::size_t count = 0;
    for (auto& [key, record] : access_) {
        if (record.user.user != user || (record.expires_at && *record.expires_at <= now))
            continue;
        record.expires_at = now;
        ++count;
    }
    return count;
}

void grants::drop_old_codes(std::chrono::sys_seconds now)
{
    while (!oldest_codes_.empty()) {
        const auto oldest = codes_.find(oldest_codes_.front());
        if (oldest != codes_.end() && now < oldest->second.expires_at + kept_code)
            return;
        if (oldest != codes_.end())
            codes_.erase(oldest);
        oldest_codes_.pop_front();
    }
}

void grants::clear_codes()
{
    codes_.clear();
    oldest_codes_.clear();
}

} // namespace coauth::sandbox
