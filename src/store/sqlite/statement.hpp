// A prepared statement of SQLite's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace coauth::store::sqlite {

/// A call of SQLite's that failed, before it is known which operation of a store fails by it.
class failed_call : public std::exception {
public:
    explicit failed_call(int code) noexcept : code_(code) {}

    int code() const noexcept { return code_; } ///< SQLite's, extended.
    bool is(int primary_code) const noexcept { return (code_ & 0xff) == primary_code; }
    const char* what() const noexcept override;

private:
    int code_;
};

/// Throws for any code but `SQLITE_OK`: `std::bad_alloc` for lack of memory, `failed_call` otherwise.
void check_code(int code);

/// Octets for a column of type BLOB; a plain text is for one of type TEXT.
struct blob {
    explicit blob(std::string_view new_octets) : octets(new_octets) {}
    template <std::size_t N>
    explicit blob(const std::array<std::uint8_t, N>& array) : octets(reinterpret_cast<const char*>(array.data()), N)
    {}

    std::string_view octets;
};

/// Every call throws `failed_call`.
///
/// Thread safety: one thread at a time, with all others of its connection. Lifetime: needs the connection.
class statement {
public:
    statement(sqlite3* connection, const char* text);
    ~statement();
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;

    void bind(int parameter, std::int64_t number);
    void bind(int parameter, std::string_view text);
    void bind(int parameter, blob value);

    /// True if there is a row, false at the end.
    bool step();

    void reset() noexcept;

    std::int64_t number(int column) const;

    /// A text or a blob, until the next `step`; empty for NULL.
    std::string_view octets(int column) const;

private:
    sqlite3_stmt* prepared_ = nullptr;
};

/// One run of a prepared statement, which it resets at its end. Parameters are numbers, texts and blobs.
class execution {
public:
    template <class... Values>
    explicit execution(statement& prepared, const Values&... values) : prepared_(prepared)
    {
        int parameter = 0;
        (prepared_.bind(++parameter, values), ...);
    }
    ~execution() { prepared_.reset(); }
    execution(const execution&) = delete;
    execution& operator=(const execution&) = delete;

    bool next() { return prepared_.step(); }
    std::int64_t number(int column) const { return prepared_.number(column); }
    std::string_view octets(int column) const { return prepared_.octets(column); }

private:
    statement& prepared_;
};

} // namespace coauth::store::sqlite
