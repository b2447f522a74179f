// A small file that holds a token: for its owner's eyes only, always whole, one program at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace program {

/// Throws `errc::store_unavailable`, with the path and what to do, if the file can't be used.
///
/// Thread safety: not safe. Lifetime: holds a lock in PATH.lock until destroyed; a process that ends
/// holds none.
class private_file {
public:
    /// Takes the file for this process alone. The file need not exist, its folder must.
    explicit private_file(std::string path);
    ~private_file();

    private_file(const private_file&) = delete;
    private_file& operator=(const private_file&) = delete;

    const std::string& path() const noexcept { return path_; }

    /// The whole file; nothing if there is none. Refuses a file that other users may read or write, that
    /// belongs to someone else, that is not a plain file, or that is over 4 MiB.
    std::optional<std::string> read() const;

    /// Replaces the file, mode 0600. Even if the program is killed meanwhile, a reader finds the old text or the new
    /// one; on return the new one is on the disk.
    void write(std::string_view text) const;

private:
    std::string path_;
    int lock_ = -1;
};

} // namespace program
