#include <coauth/error.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace coauth {

namespace {

struct entry {
    errc code;
    std::string_view name;
    fault whose;
    const char* text;
};

constexpr std::array table = {
    entry{errc::invalid_argument, "invalid_argument", fault::caller, "an argument can't be used"},
    entry{errc::timeout, "timeout", fault::network, "the deadline passed"},
    entry{errc::cancelled, "cancelled", fault::caller, "the operation was cancelled"},
    entry{errc::resolve_failed, "resolve_failed", fault::network, "the host name has no address"},
    entry{errc::connect_failed, "connect_failed", fault::network, "no connection could be made"},
    entry{errc::tls_failed, "tls_failed", fault::network, "the TLS handshake failed"},
    entry{errc::connection_lost, "connection_lost", fault::network,
        "the connection broke before the response was complete"},
    entry{errc::malformed_response, "malformed_response", fault::response, "the response can't be understood"},
    entry{errc::response_too_large, "response_too_large", fault::response, "the response is over the size limit"},
    entry{errc::unexpected_redirect, "unexpected_redirect", fault::response,
        "the response is a redirect, and none is followed"},
    entry{errc::callback_not_confirmed, "callback_not_confirmed", fault::provider,
        "the provider did not confirm the callback"},
    entry{errc::callback_refused, "callback_refused", fault::provider, "the provider does not accept this callback"},
    entry{errc::id_token_rejected, "id_token_rejected", fault::response, "the provider's ID token was rejected"},
    entry{errc::denied, "denied", fault::login, "the user denied the login"},
    entry{errc::expired, "expired", fault::login, "the login took too long"},
    entry{errc::unknown, "unknown", fault::login, "there is no such login"},
    entry{errc::replayed, "replayed", fault::login, "this login was completed before"},
    entry{errc::wrong_browser, "wrong_browser", fault::login, "the login was begun in another browser"},
    entry{errc::invalid_credentials, "invalid_credentials", fault::provider,
        "the provider does not accept the keys or the signature"},
    entry{errc::invalid_verifier, "invalid_verifier", fault::login, "the PIN or verifier is not the one of this login"},
    entry{errc::token_revoked, "token_revoked", fault::provider, "the access token is no longer valid"},
    entry{errc::clock_skew, "clock_skew", fault::caller, "this machine's clock differs too much from the provider's"},
    entry{errc::rate_limited, "rate_limited", fault::provider, "the rate limit is exhausted"},
    entry{errc::not_found, "not_found", fault::provider, "the provider knows no such user or resource"},
    entry{errc::suspended, "suspended", fault::provider, "the account is suspended"},
    entry{errc::account_locked, "account_locked", fault::provider, "the account is locked"},
    entry{errc::forbidden, "forbidden", fault::provider, "the provider refuses this to these credentials"},
    entry{errc::access_level, "access_level", fault::provider, "the app's access level lacks this call"},
    entry{errc::invalid_scope, "invalid_scope", fault::provider, "the provider does not grant this scope"},
    entry{errc::duplicate, "duplicate", fault::provider, "the same post was made before"},
    entry{errc::provider_unavailable, "provider_unavailable", fault::provider, "the provider is over capacity or down"},
    entry{errc::provider_error, "provider_error", fault::provider, "the provider refused the request"},
    entry{errc::unknown_user, "unknown_user", fault::session, "the session holds no token for this user"},
    entry{
        errc::login_required, "login_required", fault::login, "the user's sign-in has ended, and a new one is needed"},
    entry{errc::too_many_logins, "too_many_logins", fault::session, "too many logins are pending"},
    entry{errc::store_unavailable, "store_unavailable", fault::session, "the store can't be reached"},
    entry{
        errc::sealed_record, "sealed_record", fault::session, "a stored record can't be opened with the keys at hand"},
};

const entry* find(int value) noexcept
{
    const auto index = static_cast<std::size_t>(value) - 1;
    return value > 0 && index < table.size() ? &table[index] : nullptr;
}

// The table is indexed by code: each row must be at its code's position.
constexpr bool in_order()
{
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].code) != i + 1)
            return false;
    return true;
}
static_assert(in_order());

class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "coauth"; }
    std::string message(int value) const override
    {
        const entry* e = find(value);
        return e ? e->text : "unknown error";
    }
};

// C0, DEL and C1: some terminals obey the latter as they obey an escape sequence.
bool is_control(std::string_view character) noexcept
{
    const auto first = static_cast<unsigned char>(character.front());
    return first < 0x20 || first == 0x7f || (first == 0xc2 && static_cast<unsigned char>(character.back()) < 0xa0);
}

// An error's texts are printed on terminals and in logs, wherever they come from: one line of Unicode, with spaces for
// control characters.
std::string one_line(std::string text)
{
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }))
        return text;
    std::string out;
    out.reserve(text.size());
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t size = text::character_size(rest);
        const std::string_view character = rest.substr(0, std::max<std::size_t>(1, size));
        if (size == 0)
            out += text::replacement_character;
        else if (is_control(character))
            out += ' ';
        else
            out += character;
        rest.remove_prefix(character.size());
    }
    return out;
}

// What a provider says is shortened too; never within a character.
std::string shortened(std::string text)
{
    constexpr std::size_t longest = 200;
    if (text.size() <= longest)
        return text;
    return std::string(text::utf8_prefix(text, longest)) + "...";
}

} // namespace

fault whose_fault(errc code) noexcept
{
    const entry* e = find(static_cast<int>(code));
    return e ? e->whose : fault::caller;
}

std::string_view name(errc code) noexcept
{
    const entry* e = find(static_cast<int>(code));
    return e ? e->name : "unknown_error";
}

const boost::system::error_category& coauth_category() noexcept
{
    static const category instance;
    return instance;
}

boost::system::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), coauth_category()};
}

struct error::details {
    errc code{};
    std::string message;
    std::optional<std::string> hint;
    std::optional<int> http_status;
    std::optional<int> provider_code;
    std::string provider_error;
    std::string provider_message;
    std::optional<std::chrono::seconds> retry_after;
    bool not_sent = false;
    std::string full_text;

    std::shared_ptr<const details> sealed() &&
    {
        full_text = message;
        if (provider_code || !provider_error.empty() || !provider_message.empty()) {
            full_text += " (the provider says:";
            if (provider_code)
                full_text += ' ' + std::to_string(*provider_code);
            if (!provider_error.empty())
                full_text += ' ' + provider_error;
            if (!provider_message.empty())
                full_text += ' ' + provider_message;
            full_text += ')';
        }
        if (hint)
            full_text += "; " + *hint;
        return std::make_shared<const details>(std::move(*this));
    }
};

error::error() : boost::system::system_error(boost::system::error_code())
{
    static const auto none = std::make_shared<const details>();
    details_ = none;
}

error::error(errc code, std::string message) : boost::system::system_error(make_error_code(code))
{
    details d;
    d.code = code;
    d.message = message.empty() ? make_error_code(code).message() : one_line(std::move(message));
    details_ = std::move(d).sealed();
}

error::error(std::shared_ptr<const details> d)
    : boost::system::system_error(make_error_code(d->code)), details_(std::move(d))
{}

errc error::reason() const noexcept
{
    return details_->code;
}

const std::string& error::message() const noexcept
{
    return details_->message;
}

const std::optional<std::string>& error::hint() const noexcept
{
    return details_->hint;
}

std::optional<int> error::http_status() const noexcept
{
    return details_->http_status;
}

std::optional<int> error::provider_code() const noexcept
{
    return details_->provider_code;
}

const std::string& error::provider_error() const noexcept
{
    return details_->provider_error;
}

const std::string& error::provider_message() const noexcept
{
    return details_->provider_message;
}

std::optional<std::chrono::seconds> error::retry_after() const noexcept
{
    return details_->retry_after;
}

bool error::not_sent() const noexcept
{
    return details_->not_sent;
}

error error::with_not_sent() const
{
    details d = *details_;
    d.not_sent = true;
    return error(std::move(d).sealed());
}

error error::with_hint(std::string hint) const
{
    details d = *details_;
    d.hint = one_line(std::move(hint));
    return error(std::move(d).sealed());
}

error error::with_http_status(int status) const
{
    details d = *details_;
    d.http_status = status;
    return error(std::move(d).sealed());
}

error error::with_provider(std::optional<int> code, std::string message) const
{
    details d = *details_;
    d.provider_code = code;
    d.provider_message = one_line(shortened(std::move(message)));
    return error(std::move(d).sealed());
}

error error::with_provider_error(std::string code) const
{
    details d = *details_;
    d.provider_error = one_line(shortened(std::move(code)));
    return error(std::move(d).sealed());
}

error error::with_retry_after(std::chrono::seconds wait) const
{
    details d = *details_;
    d.retry_after = wait;
    return error(std::move(d).sealed());
}

const char* error::what() const noexcept
{
    return details_->full_text.c_str();
}

bool is_transient(const error& e) noexcept
{
    switch (e.reason()) {
    case errc::timeout:
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::connection_lost:
    case errc::rate_limited:
    case errc::provider_unavailable:
    case errc::store_unavailable:
        return true;
    default:
        return false;
    }
}

void throw_exception_from_error(const error& e, const boost::source_location&)
{
    throw e;
}

namespace {

const char* fault_text(fault f)
{
    switch (f) {
    case fault::caller:
        return "this program's side";
    case fault::network:
        return "the network";
    case fault::response:
        return "the provider's response";
    case fault::login:
        return "the login";
    case fault::provider:
        return "the provider, or the credentials it was given";
    case fault::session:
        return "the session";
    }
    return "";
}

// Some refusals are facts: nothing anywhere is to be changed.
bool is_at_fault(errc code)
{
    switch (code) {
    case errc::not_found:
    case errc::suspended:
    case errc::rate_limited:
    case errc::duplicate:
    case errc::denied:
    case errc::cancelled:
        return false;
    default:
        return true;
    }
}

} // namespace

std::string describe(const error& e)
{
    std::string out = "error: " + std::string(name(e.reason())) + ": " + e.message() + '\n';
    if (e.provider_code() || !e.provider_error().empty() || !e.provider_message().empty() || e.http_status()) {
        out += "  the provider said:";
        if (e.http_status())
            out += " HTTP " + std::to_string(*e.http_status());
        if (e.provider_code())
            out += " code " + std::to_string(*e.provider_code());
        if (!e.provider_error().empty())
            out += ' ' + e.provider_error();
        if (!e.provider_message().empty())
            out += ' ' + e.provider_message();
        out += '\n';
    }
    if (e.hint())
        out += "  hint: " + *e.hint() + '\n';
    if (e.retry_after())
        out += "  try again in " + std::to_string(e.retry_after()->count()) + " s\n";
    if (is_at_fault(e.reason()))
        out += std::string("  where to look: ") + fault_text(whose_fault(e.reason())) + '\n';
    return out;
}

} // namespace coauth
