#include "sandbox/temporary_folder.hpp"

#include <coauth/error.hpp>

#include <filesystem>
#include <stdlib.h>
#include <system_error>
#include <utility>

namespace coauth::sandbox {

namespace fs = std::filesystem;

temporary_folder::temporary_folder(std::string_view prefix)
{
    std::error_code failure;
    auto pattern = (fs::temp_directory_path(failure) / std::string(prefix)).string() + "-XXXXXX";
    if (failure || !::mkdtemp(pattern.data()))
        throw error(errc::invalid_argument, "no temporary folder can be made")
            .with_hint("set TMPDIR to a folder that may be written to");
    path_ = std::move(pattern);
}

temporary_folder::~temporary_folder()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

} // namespace coauth::sandbox
