#include <coauth/store/key_ring.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace coauth;

namespace {

const std::string all_a(32, 'a');
// base64url of 32 times "a" and of 32 times "b".
const std::string line_a = "a YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE\n";
const std::string line_b = "b YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI\n";

// A file of its own for each, removed at the end.
class key_file {
public:
    explicit key_file(const std::string& text, mode_t mode = 0600)
    {
        const int made = ::mkstemp(path.data());
        REQUIRE(made >= 0);
        REQUIRE(::write(made, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        REQUIRE(::fchmod(made, mode) == 0);
        ::close(made);
    }
    ~key_file() { ::unlink(path.c_str()); }
    key_file(const key_file&) = delete;
    key_file& operator=(const key_file&) = delete;

    void write_again(const std::string& text) const
    {
        const int opened = ::open(path.c_str(), O_WRONLY | O_TRUNC);
        REQUIRE(::write(opened, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(opened);
    }

    std::string path = "/tmp/coauth_key_XXXXXX";
};

template <class Call>
std::string key_refusal(Call call)
{
    try {
        call();
    } catch (const error& e) {
        CHECK(e.reason() == errc::invalid_argument);
        return e.what();
    }
    return {};
}

} // namespace

TEST_CASE("read_keys: 32 octets are one key, named by the first 4 octets of its SHA-256")
{
    const auto keys = store::read_keys(all_a);
    REQUIRE(keys.has_value());
    REQUIRE(keys->size() == 1);
    CHECK(keys->front().id == "3ba3f5f4"); // sha256sum of 32 times "a"
    CHECK(keys->front().octets.reveal() == all_a);
    CHECK(store::read_keys("\n" + std::string(31, '\0')).value().front().octets.size() == 32);
}

TEST_CASE("read_keys: lines are keys, the newest first")
{
    const auto keys = store::read_keys(line_a + "\n" + line_b.substr(0, line_b.size() - 1));
    REQUIRE(keys.has_value());
    REQUIRE(keys->size() == 2);
    CHECK(keys->front().id == "a");
    CHECK(keys->front().octets.reveal() == all_a);
    CHECK(keys->back().id == "b");
    CHECK(store::line_of(keys->front()).reveal() == line_a);
}

TEST_CASE("read_keys: anything else is refused, and no part of it is shown")
{
    const std::string key = line_a.substr(2, 43);
    std::string many;
    for (int i = 0; i < 65; ++i)
        many += "k" + std::to_string(i) + " " + key + "\n";
    const std::vector<std::string> texts = {std::string(), std::string("\n\n"), std::string(31, 'a'),
        std::string(33, 'a'), key, "a  " + key, " " + key, "a " + key + " ", "a " + key + "\r\n", "a\t" + key,
        "a " + key + "=", "a " + key.substr(1), "a " + key + "A", "a.b " + key, "\xc3\xa9 " + key,
        std::string(33, 'i') + " " + key, line_a + line_a, line_a + "# a comment\n",
        "a YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF", many};
    for (const auto& text : texts) {
        const auto keys = store::read_keys(text);
        REQUIRE_FALSE(keys.has_value());
        CHECK(keys.error().reason() == errc::invalid_argument);
        CHECK(std::string(keys.error().what()).find("YWFh") == std::string::npos);
    }
}

TEST_CASE("key_ring: the newest seals, all are found, and a removed one is not")
{
    store::key_ring ring(store::read_keys(line_a).value());
    CHECK(ring.newest().id == "a");
    ring.add(store::read_keys(line_b).value().front());
    CHECK(ring.newest().id == "b");
    CHECK(ring.ids() == std::vector<std::string>{"b", "a"});
    CHECK(ring.find("a"));
    CHECK_FALSE(ring.find("c"));
    CHECK_FALSE(key_refusal([&] { ring.add(store::read_keys(line_b).value().front()); }).empty());
    CHECK_FALSE(key_refusal([&] { ring.add(store::sealing_key("short", secret("abc"))); }).empty());
    CHECK_FALSE(key_refusal([&] { ring.add(store::sealing_key("a b", secret(all_a))); }).empty());
    ring.remove("a");
    CHECK_FALSE(ring.find("a"));
    CHECK_FALSE(key_refusal([&] { ring.remove("a"); }).empty());
    CHECK_FALSE(key_refusal([&] { ring.remove("b"); }).empty());
    CHECK_FALSE(key_refusal([] { store::key_ring(std::vector<store::sealing_key>()); }).empty());
}

TEST_CASE("key_ring: its source is read again for a key that it does not have, and not for each such record")
{
    int readings = 0;
    std::string text = line_a;
    store::key_ring ring(store::key_ring::source([&] {
        ++readings;
        return secret(std::string_view(text));
    }));
    CHECK(ring.find("a"));
    CHECK(readings == 1);
    text = line_b + line_a;
    CHECK(ring.find("b"));
    CHECK(ring.newest().id == "b");
    CHECK(readings == 2);
    for (int i = 0; i < 1'000; ++i)
        CHECK_FALSE(ring.find("c"));
    CHECK(readings <= 3);
    text = "nonsense";
    CHECK_FALSE(key_refusal([&] { ring.reload(); }).empty());
    CHECK(ring.newest().id == "b");
}

TEST_CASE(
    "keys_from_file: the file of its owner is read, again when it has changed, and one that others may use is not")
{
    const key_file file(line_a);
    const auto ring = store::keys_from_file(file.path);
    CHECK(ring->newest().id == "a");
    file.write_again(line_b + line_a);
    CHECK(ring->find("b"));

    for (const mode_t mode : {0644U, 0640U, 0604U, 0660U, 0700U, 0601U}) {
        const key_file open_to_others(line_a, mode);
        CHECK(key_refusal([&] { store::keys_from_file(open_to_others.path); }).find("others") != std::string::npos);
    }
    CHECK(store::keys_from_file(key_file(line_a, 0400).path)->newest().id == "a");
    CHECK(key_refusal([] { store::keys_from_file("/nonexistent/key"); }).find("No such file") != std::string::npos);
    CHECK_FALSE(key_refusal([] { store::keys_from_file("/tmp"); }).empty());
    CHECK_FALSE(key_refusal([] { store::keys_from_file(key_file("").path); }).empty());
    CHECK(key_refusal([] { store::keys_from_file(key_file(std::string(70'000, 'a')).path); }).find("64 KiB") !=
          std::string::npos);
}

TEST_CASE("keys_from_descriptor: a pipe is read to its end; so is one that a file name gives")
{
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], line_a.data(), line_a.size()) == static_cast<ssize_t>(line_a.size()));
    ::close(ends[1]);
    CHECK(store::keys_from_descriptor(ends[0])->newest().id == "a");
    CHECK_FALSE(key_refusal([&] { store::keys_from_descriptor(ends[0]); }).empty()); // nothing is left
    ::close(ends[0]);

    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], line_b.data(), line_b.size()) == static_cast<ssize_t>(line_b.size()));
    ::close(ends[1]);
    const auto ring = store::keys_from_file("/dev/fd/" + std::to_string(ends[0]));
    CHECK(ring->newest().id == "b");
    CHECK_FALSE(ring->find("a"));
    ::close(ends[0]);
}

TEST_CASE("random_key: each is another, and its line is read again")
{
    const auto first = store::random_key();
    const auto second = store::random_key();
    CHECK(first.id != second.id);
    CHECK_FALSE(first.octets.matches(second.octets.reveal()));
    const auto line = store::line_of(first);
    const auto read = store::read_keys(line.reveal());
    REQUIRE(read.has_value());
    CHECK(read->front().id == first.id);
    CHECK(read->front().octets.matches(first.octets.reveal()));
}
