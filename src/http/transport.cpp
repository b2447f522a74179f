#include <coauth/http/tls_trust.hpp>
#include <coauth/http/transport.hpp>

#include <utility>

namespace coauth::http {

transport::~transport() = default;

tls_trust tls_trust::ca_file(std::string path)
{
    tls_trust trust;
    trust.file_ = std::move(path);
    return trust;
}

} // namespace coauth::http
