#include <coauth/secret.hpp>

#include <iostream>

void show(const coauth::secret& key)
{
#ifdef MUST_FAIL
    std::cout << key;
#else
    std::cout << key.reveal();
#endif
}
