#include "store/sqlite/engine.hpp"

#include "store/sqlite/failure.hpp"

#include <sqlite3.h>
#include <thread>

namespace coauth::store::sqlite {

namespace asio = boost::asio;

namespace {

std::unique_ptr<database_file> open_file(const file_settings& settings)
{
    const auto deadline = std::chrono::steady_clock::now() + settings.deadline;
    for (;;) {
        try {
            return std::make_unique<database_file>(settings, deadline);
        } catch (const failed_call& failed) {
            if (!failed.is(SQLITE_BUSY) || std::chrono::steady_clock::now() >= deadline) {
                const auto operation = "opening the SQLite file " + settings.path;
                throw sqlite_failure(operation, failed.code());
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

worker::hooks hooks_of_reader(const std::shared_ptr<end_watchers>& watchers)
{
    worker::hooks out;
    out.opened = [watchers](database_file& file) { watchers->begin_at_latest(file); };
    out.wants_pauses = [watchers] { return watchers->any(); };
    out.paused = [watchers](database_file& file) { watchers->look_if_changed(file); };
    return out;
}

std::unique_ptr<database_file> open_to_write(const file_settings& settings)
{
    make_file(settings.path);
    return open_file(settings);
}

std::unique_ptr<database_file> open_to_read(const file_settings& settings, const worker::hooks& hooks)
{
    auto file = open_file(settings);
    hooks.opened(*file);
    return file;
}

} // namespace

engine::engine(const file_settings& settings, const database_options& new_options)
    : engine(settings, new_options, open_to_write(settings))
{}

engine::engine(
    const file_settings& settings, const database_options& new_options, std::unique_ptr<database_file> to_write)
    : options(new_options), keys(settings.keys), watchers(std::make_shared<end_watchers>()), store(to_write->store()),
      writer(worker::kind::writer, settings, std::move(to_write), worker::hooks()),
      reader(
          worker::kind::reader, settings, open_to_read(settings, hooks_of_reader(watchers)), hooks_of_reader(watchers)),
      clock_(settings.clock)
{}

} // namespace coauth::store::sqlite
