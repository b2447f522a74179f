#include "crypto/random.hpp"

#include <coauth/store/key_ring.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
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

// A file beside `path` that takes its place, whole or not at all; gone if it does not.
class draft_of {
public:
    explicit draft_of(const std::string& path) : path_(path), draft_(path + ".XXXXXX"), file_(::mkstemp(draft_.data()))
    {
        if (file_.number() < 0)
            throw key_file_error(path, "can't be made: " + std::generic_category().message(errno));
    }
    ~draft_of() { ::unlink(draft_.c_str()); }
    draft_of(const draft_of&) = delete;
    draft_of& operator=(const draft_of&) = delete;

    void write(std::string_view text) const
    {
        while (!text.empty()) {
            const auto size = ::write(file_.number(), text.data(), text.size());
            if (size < 0 && errno != EINTR)
                throw failure();
            text.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
        }
        if (::fsync(file_.number()) != 0)
            throw failure();
    }

    /// Fails if there is a file already.
    void put_first() const
    {
        if (::link(draft_.c_str(), path_.c_str()) != 0)
            throw failure();
        sync_folder();
    }

    void put_in_place() const
    {
        if (::rename(draft_.c_str(), path_.c_str()) != 0)
            throw failure();
        sync_folder();
    }

private:
    error failure() const
    {
        return key_file_error(path_, "can't be written: " + std::generic_category().message(errno));
    }

    // So that the name outlives a loss of power, too.
    void sync_folder() const
    {
        const auto slash = path_.rfind('/');
        const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
        const open_file opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (opened.number() >= 0)
            ::fsync(opened.number());
    }

    const std::string path_;
    std::string draft_;
    const open_file file_;
};

secret text_of(const std::vector<sealing_key>& keys)
{
    constexpr std::size_t longest_line = 128;
    std::string text;
    text.reserve(keys.size() * longest_line); // so that no copy of it is left behind
    for (const auto& key : keys)
        text += line_of(key).reveal();
    return secret(std::move(text));
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

error unusable_key_file(const std::string& name, const error& reason)
{
    return key_file_error(name, "can't be used: " + reason.message())
        .with_hint(reason.hint().value_or("make one with: store_keys make FILE"));
}

std::shared_ptr<key_ring> ring_of(const std::string& name, const secret& text)
{
    auto keys = read_keys(text.reveal());
    if (!keys)
        throw unusable_key_file(name, keys.error());
    return std::make_shared<key_ring>(std::move(*keys));
}

std::vector<sealing_key> read_regular_file(const std::string& path)
{
    bool regular = false;
    const secret text = read_key_file(path, regular);
    if (!regular)
        throw key_file_error(path, "is not a regular file");
    auto keys = read_keys(text.reveal());
    if (!keys)
        throw unusable_key_file(path, keys.error());
    return std::move(*keys);
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

std::string make_key_file(const std::string& path)
{
    const auto key = random_key();
    const draft_of draft(path);
    draft.write(line_of(key).reveal());
    draft.put_first();
    return key.id;
}

std::string add_key(const std::string& path)
{
    auto keys = read_regular_file(path);
    auto added = random_key();
    std::string id = added.id;
    keys.insert(keys.begin(), std::move(added));
    const draft_of draft(path);
    draft.write(text_of(keys).reveal());
    draft.put_in_place();
    return id;
}

void drop_key(const std::string& path, std::string_view id)
{
    auto keys = read_regular_file(path);
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const sealing_key& key) { return key.id == id; });
    if (found == keys.end())
        throw key_file_error(path, "has no key " + std::string(id));
    if (found == keys.begin())
        throw key_file_error(path, "has " + std::string(id) + " as its newest key, which seals")
            .with_hint("add a new one first, and reseal");
    keys.erase(found);
    const draft_of draft(path);
    draft.write(text_of(keys).reveal());
    draft.put_in_place();
}

} // namespace coauth::store
