#include "program/pin.hpp"

#include "program/browser.hpp"
#include "program/terminal.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/text/ascii.hpp>

#include <cstdlib>
#include <iostream>

namespace program {

namespace {

constexpr int most_refusals = 3;

} // namespace

boost::asio::awaitable<std::string> ask_for_pin(
    provider_setup& setup, std::string url, bool interactive, double timeout)
{
    std::cerr << "PIN: " << std::flush;
    if (setup.sandbox() && !interactive) {
        const std::string page = co_await play_browser(setup.transport(), std::move(url));
        const std::string pin = pin_on_page(page);
        std::cerr << pin << " (read from the sandbox's page)\n";
        co_return pin;
    }
    const std::chrono::milliseconds limit(static_cast<long>(timeout * 1000));
    auto line = co_await coauth::as_result(coauth::cancel_after(limit, read_stdin_line()));
    if (!line && line.error().reason() == coauth::errc::timeout)
        throw not_finished("no PIN was typed", timeout).with_hint("give users longer with --timeout");
    // What is typed has blanks around it that are not meant.
    co_return std::string(coauth::text::trimmed(line.value()));
}

void pin_entry::refused(const coauth::error& refusal)
{
    refusal_ = refusal;
    if (refusal.reason() != coauth::errc::invalid_verifier || ++refusals_ == most_refusals)
        throw refusal;
    std::cerr << refusal.message() << "; please type the PIN once more\n";
}

void pin_entry::require_typed(const std::string& pin) const
{
    if (refusal_ && pin.empty())
        throw *refusal_;
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
