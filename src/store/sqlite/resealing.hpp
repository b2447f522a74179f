// Seals records anew with the newest key.
#pragma once

#include "store/sqlite/database_file.hpp"

#include <coauth/error.hpp>
#include <coauth/store/database.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace coauth::store::sqlite {

/// Where the resealing of a file is.
struct reseal_progress {
    reseal_progress() = default;

    std::size_t table = 0;       ///< Of those that hold records.
    std::int64_t after = 0;      ///< The number of its last row that was looked at.
    reseal_counts counts;        ///< So far. The record that keys are checked by is not among them.
    std::optional<error> failed; ///< For the first record that can't be opened.
    bool ended = false;
};

/// Looks at the next hundred records, or what is left of a table. Part of one transaction.
reseal_progress reseal_some(database_file& file, reseal_progress progress);

} // namespace coauth::store::sqlite
