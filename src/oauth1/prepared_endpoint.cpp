#include "oauth1/encoded_parameters.hpp"
#include "oauth1/protocol_texts.hpp"
#include "oauth1/scratch.hpp"
#include "oauth1/signer_state.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/prepared_endpoint.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace coauth::oauth1 {

namespace {

constexpr std::string_view between_parameters = "%26";
constexpr std::size_t digest_block = 64; // of SHA-1 and SHA-256

// A parameter at its place in the base string.
struct slot {
    slot(std::string encoded_name, std::size_t index) : before_value(std::move(encoded_name)), value(index) {}

    std::string before_value; // the name, encoded twice, with what separates it from its neighbours
    std::size_t value;        // the index that the caller knows it by
    std::size_t repeated = 1; // how many slots from here on have the same name; the order of their values is the text's
};

std::string encoded_twice(std::string_view name)
{
    return text::percent_encode(text::percent_encode(name));
}

std::vector<slot> sorted_slots(const std::vector<std::string>& names)
{
    std::vector<slot> slots;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].starts_with("oauth_"))
            throw error(errc::invalid_argument,
                "a prepared endpoint has no parameter \"" + names[i] + "\": names with oauth_ are the protocol's");
        slots.emplace_back(encoded_twice(names[i]), i);
    }
    std::stable_sort(
        slots.begin(), slots.end(), [](const slot& a, const slot& b) { return a.before_value < b.before_value; });
    for (auto s = slots.rbegin(); s != slots.rend(); ++s)
        if (s != slots.rbegin() && s->before_value == std::prev(s)->before_value)
            s->repeated = std::prev(s)->repeated + 1;
    return slots;
}

void require(const result<void>& checked)
{
    if (!checked)
        throw checked.error();
}

} // namespace

struct prepared_endpoint::state {
    state(std::shared_ptr<const signer::state> prepared, std::string_view method, std::string_view url,
        const std::vector<std::string>& names)
        : by(std::move(prepared)), slots(sorted_slots(names)), protocol(by->usual_base)
    {
        require(check_method(method));
        const target to = split_target(url).value();
        require(check_tls(*by->method, to));
        if (to.query.data() != nullptr)
            throw error(errc::invalid_argument,
                "the URL of a prepared endpoint has a query; give the names of its parameters instead");
        beginning.resize(opening_room(method, to));
        beginning.resize(static_cast<std::size_t>(write_opening(method, to, beginning.data()) - beginning.data()));

        const auto after =
            std::find_if(slots.begin(), slots.end(), [](const slot& s) { return s.before_value > "oauth_"; });
        before_protocol = static_cast<std::size_t>(after - slots.begin());
        for (slot& s : slots)
            s.before_value = std::string(between_parameters) + s.before_value + "%3D";
        protocol.before_nonce.assign(between_parameters).append(by->consumer_key.name()).append("%3D");
        protocol.before_nonce.append(by->consumer_key.value()).append("%26oauth_nonce%3D");
        // What is first of all is the same in each request.
        std::string& first = before_protocol != 0 ? slots.front().before_value : protocol.before_nonce;
        beginning += std::exchange(first, std::string()).substr(between_parameters.size());
        // Whole blocks of the digest: what remains of one would have to be put together at each signature.
        const std::size_t whole = beginning.size() / digest_block * digest_block;
        begun = by->key->after(std::string_view(beginning).substr(0, whole));
        if (begun)
            beginning.erase(0, whole);
        size_of_names = beginning.size();
        for (const slot& s : slots)
            size_of_names += s.before_value.size();
    }

    std::size_t room(std::span<const std::string_view> values, const moment_text& at) const
    {
        std::size_t of_values = 0;
        for (const std::string_view value : values)
            of_values += value.size();
        return size_of_names + protocol.size(at.nonce_again, at.timestamp) + text::room_for_encoded(of_values);
    }

    // The base string from where `begun` takes it.
    char* write(std::span<const std::string_view> values, const moment_text& at, char* out) const
    {
        out = write(values, 0, before_protocol, put(beginning, out));
        out = protocol.write(at.nonce_again, at.timestamp, out);
        return write(values, before_protocol, slots.size(), out);
    }

    std::shared_ptr<const signer::state> by;
    std::string beginning;                    // of each base string, as far as `begun` has not read it
    std::unique_ptr<const signing_key> begun; // null: the method has none
    std::vector<slot> slots;                  // in the order of the base string
    std::size_t before_protocol = 0;          // so many of them
    std::size_t size_of_names = 0;            // with `beginning`
    protocol_texts protocol;
    const message usual; // has no protocol parameters of its own

private:
    static char* put_value(const slot& s, std::string_view value, char* out)
    {
        return text::encode(text::encoded_twice, value, put(s.before_value, out));
    }

    char* write(std::span<const std::string_view> values, std::size_t begin, std::size_t end, char* out) const
    {
        for (std::size_t i = begin; i < end; i += slots[i].repeated)
            out = slots[i].repeated == 1 ? put_value(slots[i], values[slots[i].value], out)
                                         : write_repeated(values, i, out);
        return out;
    }

    [[gnu::noinline]] char* write_repeated(std::span<const std::string_view> values, std::size_t begin, char* out) const
    {
        scratch memory;
        encoded_parameters of_name(memory);
        for (std::size_t i = begin; i < begin + slots[begin].repeated; ++i)
            of_name.add(std::string_view(), values[slots[i].value]);
        of_name.sort();
        for (const encoded_parameter& p : of_name)
            out = put(p.text().substr(encoded_parameter::separator.size()), put(slots[begin++].before_value, out));
        return out;
    }
};

prepared_endpoint::prepared_endpoint(
    const signer& by, std::string_view method, std::string_view url, const std::vector<std::string>& names)
    : state_(std::make_unique<const state>(by.state_, method, url, names))
{}

prepared_endpoint::prepared_endpoint(prepared_endpoint&&) noexcept = default;
prepared_endpoint& prepared_endpoint::operator=(prepared_endpoint&&) noexcept = default;
prepared_endpoint::~prepared_endpoint() = default;

result<void> prepared_endpoint::sign(std::span<const std::string_view> values, const moment& at, std::string& out) const
{
    if (values.size() != state_->slots.size())
        return error(errc::invalid_argument, "the endpoint was prepared for " + std::to_string(state_->slots.size()) +
                                                 " parameters, not " + std::to_string(values.size()));
    scratch memory;
    const auto time = checked(at, false, memory);
    if (!time)
        return time.error();
    const auto base = memory.keep(state_->write(values, *time, memory.room(state_->room(values, *time))));
    const signing_key& key = state_->begun ? *state_->begun : state_->by->signing();
    return state_->by->append_header(state_->usual, *time, std::nullopt, key, base, memory, out);
}

} // namespace coauth::oauth1
