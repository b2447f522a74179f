#include "store/sqlite/resealing.hpp"
#include "store/sqlite/stores.hpp"

#include <coauth/store/sqlite_store.hpp>

#include <sqlite3.h>

namespace coauth::store {

namespace asio = boost::asio;

namespace sqlite {

namespace {

void check_path(const std::string& path)
{
    const auto refuse = [](const char* reason) {
        throw error(errc::invalid_argument, std::string("the path of an SQLite store ") + reason);
    };
    if (path.empty())
        refuse("is empty");
    if (path.find('\0') != std::string::npos)
        refuse("has a NUL octet");
    // SQLite would take these for something other than a file's name.
    if (path.front() == ':')
        refuse("begins with a colon, as SQLite's databases in memory do; write ./ in front if it is a file's name");
    if (path.starts_with("file:"))
        refuse("is a URI; give the file's name");
}

asio::awaitable<reseal_counts> reseal_all(engine_ptr owner)
{
    reseal_progress progress;
    while (!progress.ended) {
        auto some =
            write(owner, "resealing records", [progress](database_file& file) { return reseal_some(file, progress); });
        progress = co_await std::move(some);
    }
    if (progress.failed)
        throw *progress.failed;
    co_return progress.counts;
}

class database_in_file final : public database {
public:
    explicit database_in_file(const engine_ptr& owner)
        : owner_(owner), logins_(logins_of(owner)), tokens_(tokens_of(owner)), visitors_(visitors_of(owner))
    {}

    std::shared_ptr<login_store> logins() override { return logins_; }
    std::shared_ptr<token_store> tokens() override { return tokens_; }
    std::shared_ptr<visitor_store> visitors() override { return visitors_; }
    asio::awaitable<reseal_counts> reseal() override { return reseal_all(owner_); }

private:
    const engine_ptr owner_;
    const std::shared_ptr<login_store> logins_;
    const std::shared_ptr<token_store> tokens_;
    const std::shared_ptr<visitor_store> visitors_;
};

} // namespace

} // namespace sqlite

std::shared_ptr<database> sqlite_store(std::string path, std::shared_ptr<key_ring> keys, database_options options)
{
    check(options);
    sqlite::check_path(path);
    if (!keys)
        throw error(errc::invalid_argument, "an SQLite store needs keys");
    if (sqlite3_threadsafe() == 0)
        throw error(errc::invalid_argument, "this SQLite was compiled for programs of one thread");
    auto clock = options.clock ? options.clock : system_clock();
    const sqlite::file_settings settings(std::move(path), std::move(keys), std::move(clock), options.deadline);
    return std::make_shared<sqlite::database_in_file>(std::make_shared<sqlite::engine>(settings, options));
}

} // namespace coauth::store
