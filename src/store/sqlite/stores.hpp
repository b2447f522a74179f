// The three stores of a file.
#pragma once

#include "store/sqlite/engine.hpp"

#include <coauth/store/login_store.hpp>
#include <coauth/store/token_store.hpp>
#include <coauth/store/visitor_store.hpp>

#include <memory>

namespace coauth::store::sqlite {

std::shared_ptr<login_store> logins_of(engine_ptr owner);
std::shared_ptr<token_store> tokens_of(engine_ptr owner);
std::shared_ptr<visitor_store> visitors_of(engine_ptr owner);

} // namespace coauth::store::sqlite
