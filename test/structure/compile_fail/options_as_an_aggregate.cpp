#include <coauth/http/connection_pool.hpp>

// g++ 12 frees such a temporary twice when it stands beside a co_await.
coauth::http::pool_options options()
{
#ifdef MUST_FAIL
    return coauth::http::pool_options{.max_header = 1024};
#else
    coauth::http::pool_options limits;
    limits.max_header = 1024;
    return limits;
#endif
}
