// Adds Redis to the databases under test.
#include "integration/store/redis_place.hpp"

namespace coauth::testing {

namespace {

const register_database redis_is_under_test(
    database_under_test{"redis", [] { return std::make_shared<redis_place>(); }, true});

} // namespace

} // namespace coauth::testing
