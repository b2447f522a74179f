// The ways in which a cancellation may be emitted.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace coauth::testing {

/// One cancellation of an operation: a single emission, or two of equal or different types, the second in
/// the same turn of the loop or a turn later.
class emission {
public:
    using type = boost::asio::cancellation_type;

    explicit emission(type first) : first_(first) {}
    emission(type first, type second, std::size_t turns_between)
        : first_(first), second_(second), turns_between_(turns_between)
    {}

    /// To be called before each step of the loop, counted from 0: emits what is due if the cancellation begins before
    /// step `begin`.
    void before_step(std::size_t step, std::size_t begin, boost::asio::cancellation_signal& signal) const
    {
        if (step == begin)
            signal.emit(first_);
        if (second_ && step == begin + turns_between_)
            signal.emit(*second_);
    }

    /// Emits all of it in one turn.
    void emit(boost::asio::cancellation_signal& signal) const
    {
        signal.emit(first_);
        if (second_)
            signal.emit(*second_);
    }

private:
    type first_;
    std::optional<type> second_;
    std::size_t turns_between_ = 0;
};

inline const std::vector<emission::type>& cancellation_types()
{
    static const std::vector<emission::type> all = {
        emission::type::terminal, emission::type::partial, emission::type::total};
    return all;
}

/// Every type once, every pair of types in one turn, and each type with another in two.
inline std::vector<emission> all_emissions()
{
    std::vector<emission> all;
    const auto& types = cancellation_types();
    for (std::size_t i = 0; i < types.size(); ++i) {
        all.emplace_back(types[i]);
        for (const auto second : types)
            all.emplace_back(types[i], second, std::size_t(0));
        all.emplace_back(types[i], types[(i + 1) % types.size()], std::size_t(1));
    }
    return all;
}

/// One of each kind, for scenes of many steps: each type once, two equal ones, and two different ones in two turns.
inline std::vector<emission> some_emissions()
{
    using type = emission::type;
    return {emission(type::terminal), emission(type::partial), emission(type::total),
        emission(type::terminal, type::terminal, 0), emission(type::partial, type::total, 1)};
}

/// For an operation that has completed: must change nothing.
inline void emit_all_types(boost::asio::cancellation_signal& signal)
{
    for (const auto type : cancellation_types())
        signal.emit(type);
}

} // namespace coauth::testing
