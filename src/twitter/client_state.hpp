// What a client's operations share.
#pragma once

#include "twitter/caller.hpp"

#include <coauth/twitter/client.hpp>

namespace coauth::twitter {

class client::state final : public caller {
public:
    using caller::caller;
};

} // namespace coauth::twitter
