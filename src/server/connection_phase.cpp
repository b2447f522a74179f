#include "server/connection_phase.hpp"

namespace coauth::server {

bool gives_up(phase now, urgency urgency) noexcept
{
    switch (urgency) {
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

lateness when_late(phase now, bool responded) noexcept
{
    switch (now) {
    case phase::idle:
        return lateness::hang_up;
    case phase::reading:
        // A client that sends faster than it is read keeps the reader from the end of the stream.
        return responded ? lateness::close : lateness::respond;
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
