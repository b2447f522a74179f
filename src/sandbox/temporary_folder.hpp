// A folder that goes away with its owner.
#pragma once

#include <string>
#include <string_view>

namespace coauth::sandbox {

/// Made below the system's folder for temporary files, for this user only.
class temporary_folder {
public:
    /// Throws `errc::invalid_argument` if it can't be made.
    explicit temporary_folder(std::string_view prefix);
    ~temporary_folder();

    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

} // namespace coauth::sandbox
