// A program that links coauth::sqlite: makes a database in the folder that it is started in.
#include <coauth/store/sqlite_store.hpp>

#include <cstdio>
#include <vector>

int main()
{
    std::remove("consumer.db");
    const auto keys = std::make_shared<coauth::store::key_ring>(std::vector{coauth::store::random_key()});
    return coauth::store::sqlite_store("consumer.db", keys)->tokens() ? 0 : 1;
}
