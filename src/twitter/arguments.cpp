#include "twitter/arguments.hpp"

#include "twitter/names.hpp"

#include <coauth/error.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>
#include <coauth/twitter/user_names.hpp>

#include <algorithm>
#include <iterator>

namespace coauth::twitter {

namespace {

[[noreturn]] void refuse(std::string message)
{
    throw error(errc::invalid_argument, std::move(message));
}

struct range {
    int first;
    int last;
};

range counts(api_version api, page_kind kind)
{
    if (kind == page_kind::followers)
        return api == api_version::v2 ? range{1, 1000} : range{1, 200};
    return api == api_version::v2 ? range{5, 100} : range{1, 200};
}

// API 1.1 counts: a `max_id` or a cursor. API 2's are opaque.
bool is_page_token(api_version api, std::string_view token)
{
    constexpr std::size_t longest = 512;
    if (api == api_version::v1_1)
        return is_id(token);
    return token.size() <= longest &&
           std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// Unicode's White_Space, and the marks of no width that come along with a copied text.
constexpr std::string_view white_space[] = {"\t", "\n", "\v", "\f", "\r", " ", "\u0085", "\u00a0", "\u1680", "\u2000",
    "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u200b",
    "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"};

std::string without_white_space(std::string_view typed)
{
    std::string out;
    out.reserve(typed.size());
    while (!typed.empty()) {
        if (typed.front() > ' ' && typed.front() < 0x7f) {
            out += typed.front();
            typed.remove_prefix(1);
            continue;
        }
        const auto* const blank = std::find_if(std::begin(white_space), std::end(white_space),
            [typed](std::string_view each) { return typed.starts_with(each); });
        if (blank == std::end(white_space))
            out += typed.front();
        typed.remove_prefix(blank == std::end(white_space) ? 1 : blank->size());
    }
    return out;
}

} // namespace

void require_user(const user_ref& user)
{
    if (!can_be_asked_for(user))
        refuse(user.is_id() ? "an id has 1 to 19 digits and no zero in front"
                            : "a user name has 1 to 15 letters, digits or underscores; ask for a longer one by its id");
}

void require_users(const std::vector<user_ref>& users)
{
    constexpr std::size_t most = 100;
    if (users.size() > most)
        refuse("at most 100 users can be looked up at once");
    std::for_each(users.begin(), users.end(), require_user);
    const auto same_kind = [&users](const user_ref& user) { return user.is_id() == users.front().is_id(); };
    if (!std::all_of(users.begin(), users.end(), same_kind))
        refuse("users are looked up all by id or all by user name");
}

void require_id(std::string_view id, std::string_view name)
{
    if (!is_id(id))
        refuse(std::string(name) + " must have 1 to 19 digits and no zero in front");
}

void require_text(std::string_view text)
{
    if (text.empty())
        refuse("the text is empty");
    if (!text::is_utf8(text))
        refuse("the text is not UTF-8");
}

void require_page(api_version api, page_kind kind, const page_options& options)
{
    const range allowed = counts(api, kind);
    if (options.count != 0 && (options.count < allowed.first || options.count > allowed.last))
        refuse("a page has " + std::to_string(allowed.first) + " to " + std::to_string(allowed.last) + " entries here");
    if (!options.token.empty() && !is_page_token(api, options.token))
        refuse("the page token is not one of this API's");
    if (options.since_id.empty())
        return;
    if (kind == page_kind::followers)
        refuse("followers have no since_id");
    require_id(options.since_id, "since_id");
}

void require_call(const api_call& call)
{
    if (!call.path.starts_with('/') || call.path.find_first_of("?#") != std::string::npos)
        refuse("the path must begin with a slash and have no query of its own");
    // The host is of no importance here; the path is checked as the signer will see it.
    if (!oauth1::split_target("https://host" + call.path))
        refuse("the path must be percent-encoded");
    if (!call.form.empty() && !call.json.empty())
        refuse("a call has a form or JSON, not both");
}

std::string trimmed_verifier(std::string_view typed)
{
    std::string text = without_white_space(typed);
    if (text.empty())
        refuse("the verifier is empty");
    const bool is_pin = text::all_digits(text);
    if (is_pin)
        return text;
    return std::string(text::trimmed(typed, "\t\r\n"));
}

void require_options(const client_options& options)
{
    if (options.deadline.count() < 0)
        refuse("the deadline is negative");
    if (options.retry_budget.count() < 0)
        refuse("the retry budget is negative");
}

} // namespace coauth::twitter
