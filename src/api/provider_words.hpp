// A provider's own words, made fit for an error: short, and without what the request held.
#pragma once

#include <coauth/secret.hpp>

#include <span>
#include <string>
#include <string_view>

namespace coauth::api {

/// `text` in valid UTF-8 and at most 200 octets.
std::string shown(std::string_view text);

/// `words` with "[hidden]" in the place of each text in `hidden` of at least 4 octets, as it is and percent-encoded: shorter
/// ones give nothing away, and would cost innocent words. For a member that holds words, such as `error_description`.
std::string without_texts(std::string words, std::span<const secret> hidden);

/// True if `text` holds one of `hidden`, however short, as it is or percent-encoded.
bool repeats(std::string_view text, std::span<const secret> hidden);

/// The first 200 octets of a body of unknown kind, on one line. Empty for an HTML page, and for a body that `repeats` a hidden
/// text: it may hold others in a form that can't be found.
std::string words_of(std::string_view body, std::span<const secret> hidden);

} // namespace coauth::api
