#include <coauth/system_failure.hpp>

#include <string>

namespace coauth {

namespace errors = boost::system::errc;

std::string_view shortage_hint(const boost::system::error_code& reason) noexcept
{
    if (reason == errors::too_many_files_open)
        return "raise the limit of open files (ulimit -n), or close some";
    if (reason == errors::too_many_files_open_in_system)
        return "raise the system's limit of open files (fs.file-max), or end other programs";
    if (reason == errors::not_enough_memory || reason == errors::no_buffer_space)
        return "free memory, or raise this process's memory limit";
    return {};
}

error system_failure(std::string_view operation, const boost::system::error_code& reason)
{
    const std::string_view hint = shortage_hint(reason);
    return error(errc::invalid_argument, std::string(operation) + " failed: " + reason.message())
        .with_hint(hint.empty() ? "check the limits of this process (ulimit -a) and of the container it runs in"
                                : std::string(hint));
}

error random_failure()
{
    return error(errc::invalid_argument, "OpenSSL's random generator failed")
        .with_hint(
            "check that this process may open files and read /dev/urandom, and its limit of open files (ulimit -n)");
}

} // namespace coauth
