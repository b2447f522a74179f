#include "sandbox/world/client_registry.hpp"

#include <utility>

namespace coauth::sandbox {

void client_registry::add(oauth2_client client)
{
    auto id = client.id;
    by_id_.insert_or_assign(std::move(id), std::move(client));
}

const oauth2_client* client_registry::find(std::string_view client_id) const
{
    const auto found = by_id_.find(client_id);
    return found == by_id_.end() ? nullptr : &found->second;
}

} // namespace coauth::sandbox
