// A new OUT, made beside the old one and put in its place when it is complete.
#pragma once

#include <coauth/error.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace enrich {

/// The file OUT.retry-failed in OUT's own folder, where a symbolic link in the place of OUT is followed. Until
/// `put_in_place` the old file is only read, so there is always a whole OUT: the old one, or the new
/// one. At any moment this file is the beginning of the new one.
///
/// Errors are `coauth::error`s that name the file. Lifetime: the descriptor must stay open until `put_in_place`;
/// a new file that is not put in place is removed when this is destroyed.
class replacement_file {
public:
    /// Makes an empty file, locked as OUT is; one that is there is removed. `original`: OUT's descriptor.
    replacement_file(const std::string& name, int original);
    ~replacement_file();

    /// What a killed run left behind; null if there is nothing, or something that is not a plain file of this user's.
    static std::unique_ptr<replacement_file> left_behind(const std::string& name, int original);

    /// True if the open file is where OUT.retry-failed would be, for the file OUT called `name`.
    static bool has_place_of(const std::string& name, int descriptor);

    replacement_file(const replacement_file&) = delete;
    replacement_file& operator=(const replacement_file&) = delete;

    int descriptor() const noexcept { return descriptor_; }

    /// Keeps this file's first `end` octets, which replace the old file's first `original_end`.
    void keep_until(std::uint64_t end, std::uint64_t original_end);

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
    struct existing {};
    replacement_file(existing, const std::string& name, int original);

    void lock();
    [[noreturn]] void fail(int reason) const;
    void take_owner_and_mode();

    std::string path_;  // of OUT, no symbolic link
    std::string draft_; // this file
    int original_;
    int descriptor_ = -1;
    bool made_ = false; // by this run
    std::uint64_t copied_ = 0;
    int broken_ = 0; // why writing failed
};

} // namespace enrich
