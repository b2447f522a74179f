#include "store/redis/request.hpp"

#include "crypto/digest.hpp"
#include "text/hex.hpp"

#include <iterator>

namespace coauth::store::redis {

redis_script::redis_script(std::string new_text) : text(std::move(new_text))
{
    const auto hashed = crypto::digest_of(crypto::hash_named("SHA1"), text);
    for (const unsigned char octet : hashed.view())
        text::append_hex(octet, digest);
}

redis_command::redis_command(std::string_view new_operation, const redis_script& new_script, const std::string& key,
    std::vector<std::string> new_arguments, bool new_repeatable)
    : operation(new_operation), script(&new_script), arguments{"EVALSHA", new_script.digest, "1", key},
      repeatable(new_repeatable)
{
    arguments.insert(
        arguments.end(), std::make_move_iterator(new_arguments.begin()), std::make_move_iterator(new_arguments.end()));
}

} // namespace coauth::store::redis
