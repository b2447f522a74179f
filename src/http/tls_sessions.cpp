#include "http/tls_sessions.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <new>
#include <utility>

namespace coauth::http {

namespace {

constexpr std::size_t max_ticket = 4096; // octets; common are 200 to 1,500

// Where an `SSL` refers to its resumption. Its index 0 is Asio's.
int attachment()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// The epoch, which is past, if it can't be told.
std::chrono::sys_seconds certificate_end(const SSL* tls)
{
    STACK_OF(X509)* chain = SSL_get0_verified_chain(tls);
    std::chrono::sys_seconds first{};
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        std::tm parts{};
        if (ASN1_TIME_to_tm(X509_get0_notAfter(sk_X509_value(chain, i)), &parts) != 1)
            return {};
        const std::chrono::sys_seconds end{std::chrono::seconds(timegm(&parts))};
        first = i == 0 ? end : std::min(first, end);
    }
    return first;
}

bool may_be_kept(const SSL* tls, const SSL_SESSION* session)
{
    const unsigned char* ticket = nullptr;
    std::size_t size = 0;
    SSL_SESSION_get0_ticket(session, &ticket, &size);
    if (SSL_get_verify_result(tls) != X509_V_OK || SSL_SESSION_is_resumable(session) != 1 || size > max_ticket)
        return false;
    if (SSL_version(tls) >= TLS1_3_VERSION)
        return SSL_SESSION_get_ticket_lifetime_hint(session) != 0; // RFC 8446, section 4.6.1: to be discarded
    return SSL_get_extms_support(const_cast<SSL*>(tls)) == 1;      // RFC 7627, section 5.3
}

} // namespace

tls_sessions::tls_sessions(std::size_t max_per_origin, std::shared_ptr<const clock> clock)
    : max_per_origin_(max_per_origin), clock_(std::move(clock))
{}

std::optional<tls_session> tls_sessions::take(const origin& to)
{
    const auto now = clock_->steady_now();
    const auto today =
        std::chrono::floor<std::chrono::seconds>(clock_->now()); // ends of year 9999 fit in no finer time
    const std::lock_guard lock(mutex_);
    const auto found = origins_.find(to.url());
    if (found == origins_.end())
        return std::nullopt;
    auto& sessions = found->second.sessions;
    std::erase_if(
        sessions, [&](const tls_session& s) { return now - s.verified >= max_age || today >= s.certificate_end; });
    std::optional<tls_session> newest;
    if (!sessions.empty()) {
        newest = std::move(sessions.back());
        sessions.pop_back();
    }
    if (sessions.empty())
        origins_.erase(found);
    return newest;
}

void tls_sessions::keep(const origin& to, tls_session session)
{
    const auto now = clock_->steady_now();
    const std::lock_guard lock(mutex_);
    const auto earliest = [](const auto& a, const auto& b) { return a.second.kept_at < b.second.kept_at; };
    std::string url = to.url();
    if (origins_.size() >= max_origins && !origins_.contains(url))
        origins_.erase(std::min_element(origins_.begin(), origins_.end(), earliest));
    entry& e = origins_[std::move(url)];
    e.kept_at = now;
    e.sessions.push_back(std::move(session));
    if (e.sessions.size() > max_per_origin_)
        e.sessions.erase(e.sessions.begin());
}

void tls_sessions::remove(const origin& to)
{
    const std::lock_guard lock(mutex_);
    origins_.erase(to.url());
}

void tls_sessions::clear()
{
    const std::lock_guard lock(mutex_);
    origins_.clear();
}

tls_resumption::tls_resumption(std::shared_ptr<tls_sessions> sessions, origin to)
    : sessions_(std::move(sessions)), to_(std::move(to)), begun_(sessions_->now())
{}

void tls_resumption::enable(SSL_CTX* context)
{
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, ticket_received);
}

void tls_resumption::attach(SSL* tls)
{
    if (SSL_set_ex_data(tls, attachment(), this) != 1)
        throw std::bad_alloc();
    offered_ = sessions_->take(to_);
    if (offered_ && SSL_set_session(tls, offered_->handle.get()) != 1)
        offered_.reset();
}

// Tickets of TLS 1.3 follow the handshake; the session of TLS 1.2 is the handshake's, and may be resumed again. After a failure
// none is: a server may be at fault with resumption only.
void tls_resumption::handshake_ended(SSL* tls, bool succeeded)
{
    if (!succeeded && offered_)
        sessions_->remove(to_);
    else if (succeeded && SSL_version(tls) < TLS1_3_VERSION)
        keep(tls, tls_session::pointer(SSL_get1_session(tls)));
}

// OpenSSL's callback: 1 takes the reference.
int tls_resumption::ticket_received(SSL* tls, SSL_SESSION* session) noexcept
{
    auto* const attached = static_cast<tls_resumption*>(SSL_get_ex_data(tls, attachment()));
    if (!attached || SSL_version(tls) < TLS1_3_VERSION)
        return 0;
    SSL_SESSION_up_ref(session);
    attached->keep(tls, tls_session::pointer(session));
    return 0;
}

void tls_resumption::keep(SSL* tls, tls_session::pointer session) noexcept
{
    if (!session || !may_be_kept(tls, session.get()))
        return;
    tls_session kept;
    kept.handle = std::move(session);
    if (offered_ && SSL_session_reused(tls) == 1) {
        kept.verified = offered_->verified;
        kept.certificate_end = offered_->certificate_end;
    } else {
        kept.verified = begun_;
        kept.certificate_end = certificate_end(tls);
    }
    try {
        sessions_->keep(to_, std::move(kept));
    } catch (const std::bad_alloc&) {
        // The next connection makes a full handshake.
    }
}

} // namespace coauth::http
