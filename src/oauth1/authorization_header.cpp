#include "text/encoding_table.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth1 {

namespace {

constexpr std::string_view scheme = "oauth";
constexpr std::string_view realm_name = "realm";
constexpr std::string_view blanks_and_commas = " \t,";

constexpr bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

error malformed(std::string message)
{
    return error(errc::invalid_argument, "the Authorization header " + std::move(message));
}

class header_reader {
public:
    header_reader(std::string_view text, bool lenient) : rest_(text), lenient_(lenient) {}

    result<parameters> read()
    {
        const std::string_view before_parameter = lenient_ ? blanks_and_commas : text::blanks;
        parameters list;
        skip(before_parameter);
        while (!rest_.empty()) {
            result<parameter> next = read_parameter();
            if (next.has_error())
                return next.error();
            list.push_back(*std::move(next));
            skip(text::blanks);
            if (rest_.empty())
                break;
            if (rest_.front() != ',')
                return malformed("lacks a comma between two parameters");
            rest_.remove_prefix(1);
            skip(before_parameter);
            if (rest_.empty() && !lenient_)
                return malformed("ends in a comma");
        }
        if (list.empty())
            return malformed("has no parameters");
        return list;
    }

private:
    result<parameter> read_parameter()
    {
        const std::size_t end = rest_.find_first_of("=,\"");
        if (end == std::string_view::npos || rest_[end] != '=')
            return malformed("has a parameter without \"=\"");
        std::string_view raw_name = take(end);
        rest_.remove_prefix(1);
        if (lenient_) {
            raw_name = text::trimmed(raw_name, text::blanks);
            skip(text::blanks);
        }
        result<std::string> name = decode(raw_name);
        if (name.has_error())
            return name.error();
        if (name->empty())
            return malformed("has a parameter without a name");

        const bool is_realm = text::equal_ignoring_case(*name, realm_name);
        result<std::string> value = read_value(is_realm);
        if (value.has_error())
            return value.error();
        return parameter(is_realm ? std::string(realm_name) : *std::move(name), *std::move(value));
    }

    result<std::string> read_value(bool is_realm)
    {
        if (!rest_.starts_with('"')) {
            if (!lenient_)
                return malformed("has a value without quotes");
            return decode(take(std::min(rest_.find_first_of(blanks_and_commas), rest_.size())));
        }
        rest_.remove_prefix(1);
        if (is_realm)
            return read_realm();
        const std::size_t end = rest_.find('"');
        if (end == std::string_view::npos)
            return malformed("has a quote that is not closed");
        result<std::string> value = decode(take(end));
        rest_.remove_prefix(1);
        return value;
    }

    // A realm is HTTP's quoted string (RFC 7235, section 2.2): not percent-encoded, `\` escapes.
    result<std::string> read_realm()
    {
        std::string value;
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            char c = rest_[i];
            if (c == '"') {
                rest_.remove_prefix(i + 1);
                return value;
            }
            if (c == '\\' && ++i < rest_.size())
                c = rest_[i];
            if (is_control(c) && c != '\t')
                return malformed("has a control character in its realm");
            value += c;
        }
        return malformed("has a quote that is not closed");
    }

    result<std::string> decode(std::string_view text) const
    {
        for (const char c : text) {
            if (text::is_unreserved(c) || c == '%')
                continue;
            if (is_control(c) || !lenient_)
                return malformed("has a character that is not percent-encoded")
                    .with_hint("encode names and values as RFC 5849, section 3.6 says: only letters, digits and -._~ "
                               "stay as they are");
        }
        return text::percent_decode(text);
    }

    std::string_view take(std::size_t length) noexcept
    {
        const std::string_view taken = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return taken;
    }

    void skip(std::string_view characters) noexcept
    {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
    }

    std::string_view rest_;
    bool lenient_;
};

} // namespace

std::string write_authorization_header(const parameters& list, std::optional<std::string_view> realm)
{
    constexpr std::string_view separator = ", ";
    std::string out = "OAuth ";
    if (realm) {
        out += "realm=\"";
        for (const char c : *realm) {
            if (c == '"' || c == '\\')
                out += '\\';
            out += is_control(c) ? ' ' : c;
        }
        out.append("\"").append(separator);
    }
    for (const auto& [name, value] : list) {
        text::percent_encode(name, out);
        text::percent_encode(value, out += "=\"");
        out.append("\"").append(separator);
    }
    if (out.ends_with(separator))
        out.resize(out.size() - separator.size());
    return out;
}

result<parameters> parse_authorization_header(std::string_view value, bool lenient)
{
    if (value.size() > max_authorization_header)
        return malformed("is longer than " + std::to_string(max_authorization_header) + " octets");
    if (!is_oauth_header(value))
        return malformed("has another scheme than OAuth");
    return header_reader(value.substr(scheme.size()), lenient).read();
}

bool is_oauth_header(std::string_view value) noexcept
{
    return text::equal_ignoring_case(value.substr(0, scheme.size()), scheme) &&
           (value.size() == scheme.size() || text::blanks.find(value[scheme.size()]) != text::blanks.npos);
}

} // namespace coauth::oauth1
