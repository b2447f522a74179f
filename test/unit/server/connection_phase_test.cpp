#include "server/connection_phase.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace coauth::server;

TEST_CASE("connection_phase: the urgency of an end decides in which phases the connection ends")
{
    struct row {
        phase now;
        bool drain, stop;
    };
    for (const row& r : {
             row{phase::handshaking, false, true},
             row{phase::idle, true, true},
             row{phase::reading, false, true},
             row{phase::answering, false, false},
             row{phase::writing, false, false},
             row{phase::closing, false, true},
         }) {
        CHECK_FALSE(gives_up(r.now, urgency::none));
        CHECK(gives_up(r.now, urgency::drain) == r.drain);
        CHECK(gives_up(r.now, urgency::stop) == r.stop);
        CHECK(gives_up(r.now, urgency::cut));
    }
}

TEST_CASE("connection_phase: a connection answers 408 once, and only while it reads a request")
{
    struct row {
        phase now;
        lateness first, again;
    };
    for (const row& r : {
             row{phase::idle, lateness::hang_up, lateness::hang_up},
             row{phase::reading, lateness::respond, lateness::close},
             row{phase::handshaking, lateness::close, lateness::close},
             row{phase::answering, lateness::close, lateness::close},
             row{phase::writing, lateness::close, lateness::close},
             row{phase::closing, lateness::close, lateness::close},
             row{phase::ended, lateness::ignore, lateness::ignore},
         }) {
        CHECK(when_late(r.now, false) == r.first);
        CHECK(when_late(r.now, true) == r.again);
    }
}
