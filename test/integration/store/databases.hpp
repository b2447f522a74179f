// The databases that every rule of a store is tried on.
#pragma once

#include "unit/store/store_bench.hpp"

#include <coauth/store/database.hpp>
#include <coauth/store/key_ring.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coauth::testing {

/// An empty database of a test's own, which is removed at the end.
class database_place {
public:
    virtual ~database_place() = default;

    /// Opens it: each time by another object, as another process would, if it is not in memory.
    virtual std::shared_ptr<store::database> open(const store::database_options& options) = 0;
};

struct database_under_test {
    std::string name;
    std::function<std::shared_ptr<database_place>()> make;
    bool is_shared; ///< Several processes can open it.
};

/// Gone with the object; it has no two of them.
inline database_under_test memory_under_test()
{
    class memory_place final : public database_place {
    public:
        std::shared_ptr<store::database> open(const store::database_options& options) override
        {
            return store::memory_database(options);
        }
    };
    return database_under_test{"memory", [] { return std::make_shared<memory_place>(); }, false};
}

/// Those that are built, apart from the memory. Each adds itself in a source of its own, such as `sqlite_database.cpp`.
inline std::vector<database_under_test>& databases_under_test()
{
    static std::vector<database_under_test> all;
    return all;
}

/// Adds one, from a source of its own.
struct register_database {
    explicit register_database(database_under_test added) { databases_under_test().push_back(std::move(added)); }
};

/// 32 octets, and the id that records name them by.
inline store::sealing_key key_of_letter(char letter)
{
    return store::sealing_key(std::string(1, letter), secret(std::string(32, letter)));
}

inline std::shared_ptr<store::key_ring> keys_of_letters(const std::string& newest_first)
{
    std::vector<store::sealing_key> keys;
    for (const char letter : newest_first)
        keys.push_back(key_of_letter(letter));
    return std::make_shared<store::key_ring>(std::move(keys));
}

} // namespace coauth::testing
