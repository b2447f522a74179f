// How little it takes to make coauth's profiles of API 1.1's JSON: by hand, for well-formed bodies only.
#pragma once

#include <coauth/identity/profile.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace bench {

/// Reads all fields of a profile, with the checks of dates and addresses and the repairs of texts. Does not look for
/// members named twice, does not tell what is wrong, and does not match users with those asked for.
class json_floor {
public:
    json_floor();
    ~json_floor();

    /// `depth`: of the user objects. 1: the body is one; 2: it is a list of them.
    std::vector<coauth::profile> read(std::string_view body, int depth);

private:
    struct parser;
    std::unique_ptr<parser> parser_;
};

} // namespace bench
