// How requests to a provider's endpoints are written.
#pragma once

#include <coauth/oauth2/app.hpp>
#include <coauth/oauth2/form_request.hpp>
#include <coauth/text/form.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::oauth2 {

/// One parameter whose value is not copied.
using parameter_view = std::pair<std::string_view, std::string_view>;

/// The request with the app's authentication, then `parameters` in their order, then `extra`. An empty value is the same as
/// none (RFC 6749, section 3.2) and is left out. Throws `errc::invalid_argument` if `extra` repeats a name.
form_request make_form_request(
    const app& client, const std::vector<parameter_view>& parameters, const text::form& extra);

/// `name=value` pairs, encoded for a query or a body: no octet but letters, digits and `-._~` stays as it is.
void append_form_field(std::string_view name, std::string_view value, std::string& out);

} // namespace coauth::oauth2
