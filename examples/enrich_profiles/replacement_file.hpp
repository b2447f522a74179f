// A new OUT, made beside the old one and put in its place when it is complete.
#pragma once

#include <coauth/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace enrich {

/// Writes all of `text`. Returns 0 or the `errno`.
int write_all(int descriptor, std::string_view text) noexcept;

/// The file OUT.retry-failed in OUT's own folder, where a symbolic link that stands for OUT is followed. What a killed
/// run left there is removed. Until `put_in_place` the old file is only read, so whatever happens there is always a
/// whole OUT: the old one, or the new one.
///
/// Errors are `coauth::error`s that name the file. Lifetime: the descriptor must stay open until `put_in_place`;
/// a file that is not put in place is removed when this is destroyed.
class replacement_file {
public:
    /// Makes an empty file, locked as OUT is. `original`: OUT's descriptor.
    replacement_file(const std::string& name, int original);
    ~replacement_file();

    replacement_file(const replacement_file&) = delete;
    replacement_file& operator=(const replacement_file&) = delete;

    /// Copies the old file from where it was last copied or left out, up to `end`, an offset in octets.
    void copy_until(std::uint64_t end);

    /// Leaves out the old file up to `end`.
    void skip_until(std::uint64_t end) noexcept { copied_ = end; }

    void append(std::string_view text);

    /// Copies the rest of the old file, with its owner and mode where that is allowed, puts all of it on the disk and
    /// renames it over the old one. Returns the descriptor, which is the caller's.
    int put_in_place();

    /// Puts the new name on the disk.
    void make_durable();

private:
    [[noreturn]] void fail(int reason) const;
    void take_owner_and_mode();

    std::string path_;  // of OUT, no symbolic link
    std::string draft_; // this file
    int original_;
    int descriptor_ = -1;
    std::uint64_t copied_ = 0;
    int broken_ = 0; // why writing failed
};

} // namespace enrich
