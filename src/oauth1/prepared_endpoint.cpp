#include "oauth1/encoded_parameters.hpp"
#include "oauth1/scratch.hpp"
#include "oauth1/signer_state.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/prepared_endpoint.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace coauth::oauth1 {

namespace {

constexpr std::size_t digest_block = 64; // of SHA-1 and SHA-256

// Which value is written: the index that the caller knows it by, or one of these.
constexpr std::size_t no_value = static_cast<std::size_t>(-1);
constexpr std::size_t nonce_value = static_cast<std::size_t>(-2);
constexpr std::size_t timestamp_value = static_cast<std::size_t>(-3);

// A parameter of the base string, which is sorted and joined with those before it that have no value of their own.
struct slot {
    slot(std::string_view new_name, std::string_view text, std::size_t index)
        : name(new_name), before(text), value(index)
    {}
    explicit slot(const encoded_parameter& p) : slot(p.name(), p.text(), no_value) {}

    std::string name;   // encoded twice
    std::string before; // what stands between the last value and this one
    std::size_t value;
    std::size_t repeated = 1; // how many slots from here on have the same name; the order of their values is the text's
};

// In the order of the base string, which begins with `opening`.
std::vector<slot> sorted_slots(std::string opening, std::vector<slot> parameters)
{
    std::stable_sort(
        parameters.begin(), parameters.end(), [](const slot& a, const slot& b) { return a.name < b.name; });
    std::vector<slot> slots;
    std::string before = std::move(opening);
    std::size_t first = 0; // of those with the last name
    for (const slot& p : parameters) {
        before += p.before;
        if (p.value != no_value) {
            if (!slots.empty() && slots.back().name == p.name)
                ++slots[first].repeated;
            else
                first = slots.size();
            slots.emplace_back(p.name, std::exchange(before, std::string()), p.value);
        }
        before += "%26";
    }
    before.resize(before.size() - 3);
    slots.emplace_back(std::string_view(), before, no_value);
    return slots;
}

} // namespace

struct prepared_endpoint::state {
    state(std::shared_ptr<const signer::state> prepared, std::string_view method, std::string_view url,
        const std::vector<std::string>& names)
        : by(std::move(prepared)), count(names.size())
    {
        std::vector<slot> parameters = {slot(by->consumer_key.base), slot("oauth_nonce", "oauth_nonce%3D", nonce_value),
            slot(by->method_name.base), slot("oauth_timestamp", "oauth_timestamp%3D", timestamp_value),
            slot("oauth_version", "oauth_version%3D1.0", no_value)};
        if (by->has_token)
            parameters.emplace_back(by->token.base);
        for (std::size_t i = 0; i < count; ++i) {
            if (names[i].starts_with("oauth_"))
                throw error(errc::invalid_argument,
                    "a prepared endpoint has no parameter \"" + names[i] + "\": names with oauth_ are the protocol's");
            const std::string name = text::percent_encode(text::percent_encode(names[i]));
            parameters.emplace_back(name, name + "%3D", i);
        }
        check_method(method).value();
        const target to = split_target(url).value();
        check_tls(*by->method, to).value();
        if (to.query.data() != nullptr)
            throw error(errc::invalid_argument,
                "the URL of a prepared endpoint has a query; give the names of its parameters instead");
        std::string opening(opening_room(method, to), '\0');
        opening.resize(static_cast<std::size_t>(write_opening(method, to, opening.data()) - opening.data()));
        slots = sorted_slots(std::move(opening), std::move(parameters));
        // Whole blocks of the digest: what remains of one would have to be put together at each signature.
        std::string& first = slots.front().before;
        const std::size_t whole = first.size() / digest_block * digest_block;
        begun = by->key->after(std::string_view(first).substr(0, whole));
        if (begun)
            first.erase(0, whole);
        for (const slot& s : slots)
            size_of_texts += s.before.size();
    }

    // The base string from where `begun` takes it.
    std::string_view write(std::span<const std::string_view> values, const base_string& at, scratch& memory) const
    {
        std::size_t of_values = 0;
        for (const std::string_view value : values)
            of_values += value.size();
        char* out = memory.room(
            size_of_texts + at.nonce_again.size() + at.timestamp.size() + text::room_for_encoded(of_values));
        for (std::size_t i = 0; i < slots.size(); i += slots[i].repeated) {
            const slot& s = slots[i];
            if (s.repeated != 1) {
                out = write_repeated(values, i, out);
                continue;
            }
            out = put(s.before, out);
            if (s.value < count)
                out = text::encode(text::encoded_twice, values[s.value], out);
            else if (s.value != no_value)
                out = put(s.value == nonce_value ? at.nonce_again : at.timestamp, out);
        }
        return memory.keep(out);
    }

    std::shared_ptr<const signer::state> by;
    std::size_t count; // of the values
    std::vector<slot> slots;
    std::size_t size_of_texts = 0;            // of the slots
    std::unique_ptr<const signing_key> begun; // null: the method has none
    const message usual;                      // has no protocol parameters of its own

private:
    [[gnu::noinline]] char* write_repeated(std::span<const std::string_view> values, std::size_t begin, char* out) const
    {
        scratch memory;
        encoded_parameters of_name(memory);
        for (std::size_t i = begin; i < begin + slots[begin].repeated; ++i)
            of_name.add(std::string_view(), values[slots[i].value]);
        of_name.sort();
        for (const encoded_parameter& p : of_name)
            out = put(p.text().substr(encoded_parameter::equals_sign.size()), put(slots[begin++].before, out));
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
    if (values.size() != state_->count)
        return error(errc::invalid_argument, "the endpoint was prepared for " + std::to_string(state_->count) +
                                                 " parameters, not " + std::to_string(values.size()));
    scratch memory;
    base_string base;
    if (auto fit = base.write_moment(at, false, memory); !fit)
        return fit.error();
    base.text = state_->write(values, base, memory);
    const signing_key& key = state_->begun ? *state_->begun : *state_->by->key;
    return state_->by->append_header(state_->usual, base, key, memory, out);
}

} // namespace coauth::oauth1
