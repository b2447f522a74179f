#include "oauth1/signer_state.hpp"

#include "oauth1/control_characters.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace coauth::oauth1 {

namespace {

// What the signer adds to a request, the first `added` of all, may not be there already.
result<void> check_names(const encoded_parameters& all, std::size_t added, const parameters& brought)
{
    for (std::size_t i = 0; i < added; ++i) {
        const std::string_view name = i < brought.size() ? std::string_view(brought[i].first) : all.begin()[i].name();
        if (!name.starts_with("oauth_") || name == "oauth_signature")
            return error(errc::invalid_argument,
                '"' + std::string(name) + "\" is not a protocol parameter that a request may bring");
        const std::string_view encoded = all.begin()[i].name();
        if (std::count_if(all.begin(), all.end(), [&](const auto& other) { return other.name() == encoded; }) != 1)
            return error(
                errc::invalid_argument, "the request carries " + std::string(name) + " already, which the signer adds");
    }
    if (std::any_of(all.begin() + added, all.end(), [](const auto& p) { return p.name() == "oauth_signature"; }))
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
        out = put_number(url.port, put("%3A", out));
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

std::string joined(std::initializer_list<std::string_view> parts)
{
    std::size_t size = 0;
    for (const std::string_view part : parts)
        size += part.size();
    std::string out;
    out.reserve(size);
    for (const std::string_view part : parts)
        out += part;
    return out;
}

} // namespace

result<void> check_method(std::string_view method)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    const auto fits = [&](char c) { return text::is_letter_or_digit(c) || others.find(c) != others.npos; };
    if (method.empty() || !std::all_of(method.begin(), method.end(), fits))
        return error(errc::invalid_argument, "the HTTP method is empty or malformed");
    return {};
}

result<moment_text> checked(const moment& at, bool optional, scratch& memory)
{
    const moment_text written(at, memory);
    const bool unchanged = written.nonce.data() == at.nonce.data(); // so it is printable
    if ((at.nonce.empty() && !optional) || (!unchanged && !is_graphic(at.nonce)))
        return error(errc::invalid_argument, "the nonce is empty or not printable");
    if (at.timestamp < 0 || (at.timestamp == 0 && !optional))
        return error(errc::invalid_argument, "the timestamp is not positive");
    return written;
}

result<void> check_tls(const signature_algorithm& method, const target& url)
{
    if (method.needs_tls() && !url.https)
        return error(errc::invalid_argument,
            std::string(method.name()) + " sends the secrets themselves, so the URL must be https");
    return {};
}

std::size_t opening_room(std::string_view method, const target& url) noexcept
{
    constexpr std::string_view longest_frame = "&https%3A%2F%2F%3A65535&";
    return text::room_for_encoded(method.size() + url.host.size() + url.path.size()) + longest_frame.size();
}

char* write_opening(std::string_view method, const target& url, char* out) noexcept
{
    for (const char c : method)
        out = text::encode(text::encoded_once, text::upper(c), out);
    return put("&", write_uri(url, put("&", out)));
}

signer::state::state(const consumer& app, std::optional<std::string_view> token_text, const secret& token_secret,
    signature_method algorithm, bool many)
    : consumer_key("oauth_consumer_key", app.key()), method_name("oauth_signature_method", algorithm->name()),
      token("oauth_token", token_text.value_or(std::string_view())), has_token(token_text.has_value()),
      consumer_secret_size(app.secret().size()), token_secret_size(token_secret.size()), method(std::move(algorithm)),
      key(method->make_key(app.secret(), token_secret)), ready_key(many ? key->after(std::string_view()) : nullptr)
{
    usual_base.before_nonce = joined({consumer_key.base, "%26oauth_nonce%3D"});
    usual_base.before_timestamp =
        joined({"%26", method_name.name(), "%3D", method_name.value(), "%26oauth_timestamp%3D"});
    usual_base.after_timestamp = !has_token
                                     ? "%26oauth_version%3D1.0"
                                     : joined({"%26", token.name(), "%3D", token.value(), "%26oauth_version%3D1.0"});
    usual_header.before_nonce = joined({consumer_key.header, ", oauth_nonce=\""});
    usual_header.before_timestamp = joined({"\", ", method_name.header, ", oauth_timestamp=\""});
    usual_header.after_timestamp =
        !has_token ? "\", oauth_version=\"1.0\"" : joined({"\", ", token.header, ", oauth_version=\"1.0\""});
}

bool signer::state::is_usual(const message& m, const moment_text& at) const
{
    return m.oauth.empty() && m.version && (has_token || !m.empty_token) && !at.nonce.empty() && at.timestamp != "0";
}

// The parameters that the signer adds to the request, oauth_signature still missing (section 3.1); as `write_protocol`.
void signer::state::add_protocol(const message& m, const moment_text& at, encoded_parameters& all) const
{
    for (const auto& [name, value] : m.oauth)
        all.add(name, value);
    all.add_joined(consumer_key.base, consumer_key.name_size);
    if (!at.nonce.empty())
        all.add_encoded("oauth_nonce", at.nonce_again);
    all.add_joined(method_name.base, method_name.name_size);
    if (at.timestamp != "0")
        all.add_encoded("oauth_timestamp", at.timestamp);
    if (has_token || m.empty_token)
        all.add_joined(token.base, token.name_size);
    if (m.version)
        all.add_encoded("oauth_version", "1.0");
}

char* signer::state::write_protocol(const message& m, const moment_text& at, char* out) const
{
    if (is_usual(m, at))
        return usual_header.write(at.nonce, at.timestamp, out);
    out = put(consumer_key.header, out);
    if (!at.nonce.empty())
        out = put("\"", put(at.nonce, put(", oauth_nonce=\"", out)));
    out = put(method_name.header, put(", ", out));
    if (at.timestamp != "0")
        out = put("\"", put(at.timestamp, put(", oauth_timestamp=\"", out)));
    if (has_token || m.empty_token)
        out = put(token.header, put(", ", out));
    return m.version ? put(", oauth_version=\"1.0\"", out) : out;
}

// The protocol's parameters and the request's. `usual`: the former as one, which is right unless the latter come between.
result<void> signer::state::collect(const message& m, const moment_text& at, std::string_view query, bool usual,
    scratch& memory, encoded_parameters& all) const
{
    if (usual) {
        char* const out = memory.room(usual_base.size(at.nonce_again, at.timestamp));
        all.add_joined(memory.keep(usual_base.write(at.nonce_again, at.timestamp, out)), consumer_key.name_size);
    } else {
        add_protocol(m, at, all);
    }
    const auto added = static_cast<std::size_t>(all.end() - all.begin());
    for (const std::string_view form : {query, m.form})
        if (auto read = all.add_form(form); !read)
            return read.error();
    const auto is_protocol = [](const encoded_parameter& p) { return p.text().starts_with("oauth_"); };
    const bool brings_protocol = std::any_of(all.begin() + added, all.end(), is_protocol);
    if (!usual)
        return m.oauth.empty() && !brings_protocol ? result<void>() : check_names(all, added, m.oauth);
    if (!brings_protocol)
        return {};
    all.clear();
    return collect(m, at, query, false, memory, all);
}

result<base_string> signer::state::base_string_of(const message& m, const moment& at, scratch& memory) const
{
    if (auto fit = check_method(m.method); !fit)
        return fit.error();
    // Section 3.4.4: PLAINTEXT, which sends its secrets over TLS, may go without nonce and timestamp.
    const auto time = checked(at, method->needs_tls(), memory);
    if (!time)
        return time.error();
    if (has_control_character(m.realm.value_or(std::string_view())))
        return error(errc::invalid_argument, "the realm holds a control character");
    const auto url = split_target(m.url);
    if (!url)
        return url.error();

    encoded_parameters all(memory);
    if (auto fit = collect(m, *time, url->query, is_usual(m, *time), memory, all); !fit)
        return fit.error();
    all.sort();

    base_string made(*url, *time);
    char* const out = memory.room(opening_room(m.method, *url) + all.size());
    made.text = memory.keep(all.write(write_opening(m.method, *url, out)));
    return made;
}

result<void> signer::state::append_header(const message& m, const moment_text& at,
    std::optional<std::string_view> realm, const signing_key& signing, std::string_view base, scratch& memory,
    std::string& out, secret* signature) const
{
    appended header(out);
    const std::size_t begin = out.size();
    if (auto made = signing.sign(base, out); !made)
        return made.error();
    const std::string_view value = std::string_view(out).substr(begin);
    if (signature)
        *signature = secret(value);

    constexpr std::size_t names = 200; // with what stands between them, at most
    std::string extra;
    if (realm || !m.oauth.empty())
        extra = write_authorization_header(m.oauth, realm) + ", ";
    const std::string_view front = extra.empty() ? "OAuth " : std::string_view(extra);
    char* end = memory.room(names + front.size() + consumer_key.header.size() + method_name.header.size() +
                            token.header.size() + at.nonce.size() + text::room_for_encoded(value.size()));
    end = write_protocol(m, at, put(front, end));
    end = put("\"", text::encode(text::encoded_once, value, put(", oauth_signature=\"", end)));
    out.replace(begin, out.npos, memory.keep(end));
    header.complete();
    return {};
}

} // namespace coauth::oauth1
