// What a client's operations share.
#pragma once

#include "twitter/x_app.hpp"

#include <coauth/twitter/client.hpp>

namespace coauth::twitter {

class client::state final : public x_app {
public:
    using x_app::x_app;
};

} // namespace coauth::twitter
