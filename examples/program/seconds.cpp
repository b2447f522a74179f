#include "program/seconds.hpp"

#include <CLI/CLI.hpp>

#include <sstream>
#include <string>

namespace program {

CLI::Validator seconds_between(double least, double most)
{
    std::ostringstream range;
    range.precision(10);
    range << '[' << least << " - " << most << ']';
    const auto check = [least, most, limits = range.str()](const std::string& text) {
        double seconds = 0;
        const bool is_number = CLI::detail::lexical_cast(text, seconds);
        // What is not a number compares as neither less nor greater.
        const bool is_in_range = is_number && seconds >= least && seconds <= most;
        return is_in_range ? std::string() : "Value " + text + " not in range " + limits;
    };
    return CLI::Validator(check, "FLOAT in " + range.str());
}

} // namespace program
