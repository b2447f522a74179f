#include "server/connection_phase.hpp"

namespace coauth::server {

bool gives_up(phase now, urgency how) noexcept
{
    switch (how) {
    case urgency::none:
        return false;
    case urgency::drain:
        return now == phase::idle;
    case urgency::stop:
        return now != phase::answering && now != phase::writing;
    case urgency::cut:
        return true;
    }
    return true;
}

lateness when_late(phase now, bool said_so) noexcept
{
    switch (now) {
    case phase::idle:
        return lateness::hang_up;
    case phase::reading:
        // A client that pours in more than can be read keeps the reader from seeing the end.
        return said_so ? lateness::close : lateness::say_so;
    case phase::ended:
        return lateness::ignore;
    case phase::handshaking:
    case phase::answering:
    case phase::writing:
    case phase::closing:
        return lateness::close;
    }
    return lateness::close;
}

} // namespace coauth::server
