// OUT: locked, read once when a run resumes, then appended to by whole lines.
#pragma once

#include "enrich_profiles/line_scanner.hpp"

#include <coauth/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace enrich {

class replacement_file;

/// A file of lines that one run at a time appends to. Its errors are `coauth::error`s that name the
/// file. A device or pipe may take its place; it counts as empty then.
class output_file {
public:
    /// Opens or makes the file and locks it. Nothing in it is changed.
    explicit output_file(std::string name);
    ~output_file();

    output_file(const output_file&) = delete;
    output_file& operator=(const output_file&) = delete;

    /// The next line there is, without its end. False after the last whole one; what follows that, if
    /// anything does, is in `line` then.
    bool read_line(std::string& line) { return lines_->next(line); }

    /// Whether this is the file of an open descriptor.
    bool same_file_as(int descriptor) const;

    /// From now on lines are appended. Of what `read_line` gave last, an incomplete line is cut off.
    void begin_appending(bool complete_last_line);

    /// Writes whole lines. Should this fail, a part of them may have been written, the last line torn;
    /// so nothing is written after it.
    void append(std::string_view lines);

    /// Puts a complete replacement in the file's place, for good, and appends to that from now on. Throws, and
    /// leaves the file unchanged, if that can't be done.
    void replace_by(replacement_file& replacement);

    /// Closes the file; throws if something could not be written after all.
    void close();

    const std::string& name() const noexcept { return name_; }

    /// In octets; nothing if it is not a regular file.
    std::optional<std::uint64_t> size() const;

    int descriptor() const noexcept { return descriptor_; }

private:
    void open();

    std::string name_;
    int descriptor_ = -1;
    bool regular_ = false;
    std::optional<line_scanner> lines_;
    int broken_ = 0; // why writing failed
};

} // namespace enrich
