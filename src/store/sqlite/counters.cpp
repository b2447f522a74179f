#include "store/sqlite/counters.hpp"

#include <sqlite3.h>

namespace coauth::store::sqlite {

namespace {

namespace counters_sql {
constexpr const char* logins = "SELECT pending, past, expired FROM login_counts";
constexpr const char* write_logins = "UPDATE login_counts SET pending = ?, past = ?, expired = ?";
} // namespace counters_sql

} // namespace

login_counters& counters::logins(connection& db)
{
    if (logins_)
        return *logins_;
    auto found = db.run(counters_sql::logins);
    if (!found.next())
        throw failed_call(SQLITE_CORRUPT);
    login_counters read;
    read.pending = found.number(0);
    read.past = found.number(1);
    read.expired = found.number(2);
    logins_in_file_ = read;
    return logins_.emplace(read);
}

void counters::write(connection& db)
{
    if (logins_ && *logins_ != logins_in_file_)
        db.execute(counters_sql::write_logins, logins_->pending, logins_->past, logins_->expired);
}

} // namespace coauth::store::sqlite
