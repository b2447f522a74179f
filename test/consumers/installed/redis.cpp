// A program that links coauth::redis.
#include <coauth/store/redis_store.hpp>

int main()
{
    const auto address = coauth::store::redis_from_address("redis://127.0.0.1:6380/2");
    return address && address->port == 6380 && address->database == 2 ? 0 : 1;
}
