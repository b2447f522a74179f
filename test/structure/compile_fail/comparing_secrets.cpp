#include <coauth/secret.hpp>

bool same(const coauth::secret& a, const coauth::secret& b)
{
#ifdef MUST_FAIL
    return a == b;
#else
    return a.matches(b.reveal());
#endif
}
