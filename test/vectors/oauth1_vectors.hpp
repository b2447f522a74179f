// Reads test/vectors/oauth1.json.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <boost/json.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace vectors {

/// One vector; its members as texts.
struct row {
    boost::json::object members;

    bool has(std::string_view name) const
    {
        const auto* v = members.if_contains(name);
        return v && !v->is_null();
    }

    std::string text(std::string_view name) const { return std::string(members.at(name).as_string()); }

    std::string text(std::string_view name, std::string otherwise) const { return has(name) ? text(name) : otherwise; }

    coauth::oauth1::parameters params(std::string_view name) const
    {
        coauth::oauth1::parameters out;
        for (const auto& pair : members.at(name).as_array())
            out.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
        return out;
    }
};

inline const boost::json::object& file()
{
    static const boost::json::object parsed = [] {
        std::ifstream in(COAUTH_TEST_DIR "/vectors/oauth1.json");
        if (!in)
            throw std::runtime_error("test/vectors/oauth1.json is missing");
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        return boost::json::parse(text).as_object();
    }();
    return parsed;
}

inline std::vector<row> rows(const boost::json::value& list)
{
    std::vector<row> out;
    for (const auto& v : list.as_array())
        out.push_back(row{v.as_object()});
    return out;
}

inline std::vector<row> published()
{
    return rows(file().at("published"));
}
inline std::vector<row> house()
{
    return rows(file().at("house"));
}
inline std::vector<row> house_rsa()
{
    return rows(file().at("house_rsa").at("vectors"));
}
inline std::string house_rsa_private_key()
{
    return std::string(file().at("house_rsa").at("private_key_pkcs8_pem").as_string());
}
inline std::string house_rsa_public_key()
{
    return std::string(file().at("house_rsa").at("public_key_spki_pem").as_string());
}

} // namespace vectors
