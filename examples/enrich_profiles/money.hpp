// Amounts of money, exact to a millionth, and a bound on the cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace enrich {

/// Millionths of the currency.
using micros = std::uint64_t;

/// Reads a decimal such as "0.010": digits and at most one point, up to six decimals (further zeros
/// are allowed), below a thousand million.
std::optional<micros> read_amount(std::string_view text);

/// The shortest decimal: "0.01", "12", "0".
std::string amount_text(micros amount);

/// Keeps a run from costing more than it may: names that are asked for may each cost their price, until
/// their responses have come and their cost is known.
class budget {
public:
    /// No limit: everything fits.
    budget(std::optional<micros> limit, micros price) : limit_(limit), price_(price) {}

    /// How many more names may be asked for, at most `most`, after a cost of `cost` and with `in_flight` names in
    /// flight.
    std::size_t fits(micros cost, std::size_t in_flight, std::size_t most) const noexcept;

private:
    std::optional<micros> limit_;
    micros price_;
};

} // namespace enrich
