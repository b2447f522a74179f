#include "store/sqlite/database_file.hpp"

#include "crypto/random.hpp"
#include "store/sqlite/failure.hpp"
#include "store/sqlite/places.hpp"
#include "store/sqlite/schema.hpp"
#include "text/hex.hpp"

#include <array>
#include <cerrno>
#include <sqlite3.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace coauth::store::sqlite {

namespace {

constexpr std::string_view check_text = "coauth";

std::string random_store_id()
{
    std::array<char, 16> octets{};
    crypto::fill_random(octets.data(), octets.size());
    return text::hex_encode(std::string_view(octets.data(), octets.size()));
}

} // namespace

// Without a descriptor of it: closing one would release the locks of this process's other connections to the file.
void make_file(const std::string& path)
{
    constexpr mode_t of_owner = 0600;
    if (::mknod(path.c_str(), S_IFREG | of_owner, 0) == 0) {
        // The process's umask may have taken rights of the owner's, too.
        ::chmod(path.c_str(), of_owner);
        return;
    }
    if (errno == EEXIST)
        return;
    throw error(errc::store_unavailable,
        "the SQLite file " + path + " can't be made: " + std::generic_category().message(errno))
        .with_hint("the folder must exist, and this program's user may write to it");
}

database_file::database_file(const file_settings& settings, connection::deadline deadline)
    : db(settings.path, deadline), keys_(settings.keys), clock_(settings.clock)
{
    const bool is_new = begin_upgrade(db);
    if (is_new)
        fill();
    db.script("COMMIT");
    // After the check that the file is coauth's; in a new file nothing is lost if the process ends between the two.
    db.script("PRAGMA journal_mode = WAL");
    check_keys();
}

void database_file::fill()
{
    store_ = random_store_id();
    db.execute("INSERT INTO meta VALUES ('store', ?)", std::string_view(store_));
    db.execute("INSERT INTO meta VALUES ('check', ?)", blob(seal(check_place(store_), secret(check_text))));
}

void database_file::check_keys()
{
    {
        auto found = db.run("SELECT value FROM meta WHERE name = 'store'");
        if (!found.next())
            throw failed_call(SQLITE_CORRUPT);
        store_ = found.octets(0);
    }
    auto found = db.run("SELECT value FROM meta WHERE name = 'check'");
    if (!found.next())
        throw failed_call(SQLITE_CORRUPT);
    open(check_place(store_), found.octets(0));
}

std::int64_t database_file::now() const
{
    return nanoseconds(clock_->now());
}

std::string database_file::seal(const record_place& place, const secret& text) const
{
    return store::seal(*keys_, place, text.reveal());
}

secret database_file::open(const record_place& place, std::string_view sealed) const
{
    return store::open(*keys_, place, sealed);
}

std::string database_file::reseal(const record_place& place, std::string_view sealed) const
{
    const secret text = open(place, sealed);
    return is_sealed_by_newest(*keys_, sealed) ? std::string() : seal(place, text);
}

} // namespace coauth::store::sqlite
