#include "http/http1/reply_reader.hpp"

#include <coauth/error.hpp>

#include <algorithm>
#include <cstring>

using namespace coauth;

namespace {

struct outcome {
    std::string state; // "done", "more", or the name of an error
    http::response response;
    bool keep = false;
    std::size_t left = 0;
};

enum class ending { none, proper, cut };

// Parses `bytes` in pieces of `piece` octets.
outcome read(
    std::string_view bytes, std::size_t piece, ending end, const http::reply_rules& rules = http::reply_rules())
{
    boost::beast::flat_buffer buffer(http::reply_reader::buffer_size(rules));
    http::reply_reader reader(buffer, rules);
    outcome out;
    try {
        while (!reader.done() && !bytes.empty()) {
            const auto space = reader.space();
            REQUIRE(space.size() != 0);
            const auto n = std::min({piece, bytes.size(), space.size()});
            std::memcpy(space.data(), bytes.data(), n);
            bytes.remove_prefix(n);
            reader.received(n);
            REQUIRE(buffer.size() <= http::reply_reader::buffer_size(rules));
        }
        if (end != ending::none)
            reader.ended(end == ending::proper);
        out.state = reader.done() ? "done" : "more";
        if (reader.done()) {
            out.keep = reader.keeps_alive();
            out.left = buffer.size() + bytes.size();
            out.response = reader.take();
        }
    } catch (const error& e) {
        out.state = name(e.reason());
    }
    return out;
}

const std::string sample = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Rate: 1\r\nx-rate: 2\r\n"
                           "Content-Length: 5\r\n\r\nhello";

const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: t\r\n\r\n";

} // namespace

TEST_CASE("reply_reader: a response is the same in pieces of any size")
{
    for (const auto& bytes : {sample, chunked}) {
        for (const std::size_t piece : {std::size_t(1), std::size_t(2), std::size_t(7), bytes.size()}) {
            CAPTURE(piece);
            const auto r = read(bytes, piece, ending::none);
            CHECK(r.state == "done");
            CHECK(r.keep);
            CHECK(r.left == 0);
            CHECK(r.response.status == 200);
            CHECK(r.response.body == "hello");
        }
    }
    const auto r = read(sample, 100, ending::none);
    CHECK(r.response.headers.get("content-type") == "text/plain");
    CHECK(r.response.headers.count("X-Rate") == 2);
}

TEST_CASE("reply_reader: a response cut short at any octet is lost")
{
    for (const auto& bytes : {sample, chunked}) {
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            CAPTURE(n);
            for (const auto end : {ending::proper, ending::cut})
                CHECK(read(bytes.substr(0, n), 16, end).state == "connection_lost");
        }
        CHECK(read(bytes, 16, ending::cut).state == "done"); // what is whole stays whole
    }
}

TEST_CASE("reply_reader: a body that ends with the stream is whole only if the stream ended properly")
{
    const std::string bytes = "HTTP/1.1 200 OK\r\n\r\nhello";
    CHECK(read(bytes, 4, ending::none).state == "more");
    CHECK(read(bytes, 4, ending::cut).state == "connection_lost");
    const auto r = read(bytes, 4, ending::proper);
    CHECK(r.state == "done");
    CHECK(r.response.body == "hello");
    CHECK_FALSE(r.keep);
}

TEST_CASE("reply_reader: interim responses are skipped, up to a limit")
{
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    for (const std::size_t piece : {std::size_t(1), std::size_t(1000)}) {
        auto r = read("HTTP/1.1 100 Continue\r\n\r\n" + interim + interim + interim + sample, piece, ending::none);
        CHECK(r.state == "done");
        CHECK(r.response.status == 200);
        CHECK(r.response.body == "hello");
        CHECK(r.response.headers.count("Link") == 0);
        CHECK(r.left == 0);
        r = read(interim + interim + interim + interim + interim + sample, piece, ending::none);
        CHECK(r.state == "malformed_response");
    }
    CHECK(read(interim, 100, ending::proper).state == "connection_lost");
    CHECK(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 100, ending::none).state ==
          "malformed_response");
}

TEST_CASE("reply_reader: a hostile response is a typed error or ends where the message ends")
{
    struct row {
        const char* name;
        std::string bytes;
        const char* state;
        std::size_t left;
    };
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const row rows[] = {
        {"garbage", "\x16\x03\x01 garbage garbage\r\n\r\n", "malformed_response", 0},
        {"HTML", "<!doctype html><html></html>", "malformed_response", 0},
        {"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "malformed_response", 0},
        {"status 099", "HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n", "malformed_response", 0},
        {"status of letters", "HTTP/1.1 2x0 OK\r\n\r\n", "malformed_response", 0},
        {"a bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "malformed_response", 0},
        {"two lengths", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "malformed_response", 0},
        {"a negative length", ok + "Content-Length: -5\r\n\r\nhello", "malformed_response", 0},
        {"a length beyond 64 bits", ok + "Content-Length: 99999999999999999999\r\n\r\n", "malformed_response", 0},
        {"a length over the limit", ok + "Content-Length: 4194305\r\n\r\n", "response_too_large", 0},
        {"length and chunks", ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "malformed_response", 0},
        {"chunks and length", ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "malformed_response", 0},
        {"a chunk size of letters", ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed_response", 0},
        {"a chunk size beyond 64 bits", ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "malformed_response", 0},
        {"a NUL in a header", ok + std::string("X: a\0b\r\n\r\n", 10), "malformed_response", 0},
        {"a body on 204", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", "done", 5},
        {"a body on 304", "HTTP/1.1 304 Not Modified\r\n\r\nhello", "done", 5},
        {"two answers", sample + sample, "done", sample.size()},
        {"bytes behind the answer", sample + "x", "done", 1},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto got = read(r.bytes, 10000, ending::none);
        CHECK(got.state == r.state);
        if (got.state == "done")
            CHECK(got.left == r.left);
    }
}

TEST_CASE("reply_reader: an unknown coding of the body is named")
{
    const auto message_of = [](const std::string& coding) -> std::string {
        const std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n";
        boost::beast::flat_buffer buffer(http::reply_reader::buffer_size(http::reply_rules()));
        const http::reply_rules rules;
        http::reply_reader reader(buffer, rules);
        try {
            std::memcpy(reader.space().data(), bytes.data(), bytes.size());
            reader.received(bytes.size());
        } catch (const error& e) {
            CHECK(e.reason() == errc::malformed_response);
            return e.message();
        }
        return "";
    };
    CHECK(message_of("chunked") == "");
    CHECK(message_of("Chunked") == "");
    for (const char* coding : {"gzip", "gzip, chunked", "chunked, gzip", "deflate", "br"})
        CHECK(message_of(coding).find(std::string("Transfer-Encoding ") + coding) != std::string::npos);
}

TEST_CASE("reply_reader: no part of a response is read without a limit")
{
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string megabyte(1024 * 1024, 'a');
    for (const std::size_t piece : {std::size_t(1000), std::size_t(100000)}) {
        CHECK(read("HTTP/1.1 200 " + megabyte, piece, ending::none).state == "response_too_large");
        CHECK(read(ok + "X: " + megabyte, piece, ending::none).state == "response_too_large");
        std::string many = ok;
        while (many.size() < megabyte.size())
            many += "X: y\r\n";
        CHECK(read(many, piece, ending::none).state == "response_too_large");
        const std::string chunks = ok + "Transfer-Encoding: chunked\r\n\r\n";
        CHECK(read(chunks + "1;" + megabyte, piece, ending::none).state == "response_too_large");
        CHECK(read(chunks + "0\r\nX: " + megabyte, piece, ending::none).state == "response_too_large");

        http::reply_rules rules;
        rules.max_body = 1000;
        CHECK(read(chunks + "3e9\r\n" + megabyte, piece, ending::none, rules).state == "response_too_large");
        CHECK(read(ok + "\r\n" + megabyte, piece, ending::none, rules).state == "response_too_large");
    }
}

TEST_CASE("reply_reader: its limits are exact")
{
    const auto header_of = [](std::size_t size) {
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
        return head + std::string(size - head.size() - 4, 'a') + "\r\n\r\n";
    };
    http::reply_rules rules;
    rules.max_header = 2048;
    rules.max_body = 5;
    CHECK(read(header_of(2048), 100, ending::none, rules).state == "done");
    CHECK(read(header_of(2049), 100, ending::none, rules).state == "response_too_large");
    CHECK(read(sample, 100, ending::none, rules).state == "done");
    rules.max_body = 4;
    CHECK(read(sample, 100, ending::none, rules).state == "response_too_large");
}

TEST_CASE("reply_reader: the response to HEAD ends with its header")
{
    http::reply_rules rules;
    rules.without_body = true;
    const auto r = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 100, ending::none, rules);
    CHECK(r.state == "done");
    CHECK(r.keep);
    CHECK(r.response.headers.get("content-length") == "5");
}

TEST_CASE("reply_reader: a response decides whether its connection is kept")
{
    const std::string length = "Content-Length: 0\r\n\r\n";
    CHECK(read("HTTP/1.1 200 OK\r\n" + length, 100, ending::none).keep);
    CHECK_FALSE(read("HTTP/1.1 200 OK\r\nConnection: close\r\n" + length, 100, ending::none).keep);
    CHECK_FALSE(read("HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\n" + length, 100, ending::none).keep);
    CHECK_FALSE(read("HTTP/1.0 200 OK\r\n" + length, 100, ending::none).keep);
    CHECK(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + length, 100, ending::none).keep);
}
