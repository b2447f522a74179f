// A Redis of a test's own.
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <hiredis/hiredis.h>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace coauth::testing {

/// `redis-server` on a Unix socket in a temporary folder. It ends with the object, and in any case with the thread
/// that started it.
class redis_server {
public:
    /// `options`: more of its options, such as `--appendonly yes`.
    explicit redis_server(std::vector<std::string> options = {}) : options_(std::move(options))
    {
        need(::mkdtemp(folder_.data()) != nullptr, "there is no temporary folder");
        start();
    }
    ~redis_server()
    {
        kill();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    redis_server(const redis_server&) = delete;
    redis_server& operator=(const redis_server&) = delete;

    /// One for all cases of a process that change nothing of it but its data, which is removed here.
    static redis_server& of_process()
    {
        static redis_server server;
        server.run({"FLUSHALL"});
        return server;
    }

    std::string socket() const { return folder_ + "/socket"; }

    /// SIGKILL.
    void kill()
    {
        if (process_ <= 0)
            return;
        ::kill(process_, SIGKILL);
        ::waitpid(std::exchange(process_, 0), nullptr, 0);
        ::close(output_);
        connection_.reset();
    }

    /// Returns when it takes connections.
    void start()
    {
        int pipe[2] = {};
        need(::pipe2(pipe, O_CLOEXEC) == 0, "there is no pipe");
        auto arguments = std::vector<std::string>{"redis-server", "--port", "0", "--unixsocket", socket(), "--dir",
            folder_, "--save", "", "--daemonize", "no"};
        arguments.insert(arguments.end(), options_.begin(), options_.end());
        std::vector<char*> texts;
        for (auto& argument : arguments)
            texts.push_back(argument.data());
        texts.push_back(nullptr);
        process_ = ::fork();
        need(process_ >= 0, "there is no process");
        if (process_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(pipe[1], STDOUT_FILENO);
            ::execvp(texts[0], texts.data());
            ::_exit(127);
        }
        ::close(pipe[1]);
        output_ = pipe[0];
        std::string log;
        char read_text[1'024];
        while (log.find("eady to accept connections") == std::string::npos) {
            const auto size = ::read(output_, read_text, sizeof read_text);
            need(size > 0, "redis-server, which examples/setup.sh installs, did not start: " + log);
            log.append(read_text, static_cast<std::size_t>(size));
        }
    }

    void pause() { ::kill(process_, SIGSTOP); }
    void resume() { ::kill(process_, SIGCONT); }

    /// Runs a command on the test's own connection, and returns the reply as a text: elements of a list each behind a line feed.
    std::string run(const std::vector<std::string>& command)
    {
        if (!connection_)
            connection_.reset(redisConnectUnix(socket().c_str()));
        need(connection_ && connection_->err == 0, "there is no connection to the test's Redis");
        std::vector<const char*> texts;
        std::vector<std::size_t> sizes;
        for (const auto& argument : command) {
            texts.push_back(argument.data());
            sizes.push_back(argument.size());
        }
        void* const reply =
            redisCommandArgv(connection_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data());
        need(reply != nullptr, "the test's Redis did not reply");
        auto text = text_of(*static_cast<redisReply*>(reply));
        freeReplyObject(reply);
        return text;
    }

    /// The keys of a pattern.
    /// Waits until a client has sent the command, such as "set", and is blocked by it or has its reply.
    void wait_for_command(const std::string& name)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (run({"CLIENT", "LIST"}).find("cmd=" + name) == std::string::npos)
            need(std::chrono::steady_clock::now() < end, "no client has sent the command");
    }

    std::vector<std::string> keys(const std::string& pattern)
    {
        std::vector<std::string> out;
        const auto all = run({"KEYS", pattern});
        for (std::size_t begin = 0; begin < all.size();) {
            const auto end = all.find('\n', begin);
            out.push_back(all.substr(begin, end - begin));
            begin = end + 1;
        }
        return out;
    }

    /// What its files hold, one behind the other.
    std::string octets() const
    {
        std::string out;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
            if (!entry.is_regular_file())
                continue;
            std::ifstream file(entry.path(), std::ios::binary);
            out.append(std::istreambuf_iterator<char>(file), {});
        }
        return out;
    }

private:
    static void need(bool good, const std::string& problem)
    {
        if (!good)
            throw std::runtime_error(problem);
    }

    static std::string text_of(const redisReply& reply)
    {
        if (reply.type == REDIS_REPLY_INTEGER)
            return std::to_string(reply.integer);
        std::string out;
        if (reply.type == REDIS_REPLY_ARRAY)
            for (std::size_t i = 0; i < reply.elements; ++i)
                out += text_of(*reply.element[i]) + "\n";
        else if (reply.str)
            out.assign(reply.str, reply.len);
        return out;
    }

    const std::vector<std::string> options_;
    std::string folder_ = "/tmp/coauth_redis_XXXXXX";
    pid_t process_ = 0;
    int output_ = -1;
    std::unique_ptr<redisContext, void (*)(redisContext*)> connection_{nullptr, redisFree};
};

} // namespace coauth::testing
