// The cookies of one browser at one site.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace login_load {

/// Keeps names and values until they are removed or expire. Paths and domains it leaves out of
/// account: one jar serves one site.
class cookie_jar {
public:
    /// Takes the value of a Set-Cookie.
    void take(std::string_view set_cookie);

    /// The value of Cookie; empty if there are none.
    std::string header() const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

} // namespace login_load
