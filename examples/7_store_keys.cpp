// Makes and replaces the keys that seal what the other programs keep with --store. docs/06-stores.md goes through it.

#include "command_line/output.hpp"
#include "program/main_loop.hpp"
#include "program/store_flags.hpp"

#include <boost/asio/io_context.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>

namespace asio = boost::asio;
namespace store = coauth::store;

namespace {

struct key_flags {
    key_flags() = default;

    std::string command;
    std::string id;
    program::store_flags kept;
};

// What is wrong with flags that do not go together; empty if nothing is.
std::string fault_of(const key_flags& flags)
{
    const bool drops = flags.command == "drop";
    const bool reseals = flags.command == "reseal";
    if (drops == flags.id.empty())
        return drops ? "drop needs the ID of a key: store_keys list FILE prints them" : "only drop takes an ID";
    if (reseals == flags.kept.in_memory())
        return reseals ? "reseal needs --store" : "only reseal takes --store";
    return reseals ? program::fault_of(flags.kept) : "";
}

void print_ids(const std::string& file)
{
    std::string lines;
    for (const auto& id : store::keys_from_file(file)->ids())
        lines += id + '\n';
    coauth::command_line::print(lines);
}

asio::awaitable<int> reseal(const key_flags& flags)
{
    program::require_existing(flags.kept);
    const auto database = program::open_store(flags.kept);
    const store::reseal_counts counts = co_await database->reseal();
    std::cerr << counts.resealed << " of " << counts.records
              << " records were sealed with an older key, and have the newest now\n";
    co_return program::done;
}

int run(key_flags& flags, int argc, char** argv)
{
    CLI::App app(
        "Makes the keys that seal what --store keeps, and replaces them while programs run: add, reseal, then drop "
        "the old one. make and add print the new key's id, list prints all, the newest first.",
        "store_keys");
    app.add_option("COMMAND", flags.command, "What to do")
        ->check(CLI::IsMember({"make", "add", "list", "drop", "reseal"}))
        ->required();
    app.add_option("FILE", flags.kept.key_file, "The key file, readable by this user only")->required();
    app.add_option("ID", flags.id, "drop: the key that no record needs any more");
    app.add_option("--store", flags.kept.store,
           "reseal: sqlite:FILE, redis://HOST:PORT/DB or redis+unix:PATH, whose records the newest key is to seal")
        ->type_name("STORE");
    const char* const example = "store_keys make keys\n"
                                "store_keys add keys\n"
                                "store_keys reseal keys --store sqlite:logins.db\n"
                                "store_keys drop keys 3ba3f5f4";
    if (const auto exit_code = program::parse_flags(app, argc, argv, example))
        return *exit_code;
    if (const auto fault = fault_of(flags); !fault.empty())
        return program::misused(app, fault);

    const std::string& file = flags.kept.key_file;
    if (flags.command == "make")
        coauth::command_line::print(store::make_key_file(file) + '\n');
    else if (flags.command == "add")
        coauth::command_line::print(store::add_key(file) + '\n');
    else if (flags.command == "list")
        print_ids(file);
    else if (flags.command == "drop")
        store::drop_key(file, flags.id);
    if (flags.command != "reseal")
        return program::done;
    asio::io_context io;
    return program::run(io, false, reseal(flags));
}

} // namespace

int main(int argc, char** argv)
{
    key_flags flags;
    return program::guard(false, [&] { return run(flags, argc, argv); });
}
