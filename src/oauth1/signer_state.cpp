#include "oauth1/signer_state.hpp"

#include "oauth1/control_characters.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>

namespace coauth::oauth1 {

namespace {

// RFC 9110, section 9.1: a method is a token.
bool is_token(std::string_view text)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                [&](char c) { return text::is_letter_or_digit(c) || others.find(c) != others.npos; });
}

result<void> check(const message& m, const moment& at, const signature_algorithm& method)
{
    if (!is_token(m.method))
        return error(errc::invalid_argument, "the HTTP method is empty or malformed");
    // Section 3.4.4: PLAINTEXT, which sends its secrets over TLS, may go without.
    const bool optional = method.needs_tls();
    if ((at.nonce.empty() && !optional) || !is_graphic(at.nonce))
        return error(errc::invalid_argument, "the nonce is empty or not printable");
    if (at.timestamp < 0 || (at.timestamp == 0 && !optional))
        return error(errc::invalid_argument, "the timestamp is not positive");
    if (has_control_character(m.realm.value_or(std::string_view())))
        return error(errc::invalid_argument, "the realm holds a control character");
    return {};
}

// What the signer adds to a request, the first `added` of all, may not be there already.
result<void> check_names(const encoded_parameters& all, std::ptrdiff_t added, const parameters& brought)
{
    const auto added_end = all.begin() + added;
    const auto is_protocol = [](const encoded_parameter& p) { return p.text.starts_with("oauth_"); };
    if (brought.empty() && std::none_of(added_end, all.end(), is_protocol))
        return {};
    for (auto p = all.begin(); p != added_end; ++p) {
        const auto index = static_cast<std::size_t>(p - all.begin());
        const std::string_view name = index < brought.size() ? std::string_view(brought[index].first) : p->name();
        if (!name.starts_with("oauth_") || name == "oauth_signature")
            return error(errc::invalid_argument,
                '"' + std::string(name) + "\" is not a protocol parameter that a request may bring");
        if (std::count_if(all.begin(), all.end(), [p](const auto& other) { return other.name() == p->name(); }) != 1)
            return error(
                errc::invalid_argument, "the request carries " + std::string(name) + " already, which the signer adds");
    }
    if (std::any_of(added_end, all.end(), [](const auto& p) { return p.name() == "oauth_signature"; }))
        return error(errc::invalid_argument, "the request carries an oauth_signature already");
    return {};
}

// The URI of `base_string_uri`, encoded.
char* write_uri(const target& url, char* out)
{
    out = put(url.https ? "https%3A%2F%2F" : "http%3A%2F%2F", out);
    for (const char c : url.host)
        out = text::encode(text::encoded_once, text::lower(c), out);
    if (url.port != (url.https ? 443 : 80))
        out = put(std::to_string(url.port), put("%3A", out));
    return text::encode(text::encoded_once, url.path, out);
}

// Takes back what was appended to a text, unless it is complete.
class appended {
public:
    explicit appended(std::string& text) noexcept : text_(text), begin_(text.size()) {}
    appended(const appended&) = delete;
    appended& operator=(const appended&) = delete;
    ~appended()
    {
        if (!complete_)
            text_.resize(begin_);
    }

    void complete() noexcept { complete_ = true; }

private:
    std::string& text_;
    std::size_t begin_;
    bool complete_ = false;
};

} // namespace

// The parameters that the signer adds to the request, oauth_signature still missing (section 3.1); as `append_header`.
void signer::state::add_protocol(const message& m, const moment& at, encoded_parameters& all) const
{
    for (const auto& [name, value] : m.oauth)
        all.add(name, value);
    all.add_joined(consumer_key.base, consumer_key.name_size);
    if (!at.nonce.empty())
        all.add_plain("oauth_nonce", at.nonce);
    all.add_joined(method_name.base, method_name.name_size);
    if (at.timestamp != 0)
        all.add_plain("oauth_timestamp", std::to_string(at.timestamp));
    if (has_token || m.empty_token)
        all.add_joined(token.base, token.name_size);
    if (m.version)
        all.add_plain("oauth_version", "1.0");
}

result<base_string> signer::state::base_string_of(const message& m, const moment& at, scratch& memory) const
{
    if (auto fit = check(m, at, *method); !fit)
        return fit.error();
    const auto url = split_target(m.url);
    if (!url)
        return url.error();

    encoded_parameters all(memory);
    add_protocol(m, at, all);
    const auto added = all.end() - all.begin();
    for (const std::string_view form : {url->query, m.form})
        if (auto read = all.add_form(form); !read)
            return read.error();
    if (auto fit = check_names(all, added, m.oauth); !fit)
        return fit.error();
    all.sort();

    constexpr std::string_view longest_frame = "&https%3A%2F%2F%3A65535&";
    char* out = memory.room(text::room_for_encoded(m.method.size() + url->host.size() + url->path.size()) +
                            longest_frame.size() + all.size());
    for (const char c : m.method)
        out = text::encode(text::encoded_once, text::upper(c), out);
    out = write_uri(*url, put("&", out));
    out = all.write(put("&", out));

    base_string made;
    made.text = memory.keep(out);
    made.url = *url;
    return made;
}

result<std::string_view> signer::state::append_header(const message& m, const moment& at,
    std::optional<std::string_view> realm, const base_string& base, scratch& memory, std::string& out) const
{
    appended header(out);
    const std::size_t begin = out.size();
    if (auto made = key->sign(base.text, out); !made)
        return made.error();
    const auto signature = memory.keep(put(std::string_view(out).substr(begin), memory.room(out.size() - begin)));

    constexpr std::size_t names = 200; // with what stands between them, at most
    const std::string front = realm || !m.oauth.empty() ? write_authorization_header(m.oauth, realm) + ", " : "OAuth ";
    char* end = memory.room(names + front.size() + consumer_key.header.size() + method_name.header.size() +
                            token.header.size() + text::room_for_encoded(at.nonce.size() + signature.size()));
    end = put(consumer_key.header, put(front, end));
    if (!at.nonce.empty())
        end = put("\"", text::encode(text::encoded_once, at.nonce, put(", oauth_nonce=\"", end)));
    end = put(method_name.header, put(", ", end));
    if (at.timestamp != 0)
        end = put("\"", put(std::to_string(at.timestamp), put(", oauth_timestamp=\"", end)));
    if (has_token || m.empty_token)
        end = put(token.header, put(", ", end));
    if (m.version)
        end = put(", oauth_version=\"1.0\"", end);
    end = put("\"", text::encode(text::encoded_once, signature, put(", oauth_signature=\"", end)));
    out.replace(begin, out.npos, memory.keep(end));
    header.complete();
    return signature;
}

} // namespace coauth::oauth1
