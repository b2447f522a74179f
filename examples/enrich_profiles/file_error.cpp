#include "enrich_profiles/file_error.hpp"

#include <cerrno>
#include <cstring>

namespace enrich {

coauth::error file_error(const std::string& name, std::string_view verb, int reason)
{
    const coauth::error e(coauth::errc::invalid_argument,
        "OUT, the file " + name + ", can't be " + std::string(verb) + ": " + std::strerror(reason));
    switch (reason) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return e.with_hint("make room and run again with the same OUT: it goes on where it stopped");
    case EPIPE:
        return e.with_hint("its reader has gone");
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case EISDIR:
        return e.with_hint("name a file in a folder where you may write");
    default:
        return e;
    }
}

} // namespace enrich
