#include "store/record_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace coauth::store {

namespace {

constexpr char form = 1;

// Secrets are among the fields: nothing of them stays behind in memory that grew.
template <std::size_t N>
secret text_of_fields(const std::array<std::string_view, N>& fields)
{
    constexpr std::size_t length_size = 4;
    std::size_t size = 1;
    for (const auto field : fields)
        size += length_size + field.size();
    std::string out;
    out.reserve(size);
    out += form;
    for (const auto field : fields) {
        const auto length = static_cast<std::uint32_t>(field.size());
        for (int shift = 24; shift >= 0; shift -= 8)
            out += static_cast<char>(length >> shift & 0xff);
        out += field;
    }
    return secret(std::move(out));
}

std::optional<std::string_view> take_field(std::string_view& text)
{
    constexpr std::size_t length_size = 4;
    if (text.size() < length_size)
        return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_size; ++i)
        length = length << 8 | static_cast<unsigned char>(text[i]);
    if (text.size() - length_size < length)
        return std::nullopt;
    const auto field = text.substr(length_size, length);
    text.remove_prefix(length_size + length);
    return field;
}

error odd_text(const record_place& place)
{
    return unreadable_record(place, "its text is not of the form that this version of coauth writes");
}

template <std::size_t N>
std::array<std::string_view, N> fields_of_text(const record_place& place, std::string_view text)
{
    if (text.empty() || text[0] != form)
        throw odd_text(place);
    text.remove_prefix(1);
    std::array<std::string_view, N> fields;
    for (auto& field : fields) {
        const auto taken = take_field(text);
        if (!taken)
            throw odd_text(place);
        field = *taken;
    }
    if (!text.empty())
        throw odd_text(place);
    return fields;
}

std::string time_text(const std::optional<std::chrono::sys_seconds>& time)
{
    return time ? std::to_string(time->time_since_epoch().count()) : std::string();
}

std::optional<std::chrono::sys_seconds> read_time_text(const record_place& place, std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    std::int64_t seconds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failed != std::errc() || end != text.data() + text.size())
        throw odd_text(place);
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

// A code by its name, which does not change from version to version as its number may.
std::optional<errc> code_named(std::string_view text)
{
    constexpr int more_than_there_are = 256;
    for (int number = static_cast<int>(errc::invalid_argument); number < more_than_there_are; ++number)
        if (name(static_cast<errc>(number)) == text)
            return static_cast<errc>(number);
    return std::nullopt;
}

constexpr std::array all_statuses = {login_status::granted, login_status::denied, login_status::expired,
    login_status::unknown, login_status::replayed, login_status::wrong_browser};

} // namespace

secret record_text(const credential& held)
{
    const auto issued = time_text(held.issued_at());
    const auto expires = time_text(held.expires_at());
    return text_of_fields(std::array<std::string_view, 4>{
        held.text().reveal(), issued, expires, std::string_view(held.renewable() ? "renewable" : "")});
}

credential read_credential(const record_place& place, std::string_view text)
{
    const auto fields = fields_of_text<4>(place, text);
    return credential(secret(fields[0]), read_time_text(place, fields[1]), read_time_text(place, fields[2]),
        fields[3] == "renewable");
}

secret record_text(const pending_login& login)
{
    const auto& octets = login.browser.octets;
    const std::string_view browser(reinterpret_cast<const char*>(octets.data()), octets.size());
    return text_of_fields(std::array<std::string_view, 3>{login.proof.reveal(), browser, login.return_to});
}

pending_login read_pending_login(const record_place& place, const login_id& id, std::string_view text)
{
    const auto fields = fields_of_text<3>(place, text);
    browser_digest browser;
    if (fields[1].size() != browser.octets.size())
        throw odd_text(place);
    std::copy(fields[1].begin(), fields[1].end(), browser.octets.begin());
    return pending_login(id, secret(fields[0]), browser, std::string(fields[2]));
}

secret record_text(const ended_login& ended)
{
    const auto outcome = ended.outcome.value_or(login_outcome());
    const std::string_view failed = ended.failed ? name(*ended.failed) : std::string_view();
    const std::string_view status = ended.outcome ? name(outcome.status) : std::string_view();
    return text_of_fields(std::array<std::string_view, 7>{failed, status, outcome.return_to, outcome.user.provider,
        outcome.user.id, outcome.user.username, outcome.user.name});
}

ended_login read_ended_login(const record_place& place, std::string_view text)
{
    const auto fields = fields_of_text<7>(place, text);
    if (!fields[0].empty()) {
        const auto code = code_named(fields[0]);
        if (!code)
            throw odd_text(place);
        return ended_login(*code);
    }
    const auto status = std::find_if(
        all_statuses.begin(), all_statuses.end(), [&](login_status each) { return name(each) == fields[1]; });
    if (status == all_statuses.end())
        throw odd_text(place);
    login_outcome outcome(*status);
    outcome.return_to = fields[2];
    outcome.user =
        signed_in_user(std::string(fields[3]), std::string(fields[4]), std::string(fields[5]), std::string(fields[6]));
    return ended_login(std::move(outcome));
}

secret record_text(const signed_in_user& user)
{
    return text_of_fields(std::array<std::string_view, 4>{user.provider, user.id, user.username, user.name});
}

signed_in_user read_signed_in_user(const record_place& place, std::string_view text)
{
    const auto fields = fields_of_text<4>(place, text);
    return signed_in_user(
        std::string(fields[0]), std::string(fields[1]), std::string(fields[2]), std::string(fields[3]));
}

} // namespace coauth::store
