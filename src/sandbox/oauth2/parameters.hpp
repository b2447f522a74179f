// The parameters of an OAuth 2 request, read strictly (RFC 6749, sections 3.1 and 3.2).
#pragma once

#include <coauth/server/http_server.hpp>
#include <coauth/text/form.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// What was read, or why it could not be.
struct parameter_reading {
    parameter_reading() = default;

    text::form fields;                 ///< Without those that have no value: they count as absent.
    std::vector<std::string> repeated; ///< Names that came more than once.
    std::optional<std::string>
        malformed; ///< Bad percent-encoding or a control character (but for the scope), in a sentence.

    /// The value of the first field called `name`, or null.
    const std::string* find(std::string_view name) const noexcept { return text::find(fields, name); }
    /// The same, or an empty text.
    std::string_view value(std::string_view name) const noexcept;
    bool repeats(std::string_view name) const noexcept;
};

/// `encoded`: a query or a form body, one after the other.
parameter_reading read_parameters_of(std::string_view query, std::string_view form);

/// Names a field that is not UTF-8, in a sentence; nothing if all are. The scope is not among them: see `scope_refusal`.
std::optional<std::string> encoding_problem(const parameter_reading& sent);

/// Why the body of a request can't be read as a form, in a sentence; nothing if it can, or if there is none. Its one
/// Content-Type must be `application/x-www-form-urlencoded`, and it must have no Content-Encoding.
std::optional<std::string> form_problem(const server::request& r);

/// The body, or an empty text if that can't be read as a form.
std::string_view form_body(const server::request& r);

/// Separated by spaces or commas; empty words are left out.
std::vector<std::string> split_words(std::string_view words, std::string_view separators = " ");
std::string join_words(const std::vector<std::string>& words, std::string_view separator = " ");
bool has_word(const std::vector<std::string>& words, std::string_view word);

/// A client's text for an explanation: in quotes, at most 200 octets, with `?` for all but printable ASCII.
std::string printable(std::string_view text);

} // namespace coauth::sandbox
