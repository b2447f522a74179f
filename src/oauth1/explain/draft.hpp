// A base string in the making, with the places where clients go wrong as things to turn.
#pragma once

#include "oauth1/claims.hpp"

#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// How a client might percent-encode. The defaults are RFC 5849's way.
struct escaping {
    escaping() = default;

    std::string_view left_alone; ///< Reserved characters that stay as they are.
    bool tilde = false;          ///< `~` is encoded too.
    bool plus = false;           ///< A space becomes `+`.
    bool lower_case = false;     ///< Hex digits in lower case.
    unsigned rounds = 1;         ///< How many times; 0 is not at all.
};

/// How a client might sort.
enum class ordering {
    encoded_pairs, ///< RFC 5849, section 3.4.1.3.2.
    encoded_names, ///< Values of the same name as they came.
    joined,        ///< The texts `name=value`.
    decoded,       ///< Before they are encoded.
    any_case,      ///< Names without regard to case.
    as_collected,  ///< Not at all: query, form body, header.
};

/// What a client might have signed. Made from a request it is what the client should have signed.
struct draft {
    draft() = default;
    explicit draft(const claims& c);

    std::string method;
    std::string scheme, host, port, path; ///< The port with its colon.
    std::string behind_path;              ///< What should not be in the URI at all.
    bool path_only = false;               ///< Scheme and host are left out.

    parameters query, form, header; ///< Decoded. The header's are all protocol parameters, wherever they came from.
    parameters as_they_are;         ///< Names and values that are not encoded any more.

    ordering order = ordering::encoded_pairs;
    bool equals_when_empty = true; ///< `a=` rather than `a`.
    std::string behind_parameters; ///< What should not be among them at all.
    escaping inner;                ///< Of each name and value.
    escaping outer_uri;            ///< Of the URI in the base string.
    escaping outer_parameters;     ///< Of the joined parameters in the base string.

    std::string base_string() const;
};

} // namespace coauth::oauth1
