#include "store/sqlite/places.hpp"

#include "text/hex.hpp"

#include <utility>

namespace coauth::store::sqlite {

record_place row_place(const std::string& store, std::string_view table, bool key_is_octets, std::string_view provider,
    std::string_view key, std::int64_t version)
{
    return record_place(store, std::string(table), std::string(provider),
        key_is_octets ? text::hex_encode(key) : std::string(key), static_cast<std::uint64_t>(version));
}

record_place token_place(const std::string& store, const user_key& user, std::int64_t version)
{
    return row_place(store, "tokens", false, user.provider, user.id, version);
}

record_place login_place(const std::string& store, std::string_view id, std::int64_t due)
{
    return row_place(store, "logins", true, std::string_view(), id, due);
}

record_place end_place(const std::string& store, std::string_view id, std::int64_t ended)
{
    return row_place(store, "ends", true, std::string_view(), id, ended);
}

record_place visitor_place(
    const std::string& store, std::string_view provider, std::string_view browser, std::int64_t begun)
{
    return row_place(store, "visitors", true, provider, browser, begun);
}

record_place check_place(const std::string& store)
{
    return row_place(store, "meta", false, std::string_view(), "check", 0);
}

prepared_record::prepared_record(const key_ring& keys, record_place place, secret text)
    : place_(std::move(place)), text_(std::move(text)), sealed_(seal(keys, place_, text_.reveal()))
{}

const std::string& prepared_record::sealed_for(const database_file& file)
{
    if (place_.store != file.store()) {
        place_.store = file.store();
        sealed_ = file.seal(place_, text_);
    }
    return sealed_;
}

} // namespace coauth::store::sqlite
