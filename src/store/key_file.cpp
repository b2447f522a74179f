#include "crypto/random.hpp"

#include <coauth/store/key_ring.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace coauth::store {

namespace {

constexpr std::size_t longest_key_text = 64 * 1024;

class open_file {
public:
    explicit open_file(int number) noexcept : number_(number) {}
    ~open_file()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;

    int number() const noexcept { return number_; }

private:
    int number_;
};

error key_file_error(const std::string& name, const std::string& reason)
{
    return error(errc::invalid_argument, "the key file " + name + " " + reason);
}

error unreadable_key_file(const std::string& name, int number)
{
    return key_file_error(name, "can't be read: " + std::generic_category().message(number));
}

secret read_to_end(int descriptor, const std::string& name)
{
    std::string text;
    text.reserve(longest_key_text + 1); // so that no copy of it is left behind
    std::array<char, 4096> part{};
    for (;;) {
        const auto size = ::read(descriptor, part.data(), part.size());
        if (size < 0 && errno == EINTR)
            continue;
        const int reason = errno;
        if (size > 0)
            text.append(part.data(), static_cast<std::size_t>(size));
        crypto::wipe(part.data(), part.size());
        if (size == 0)
            return secret(std::move(text));
        if (size > 0 && text.size() <= longest_key_text)
            continue;
        wipe(text);
        throw size < 0 ? unreadable_key_file(name, reason) : key_file_error(name, "is over 64 KiB");
    }
}

// Whether reading it again gives its text again.
bool check_access(int descriptor, const std::string& path)
{
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        throw unreadable_key_file(path, errno);
    if (!S_ISREG(status.st_mode))
        return false;
    constexpr mode_t others = 0177;
    if ((status.st_mode & others) != 0)
        throw key_file_error(path, "may be used by others than its owner")
            .with_hint("chmod 600 " + path + ", and if others could read it, add a new key in front and reseal");
    return true;
}

secret read_key_file(const std::string& path, bool& again)
{
    const open_file file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (file.number() < 0)
        throw unreadable_key_file(path, errno);
    again = check_access(file.number(), path);
    return read_to_end(file.number(), path);
}

std::shared_ptr<key_ring> ring_of(const std::string& name, const secret& text)
{
    auto keys = read_keys(text.reveal());
    if (!keys)
        throw key_file_error(name, "can't be used: " + keys.error().message())
            .with_hint(keys.error().hint().value_or("make one with: store_keys make FILE"));
    return std::make_shared<key_ring>(std::move(*keys));
}

} // namespace

std::shared_ptr<key_ring> keys_from_file(const std::string& path)
{
    bool again = false;
    const secret text = read_key_file(path, again);
    auto ring = ring_of(path, text);
    if (!again)
        return ring;
    return std::make_shared<key_ring>(key_ring::source([path] {
        bool regular = false;
        return read_key_file(path, regular);
    }));
}

std::shared_ptr<key_ring> keys_from_descriptor(int descriptor)
{
    const std::string name = "of descriptor " + std::to_string(descriptor);
    return ring_of(name, read_to_end(descriptor, name));
}

} // namespace coauth::store
