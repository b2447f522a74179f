#include "store/redis/link.hpp"

#include <boost/asio/error.hpp>

#include <fcntl.h>
#include <hiredis/async.h>
#include <new>
#include <utility>

namespace coauth::store::redis {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_octets_of_text = 1024 * 1024;
constexpr std::size_t most_octets_of_reply = 16 * most_octets_of_text;
constexpr std::size_t most_objects_of_reply = 100'000;

} // namespace

// What hiredis calls. It is C: nothing may throw through it.
struct redis_link::hooks {
    static redis_link& of(void* data) { return *static_cast<redis_link*>(data); }
    static redis_link& of(const redisAsyncContext* context) { return of(context->data); }

    static void add_read(void* data) { of(data).wants_read_ = true; }
    static void delete_read(void* data) { of(data).wants_read_ = false; }
    static void add_write(void* data) { of(data).wants_write_ = true; }
    static void delete_write(void* data) { of(data).wants_write_ = false; }

    // The context goes now, and closes the descriptor.
    static void cleanup(void* data) noexcept
    {
        auto& link = of(data);
        if (link.reason_.empty())
            link.end(link.context_->c.errstr);
        link.context_ = nullptr;
        link.descriptor_.release();
    }

    static void connected(const redisAsyncContext* context, int status) noexcept
    {
        auto& link = of(context);
        if (status != REDIS_OK || !link.user_)
            return;
        try {
            link.user_->link_connected();
        } catch (const std::bad_alloc&) {
            link.end("this process is out of memory");
        }
    }

    // Without a reply where the context goes.
    static void replied(redisAsyncContext* context, void* reply, void*) noexcept
    {
        auto& link = of(context);
        if (!reply || link.ending_ || !link.user_)
            return;
        try {
            link.user_->link_replied(reply_value(*static_cast<const redisReply*>(reply)));
        } catch (const std::bad_alloc&) {
            link.end("this process is out of memory");
        }
    }

    static void* create_text(const redisReadTask* task, char* text, std::size_t size)
    {
        return of(task->privdata).admits(*task, size, 0)
                   ? of(task->privdata).usual_functions_->createString(task, text, size)
                   : nullptr;
    }
    static void* create_list(const redisReadTask* task, int size)
    {
        const auto elements = static_cast<std::size_t>(size < 0 ? 0 : size);
        return of(task->privdata).admits(*task, 0, elements)
                   ? of(task->privdata).usual_functions_->createArray(task, size)
                   : nullptr;
    }
    static void* create_number(const redisReadTask* task, long long number)
    {
        return of(task->privdata).admits(*task, 0, 0) ? of(task->privdata).usual_functions_->createInteger(task, number)
                                                      : nullptr;
    }
    static void* create_nothing(const redisReadTask* task)
    {
        return of(task->privdata).admits(*task, 0, 0) ? of(task->privdata).usual_functions_->createNil(task) : nullptr;
    }

    static redisReplyObjectFunctions functions;
};

redisReplyObjectFunctions redis_link::hooks::functions = {
    create_text, create_list, create_number, create_nothing, freeReplyObject};

redis_link::redis_link(asio::io_context& io, user& owner) : descriptor_(io), user_(&owner)
{}

redis_link::~redis_link()
{
    close();
}

std::string redis_link::open(const std::string& address, std::uint16_t port)
{
    context_ = port == 0 ? redisAsyncConnectUnix(address.c_str()) : redisAsyncConnect(address.c_str(), port);
    if (!context_)
        throw std::bad_alloc();
    if (context_->err != 0) {
        std::string reason(context_->errstr);
        redisAsyncFree(std::exchange(context_, nullptr));
        return reason;
    }
    ::fcntl(context_->c.fd, F_SETFD, FD_CLOEXEC); // not for the programs that this one starts
    boost::system::error_code failed;
    descriptor_.assign(context_->c.fd, failed);
    if (failed) {
        redisAsyncFree(std::exchange(context_, nullptr));
        return failed.message();
    }
    context_->data = this;
    context_->ev.data = this;
    context_->ev.addRead = hooks::add_read;
    context_->ev.delRead = hooks::delete_read;
    context_->ev.addWrite = hooks::add_write;
    context_->ev.delWrite = hooks::delete_write;
    context_->ev.cleanup = hooks::cleanup;
    usual_functions_ = context_->c.reader->fn;
    context_->c.reader->fn = &hooks::functions;
    context_->c.reader->privdata = this;
    redisAsyncSetConnectCallback(context_, hooks::connected);
    wait();
    return {};
}

bool redis_link::send(const std::vector<std::string>& arguments)
{
    if (!context_ || ending_)
        return false;
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    texts.reserve(arguments.size());
    sizes.reserve(arguments.size());
    for (const auto& argument : arguments) {
        texts.push_back(argument.data());
        sizes.push_back(argument.size());
    }
    wants_write_ = true;
    if (!handling_)
        wait(); // may run out of memory, and then nothing was sent
    const int status = redisAsyncCommandArgv(
        context_, hooks::replied, nullptr, static_cast<int>(texts.size()), texts.data(), sizes.data());
    if (status != REDIS_OK)
        throw std::bad_alloc();
    return true;
}

void redis_link::close() noexcept
{
    user_ = nullptr;
    if (!context_)
        return;
    end("it was closed");
    if (!handling_)
        redisAsyncFree(context_);
}

void redis_link::end(std::string_view reason) noexcept
{
    ending_ = true;
    try {
        if (reason_.empty())
            reason_ = reason;
    } catch (const std::bad_alloc&) {
        // It ends without a reason.
    }
}

// Asks Asio for what hiredis waits for.
void redis_link::wait()
{
    const auto self = shared_from_this();
    if (wants_read_ && !waits_to_read_) {
        descriptor_.async_wait(
            asio::posix::stream_descriptor::wait_read, [self](const boost::system::error_code& failed) {
                self->waits_to_read_ = false;
                if (!failed && self->context_ && self->wants_read_)
                    self->handle(redisAsyncHandleRead);
            });
        waits_to_read_ = true;
    }
    if (wants_write_ && !waits_to_write_) {
        descriptor_.async_wait(
            asio::posix::stream_descriptor::wait_write, [self](const boost::system::error_code& failed) {
                self->waits_to_write_ = false;
                if (!failed && self->context_ && self->wants_write_)
                    self->handle(redisAsyncHandleWrite);
            });
        waits_to_write_ = true;
    }
}

void redis_link::handle(void (*step)(redisAsyncContext*))
{
    const auto self = shared_from_this();
    handling_ = true;
    step(context_);
    handling_ = false;
    if (context_ && context_->c.reader->len > 2 * most_octets_of_text)
        end("a reply is too large");
    if (context_ && !ending_) {
        try {
            wait();
            return;
        } catch (const std::bad_alloc&) {
            end("this process is out of memory");
        }
    }
    if (context_)
        redisAsyncFree(context_);
    if (auto* const told = std::exchange(user_, nullptr))
        told->link_lost(reason_.empty() ? "the connection was lost" : reason_);
}

// Beyond the limits the reader fails as if there were no memory, and hiredis ends the connection.
bool redis_link::admits(const redisReadTask& task, std::size_t octets, std::size_t elements) noexcept
{
    if (!task.parent) {
        reply_octets_ = 0;
        reply_objects_ = 0;
        // A refusal that nothing asked for, such as of too many clients, ends the connection by itself.
        if (!context_->replies.head && task.type != REDIS_REPLY_ERROR) {
            end("a reply came that nothing asked for");
            return false;
        }
    }
    reply_octets_ += octets;
    reply_objects_ += 1 + elements;
    if (octets <= most_octets_of_text && reply_octets_ <= most_octets_of_reply &&
        reply_objects_ <= most_objects_of_reply)
        return true;
    end("a reply is too large");
    return false;
}

} // namespace coauth::store::redis
