#include "store/sqlite/statement.hpp"

#include <new>
#include <sqlite3.h>

namespace coauth::store::sqlite {

void check_code(int code)
{
    if (code == SQLITE_OK)
        return;
    if (code == SQLITE_NOMEM)
        throw std::bad_alloc();
    throw failed_call(code);
}

const char* failed_call::what() const noexcept
{
    return sqlite3_errstr(code_);
}

statement::statement(sqlite3* connection, const char* text)
{
    check_code(sqlite3_prepare_v3(connection, text, -1, SQLITE_PREPARE_PERSISTENT, &prepared_, nullptr));
}

statement::~statement()
{
    sqlite3_finalize(prepared_);
}

void statement::bind(int parameter, std::int64_t number)
{
    check_code(sqlite3_bind_int64(prepared_, parameter, number));
}

void statement::bind(int parameter, std::string_view text)
{
    // A null pointer would be NULL, and not an empty text.
    check_code(sqlite3_bind_text64(
        prepared_, parameter, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void statement::bind(int parameter, blob value)
{
    const auto octets = value.octets;
    check_code(sqlite3_bind_blob64(
        prepared_, parameter, octets.empty() ? "" : octets.data(), octets.size(), SQLITE_TRANSIENT));
}

bool statement::step()
{
    const int code = sqlite3_step(prepared_);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    // Held open, it would keep its transaction from ending.
    sqlite3_reset(prepared_);
    check_code(code);
    return false;
}

void statement::reset() noexcept
{
    sqlite3_reset(prepared_);
    sqlite3_clear_bindings(prepared_);
}

std::int64_t statement::number(int column) const
{
    return sqlite3_column_int64(prepared_, column);
}

std::string_view statement::octets(int column) const
{
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(prepared_, column));
    return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column)))
                : std::string_view();
}

} // namespace coauth::store::sqlite
