// Adds SQLite to the databases under test.
#include "integration/store/sqlite_place.hpp"

namespace coauth::testing {

namespace {

const register_database sqlite_is_under_test(
    database_under_test{"sqlite", [] { return std::make_shared<sqlite_place>(); }, true});

} // namespace

} // namespace coauth::testing
