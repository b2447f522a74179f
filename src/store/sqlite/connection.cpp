#include "store/sqlite/connection.hpp"

#include <algorithm>
#include <sqlite3.h>
#include <thread>

namespace coauth::store::sqlite {

namespace {

constexpr const char* settings = R"(
PRAGMA cache_size = -8192; -- KiB
PRAGMA journal_size_limit = 16777216;
PRAGMA temp_store = MEMORY; -- nothing goes into temporary files
PRAGMA cell_size_check = ON;
PRAGMA synchronous = FULL; -- the disk has what was committed
)";

} // namespace

void connection::closer::operator()(sqlite3* open) const noexcept
{
    sqlite3_close(open);
}

connection::connection(const std::string& path, deadline time) : wait_until_(time)
{
    sqlite3* opened = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    open_.reset(opened);
    check_code(code);
    if (sqlite3_db_readonly(opened, "main") != 0)
        throw failed_call(SQLITE_READONLY);
    sqlite3_busy_handler(opened, wait_for_others, this);
    // Statements that another program wrote into the file must not run in this one.
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    script(settings);
}

connection::~connection() = default;

// Short steps: another process holds the file as long as one write to the disk takes.
int connection::wait_for_others(void* self, int calls) noexcept
{
    const auto left = static_cast<connection*>(self)->wait_until_ - std::chrono::steady_clock::now();
    if (left <= left.zero())
        return 0;
    constexpr int longest = 10;
    const std::chrono::milliseconds step(std::min(calls / 2 + 1, longest));
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(step, left));
    return 1;
}

void connection::missing_row()
{
    throw failed_call(SQLITE_CORRUPT);
}

void connection::script(const char* text)
{
    check_code(sqlite3_exec(open_.get(), text, nullptr, nullptr, nullptr));
}

statement& connection::prepared(const char* text)
{
    const auto known = statements_.find(text);
    if (known != statements_.end())
        return known->second;
    return statements_.try_emplace(text, open_.get(), text).first->second;
}

std::size_t connection::changed() const noexcept
{
    return static_cast<std::size_t>(sqlite3_changes64(open_.get()));
}

std::int64_t connection::all_changes() const noexcept
{
    return sqlite3_total_changes64(open_.get());
}

bool connection::in_transaction() const noexcept
{
    return sqlite3_get_autocommit(open_.get()) == 0;
}

bool connection::has_moved() const noexcept
{
    int moved = 0;
    sqlite3_file_control(open_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

} // namespace coauth::store::sqlite
