#include <coauth/store/token_store.hpp>

namespace coauth::store {

token_store::~token_store() = default;

} // namespace coauth::store
