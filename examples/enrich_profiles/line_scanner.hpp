// Reads the lines of OUT from its beginning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace enrich {

/// Leaves the position of the descriptor alone. Its errors are `coauth::error`s that name the file.
///
/// Lifetime: the descriptor must stay open.
class line_scanner {
public:
    /// `name` is for errors.
    line_scanner(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

    /// The next line there is, without its end. False after the last whole one; what follows that, if
    /// anything does, is in `line` then.
    bool next(std::string& line);

    /// Octets of the whole lines given out.
    std::uint64_t position() const noexcept { return position_; }

    /// Nothing can be read from the descriptor: there are no lines.
    void end() noexcept { ended_ = true; }

private:
    int descriptor_;
    std::string name_;
    std::string buffer_; // read, not given out yet
    std::size_t at_ = 0;
    std::uint64_t position_ = 0;
    bool ended_ = false;
};

} // namespace enrich
