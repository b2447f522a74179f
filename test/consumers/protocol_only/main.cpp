// Signs the request of RFC 5849, section 1.2, with nothing but coauth::protocol.
#include <coauth/oauth1/signer.hpp>
#include <coauth/version.hpp>

#include <iostream>

int main()
{
    namespace oauth1 = coauth::oauth1;
    const oauth1::consumer app("dpf43f3p2l4k3l03", coauth::secret("kd94hf93k423kf44"));
    const oauth1::access_token user("nnch734d00sl2jdk", coauth::secret("pfkkdhi9sl3r4s00"));
    const oauth1::signer signer(app, user);

    oauth1::message photo("GET", "http://photos.example.net/photos?file=vacation.jpg&size=original");
    photo.realm = "Photos";
    photo.version = false;
    std::string header;
    signer.sign(photo, oauth1::moment("chapoH", 137131202), header).value();

    std::cout << "coauth " << COAUTH_VERSION_STRING << ": " << header << '\n';
    return header.find("oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"") != std::string::npos ? 0 : 1;
}
