// OUT: locked, read once when a run resumes, then appended to by whole lines.
#pragma once

#include <coauth/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace enrich {

/// A file of lines that one run at a time appends to. Its errors are `coauth::error`s that name the
/// file. A device or pipe may stand for it; it counts as empty then.
class output_file {
public:
    /// Opens or makes the file and locks it. Nothing in it is changed.
    explicit output_file(std::string name);
    ~output_file();

    output_file(const output_file&) = delete;
    output_file& operator=(const output_file&) = delete;

    /// The next line there is, without its end. False after the last whole one; what follows that, if
    /// anything does, is in `line` then.
    bool read_line(std::string& line);

    /// Whether this is the file of an open descriptor.
    bool same_file_as(int descriptor) const;

    /// From now on lines are appended. Of what `read_line` gave last, what is no whole line is cut off.
    void begin_appending(bool complete_last_line);

    /// Writes whole lines. Should this fail, a part of them may have been written, the last line torn;
    /// so nothing is written after it.
    void append(std::string_view lines);

    bool broken() const noexcept { return broken_ != 0; }

    /// Closes the file; throws if something could not be written after all.
    void close();

private:
    [[noreturn]] void fail(int why) const;

    std::string name_;
    int descriptor_ = -1;
    bool regular_ = false;
    std::string buffer_; // read, not given out yet
    std::size_t at_ = 0;
    std::uint64_t whole_ = 0; // octets of whole lines given out
    int broken_ = 0;          // why writing failed
};

} // namespace enrich
