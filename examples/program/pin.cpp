#include "program/pin.hpp"

#include "program/browser.hpp"
#include "program/terminal.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/text/ascii.hpp>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

namespace program {

namespace {

constexpr int most_refusals = 3;
constexpr int most_empty_lines = 2;

} // namespace

boost::asio::awaitable<std::string> ask_for_pin(
    provider_setup& setup, std::string url, bool interactive, double timeout)
{
    if (setup.sandbox() && !interactive) {
        std::cerr << "PIN: " << std::flush;
        const std::string page = co_await play_browser(setup.transport(), std::move(url));
        const std::string pin = pin_on_page(page);
        std::cerr << pin << " (read from the sandbox's page)\n";
        co_return pin;
    }
    const std::chrono::milliseconds limit(static_cast<long>(timeout * 1000));
    for (int empty_lines = 0; empty_lines < most_empty_lines; ++empty_lines) {
        std::cerr << (empty_lines == 0 ? "PIN: " : "the line is empty; please type the PIN\nPIN: ") << std::flush;
        const auto line = co_await coauth::as_result(coauth::cancel_after(limit, read_stdin_line()));
        if (!line && line.error().reason() == coauth::errc::timeout)
            throw not_finished("no PIN was typed", timeout).with_hint("give users longer with --timeout");
        const std::optional<std::string>& typed = line.value();
        if (!typed) {
            std::cerr << '\n';
            throw coauth::error(coauth::errc::denied, "no PIN was given: standard input has ended")
                .with_hint("run again with standard input open, and type the PIN that the page shows");
        }
        // What is typed has blanks around it that are not meant.
        std::string pin(coauth::text::trimmed(*typed));
        if (!pin.empty())
            co_return pin;
    }
    throw coauth::error(coauth::errc::denied, "no PIN was given: the line was empty, twice")
        .with_hint("run again, and type the PIN that the page shows");
}

void pin_entry::refused(const coauth::error& refusal)
{
    refusal_ = refusal;
    if (refusal.reason() != coauth::errc::invalid_verifier || ++refusals_ == most_refusals)
        throw refusal;
    std::cerr << refusal.message() << "; please type the PIN once more\n";
}

std::string pin_entry::typed(const coauth::result<std::string>& pin) const
{
    if (!pin && refusal_ && pin.error().reason() == coauth::errc::denied)
        throw *refusal_;
    return pin.value();
}

coauth::error not_finished(const std::string& reason, double timeout)
{
    return coauth::error(
        coauth::errc::expired, reason + " within " + std::to_string(static_cast<long>(timeout)) + " s");
}

void tell_clock(const coauth::twitter::client& client)
{
    const auto offset = client.clock_offset().count();
    if (offset != 0)
        std::cerr << "clock  this machine's clock is " << std::abs(offset) << " s "
                  << (offset > 0 ? "behind" : "ahead of") << " the provider's; requests carry the provider's time\n";
}

} // namespace program
